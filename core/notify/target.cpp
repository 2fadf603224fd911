#include "core/notify/target.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/base/kernel_abi.h"
#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::uint64_t kPage = 4096;

}  // namespace

std::string read_proc_link(const std::string& path) {
  std::array<char, PATH_MAX> buffer;
  const ssize_t n = ::readlink(path.c_str(), buffer.data(), buffer.size());
  return n > 0 ? std::string(buffer.data(), static_cast<std::size_t>(n)) : std::string();
}

std::string path_of_descriptor(int fd) {
  return read_proc_link(concat("/proc/self/fd/", std::to_string(fd)));
}

std::size_t Target::read(std::uint64_t address, std::span<std::byte> into) const {
  const iovec local{into.data(), into.size()};
  const iovec remote{reinterpret_cast<void*>(address), into.size()};
  const ssize_t n = ::process_vm_readv(thread_, &local, 1, &remote, 1, 0);
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

// Read page by page, since the next page need not be there: the first read mostly holds all.
std::optional<std::string> Target::path(std::uint64_t address) const {
  std::array<std::byte, PATH_MAX> buffer;
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const std::uint64_t at = address + filled;
    const auto room = std::min<std::uint64_t>(kPage - at % kPage, buffer.size() - filled);
    const std::size_t n = read(at, std::span(buffer).subspan(filled, room));
    if (n == 0) return std::nullopt;
    const auto* start = reinterpret_cast<const char*>(buffer.data());
    if (const void* end = std::memchr(start + filled, 0, n))
      return std::string(start, static_cast<const char*>(end));
    filled += n;
  }
  return std::nullopt;
}

std::string Target::link(const char* name) const {
  return read_proc_link(concat("/proc/", std::to_string(thread_), "/", name));
}

std::string Target::working_directory() const {
  return link("cwd");
}
std::string Target::descriptor(int number) const {
  return link(concat("fd/", std::to_string(number)).c_str());
}
std::string Target::program() const {
  return link("exe");
}

std::vector<std::string> Target::command_line() const {
  const UniqueFd file(
      ::open(concat("/proc/", std::to_string(thread_), "/cmdline").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> text;
  const ssize_t n = file ? ::read(file.get(), text.data(), text.size()) : 0;
  if (n <= 0) return {};
  return split(std::string(text.data(), static_cast<std::size_t>(n)), '\0');
}

bool Target::is_own(std::string_view path) const {
  return own_places_ != nullptr &&
         std::any_of(own_places_->begin(), own_places_->end(),
                     [&](const std::string& place) { return is_within(path, place); });
}

UniqueFd Target::open_path(const std::string& path, int flags, bool from_its_root) const {
  // openat2(2): magic links lead through this process's own descriptors, not the target's.
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_PATH | O_CLOEXEC);
  how.resolve = RESOLVE_NO_MAGICLINKS;
  if (!from_its_root)
    return UniqueFd(
        static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  const UniqueFd root(::open(concat("/proc/", std::to_string(thread_), "/root").c_str(),
                             O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return {};
  how.resolve |= RESOLVE_IN_ROOT;  // links and ".." stay in that root
  return UniqueFd(
      static_cast<int>(::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how)));
}

UniqueFd Target::pidfd() const {
  UniqueFd out(static_cast<int>(::syscall(SYS_pidfd_open, thread_, abi::kPidfdThread)));
  if (!out && errno == EINVAL) out.reset(static_cast<int>(::syscall(SYS_pidfd_open, process(), 0)));
  return out;
}

// A thread of its own may have a table of its own.
UniqueFd Target::take_descriptor(int number) const {
  const UniqueFd thread = pidfd();
  if (!thread) return {};
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_getfd, thread.get(), number, 0)));
}

UniqueFd Target::open_memory() const {
  return UniqueFd(
      ::open(concat("/proc/", std::to_string(thread_), "/mem").c_str(), O_WRONLY | O_CLOEXEC));
}

std::optional<long> Target::status(const char* field, int base) const {
  UniqueFd file(
      ::open(concat("/proc/", std::to_string(thread_), "/status").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 512> text{};
  if (!file || ::read(file.get(), text.data(), text.size() - 1) <= 0) return std::nullopt;
  const char* at = std::strstr(text.data(), field);
  if (at == nullptr) return std::nullopt;
  return std::strtol(at + std::strlen(field), nullptr, base);
}

pid_t Target::process() const {
  const long group = status("\nTgid:").value_or(0);
  return group > 0 ? static_cast<pid_t>(group) : thread_;
}

mode_t Target::umask() const {
  constexpr long kUsual = 022;
  return static_cast<mode_t>(status("\nUmask:", 8).value_or(kUsual));
}

}  // namespace sefaca
