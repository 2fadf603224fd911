// RealFileSystem: the kernel's answers.
#include "core/base/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "core/base/path.h"
#include "core/base/syscall.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

FileInfo::Type type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return FileInfo::Type::directory;
    case S_IFLNK:
      return FileInfo::Type::symlink;
    case S_IFSOCK:
      return FileInfo::Type::socket;
    case S_IFIFO:
      return FileInfo::Type::fifo;
    case S_IFREG:
      return FileInfo::Type::file;
    default:
      return FileInfo::Type::device;
  }
}

FileInfo info_of(const struct stat& found) {
  return {.type = type_of(found.st_mode),
          .owner = found.st_uid,
          .mode = found.st_mode & 07777,
          .device = found.st_dev,
          .inode = found.st_ino,
          .size = static_cast<std::uint64_t>(found.st_size)};
}

UniqueFd open_directory(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK));
}

// Calls `visit(name, d_type)` for each entry but "." and "..", a page of them at a time until
// `enough()`; false when it could not read on.
// getdents64(2) into a page of the stack: readdir(3) takes 32 KiB of the heap for each directory.
template <class Visit, class Enough>
bool read_directory(int directory, Visit visit, Enough enough) {
  constexpr std::size_t kTypeAt = 18, kLengthAt = 16, kNameAt = 19;  // struct linux_dirent64
  alignas(8) char buffer[4 * 1024];
  while (!enough()) {
    const long filled = raw::call(SYS_getdents64, directory, buffer, sizeof buffer);
    if (filled == -EINTR) continue;
    if (filled <= 0) return filled == 0;
    for (std::size_t at = 0; at < static_cast<std::size_t>(filled);) {
      const char* entry = buffer + at;
      const std::string_view name = entry + kNameAt;
      if (name != "." && name != "..") visit(name, static_cast<unsigned char>(entry[kTypeAt]));
      unsigned short length = 0;
      std::memcpy(&length, entry + kLengthAt, sizeof length);
      at += length;
    }
  }
  return true;
}

template <class Visit>
bool read_directory(int directory, Visit visit) {
  return read_directory(directory, visit, [] { return false; });
}

}  // namespace

std::vector<DirectoryEntry> FileSystem::entries(const std::string& path,
                                                std::size_t /*most*/) const {
  std::vector<DirectoryEntry> out;
  for (std::string& name : list(path)) {
    const auto found = link_info(absolute_path(name, path));
    if (found) out.push_back({std::move(name), found->type});
  }
  return out;
}

std::optional<std::string> FileSystem::link_target(const std::string& /*path*/) const {
  return std::nullopt;
}

std::optional<FileType> FileSystem::link_type(const std::string& path) const {
  const auto found = link_info(path);
  return found ? std::optional(found->type) : std::nullopt;
}

std::shared_ptr<const DirectoryNames> FileSystem::names_in(const std::string& /*directory*/) const {
  return nullptr;
}

Error read_error(const std::string& path, int errno_value) {
  return {.what = concat("can't read '", printable(path), "': ", errno_text(errno_value)),
          .errno_value = errno_value};
}

std::optional<FileInfo> RealFileSystem::info(const std::string& path) const {
  struct stat found;
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return info_of(found);
}

std::optional<FileInfo> RealFileSystem::link_info(const std::string& path) const {
  struct stat found;
  if (::lstat(path.c_str(), &found) != 0) return std::nullopt;
  return info_of(found);
}

std::optional<std::string> RealFileSystem::real_path(const std::string& path) const {
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved) == nullptr) return std::nullopt;
  return std::string(resolved);
}

Result<std::string> RealFileSystem::read(const std::string& path, std::size_t max_bytes) const {
  // Without blocking: a fifo that somebody left in a tree must not hang us.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return read_error(path, errno);
  struct stat found;
  if (::fstat(fd.get(), &found) != 0) return read_error(path, errno);
  if (S_ISDIR(found.st_mode)) return read_error(path, EISDIR);
  if (!S_ISREG(found.st_mode) && !S_ISCHR(found.st_mode))
    return Error{.what = concat("can't read '", printable(path), "': not a regular file"),
                 .errno_value = EINVAL};

  std::string content;
  // One byte more than is allowed, so that too much shows.
  const std::size_t expected = found.st_size > 0 ? static_cast<std::size_t>(found.st_size) : 4096;
  content.resize(std::min(expected, max_bytes) + 1);
  std::size_t filled = 0;
  for (;;) {
    if (filled == content.size()) content.resize(std::min(content.size() * 2, max_bytes + 1));
    const ssize_t got = ::read(fd.get(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return read_error(path, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > max_bytes)
      return Error{.what = concat("can't read '", printable(path), "': larger than ",
                                  std::to_string(max_bytes), " bytes"),
                   .errno_value = EFBIG};
  }
  content.resize(filled);
  return content;
}

std::vector<std::string> RealFileSystem::list(const std::string& path) const {
  std::vector<std::string> names;
  read_directory(open_directory(path).get(),
                 [&](std::string_view name, unsigned char) { names.emplace_back(name); });
  return names;
}

std::vector<DirectoryEntry> RealFileSystem::entries(const std::string& path,
                                                    std::size_t most) const {
  std::vector<DirectoryEntry> out;
  const UniqueFd directory = open_directory(path);
  const auto take = [&](std::string_view name, unsigned char type) {
    if (type != DT_UNKNOWN) return out.push_back({std::string(name), type_of(DTTOIF(type))});
    struct stat found;  // some file systems don't say
    std::string text(name);
    if (::fstatat(directory.get(), text.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0)
      out.push_back({std::move(text), type_of(found.st_mode)});
  };
  read_directory(directory.get(), take, [&] { return out.size() >= most; });
  return out;
}

std::optional<std::string> RealFileSystem::link_target(const std::string& path) const {
  std::string target(128, '\0');
  for (;;) {
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    if (length <= 0) return std::nullopt;
    const bool whole = static_cast<std::size_t>(length) < target.size();
    target.resize(whole ? static_cast<std::size_t>(length) : target.size() * 2);
    if (whole) return target;
  }
}

std::shared_ptr<const DirectoryNames> RealFileSystem::names_in(const std::string& directory) const {
  const UniqueFd fd = open_directory(directory);
  // One that can't be listed may hold anything.
  if (!fd && errno != ENOENT && errno != ENOTDIR) return nullptr;
  auto names = std::make_shared<DirectoryNames>();
  const bool whole =
      !fd || read_directory(fd.get(), [&](std::string_view name, unsigned char type) {
        names->add(name, type == DT_UNKNOWN ? std::nullopt : std::optional(type_of(DTTOIF(type))));
      });
  return whole ? names : nullptr;
}

bool RealFileSystem::executable(const std::string& path) const {
  return ::access(path.c_str(), X_OK) == 0;
}

}  // namespace sefaca
