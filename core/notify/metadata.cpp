#include "core/notify/metadata.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/notify/as_child.h"
#include "core/notify/path_walk.h"
#include "core/notify/suggestions.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

constexpr std::size_t kLongestName = 256, kLongestValue = 65536;  // xattr(7)

// "/proc/self/fd/3", which glibc's own functions use: the number; -1: it is no such path.
int own_descriptor(std::string_view path) {
  for (const std::string_view prefix : {"/proc/self/fd/", "/proc/thread-self/fd/", "/dev/fd/"}) {
    if (!path.starts_with(prefix)) continue;
    const std::string_view digits = path.substr(prefix.size());
    int number = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc() && end == digits.data() + digits.size()) return number;
  }
  return -1;
}

struct Object {
  UniqueFd fd;
  int error = 0;
};

Object object_of(const Target& target, const CallShape& shape, const seccomp_data& data) {
  const auto taken = [&](int number) {
    Object out{.fd = target.take_descriptor(number)};
    if (!out.fd) out.error = errno == EBADF ? EBADF : EPERM;
    return out;
  };
  const int directory =
      shape.directory < 0 ? AT_FDCWD : static_cast<int>(data.args[shape.directory]);
  if (shape.path < 0 || data.args[shape.path] == 0) return taken(directory);
  const auto flags = shape.flags < 0 ? 0U : static_cast<unsigned>(data.args[shape.flags]);
  const auto path = target.path(data.args[shape.path]);
  if (!path) return {.fd = {}, .error = EFAULT};
  if (path->empty()) {
    if ((flags & AT_EMPTY_PATH) == 0) return {.fd = {}, .error = ENOENT};
    if (directory != AT_FDCWD) return taken(directory);
  }
  const std::string whole = absolute_in_target(target, directory, *path);
  if (whole.empty()) return {.fd = {}, .error = EBADF};
  if (const int number = own_descriptor(whole); number >= 0) return taken(number);
  if (is_process_relative(whole)) return {.fd = {}, .error = EPERM};
  WalkedPath at = walk(target, whole, shape.follows && (flags & AT_SYMLINK_NOFOLLOW) == 0);
  if (at.end == WalkedPath::End::missing) return {.fd = {}, .error = ENOENT};
  if (at.end == WalkedPath::End::nowhere) return {.fd = {}, .error = at.error};
  return {.fd = std::move(at.fd), .error = 0};
}

template <class T>
bool read_value(const Target& target, std::uint64_t address, T& value) {
  return target.read(address, std::as_writable_bytes(std::span(&value, 1))) == sizeof value;
}

// The times of the four calls as utimensat(2) takes them. False: unreadable.
bool read_times(const Target& target, const seccomp_data& data, std::array<timespec, 2>& times) {
  const auto from_timevals = [&](std::uint64_t address) {
    std::array<timeval, 2> read{};
    if (!read_value(target, address, read)) return false;
    for (std::size_t i = 0; i < 2; ++i) times[i] = {read[i].tv_sec, read[i].tv_usec * 1000};
    return true;
  };
#ifdef SYS_utime
  if (data.nr == SYS_utime) {
    utimbuf read{};
    if (!read_value(target, data.args[1], read)) return false;
    times = {timespec{read.actime, 0}, timespec{read.modtime, 0}};
    return true;
  }
  if (data.nr == SYS_utimes) return from_timevals(data.args[1]);
  if (data.nr == SYS_futimesat) return from_timevals(data.args[2]);
#endif
  static_cast<void>(from_timevals);
  return read_value(target, data.args[2], times);
}

bool is_null_time(const seccomp_data& data) {
#ifdef SYS_utime
  if (data.nr == SYS_utime || data.nr == SYS_utimes) return data.args[1] == 0;
#endif
  return data.args[2] == 0;
}

long result_of(long result) {
  return result < 0 ? -errno : result;
}

// What a call's arguments point to, read before it is known whether the caller still waits: a
// number that is another's by now must give nothing of that one's to the file.
struct Values {
  std::array<timespec, 2> times{};
  std::string name;  // of an attribute
  std::vector<std::byte> value;
};

// 0, or the errno that the call is to be answered with.
int read_values(const Target& target, const CallShape& shape, const seccomp_data& data,
                Values& out) {
  const std::string_view operation = shape.operation;
  if (operation == "chmod" || operation == "chown") return 0;
  if (operation == "utime")
    return is_null_time(data) || read_times(target, data, out.times) ? 0 : EFAULT;
  const auto name = target.path(data.args[1]);
  if (!name || name->size() >= kLongestName) return name ? ERANGE : EFAULT;
  out.name = *name;
  if (operation == "removexattr") return 0;
  const std::uint64_t size = data.args[3];
  if (size > kLongestValue) return E2BIG;
  out.value.resize(size);
  return size == 0 || target.read(data.args[2], out.value) == size ? 0 : EFAULT;
}

long perform(const CallShape& shape, const seccomp_data& data, const Values& values, int fd) {
  const std::string link = concat("/proc/self/fd/", std::to_string(fd));
  const std::string_view operation = shape.operation;
  // The first argument after directory and path.
  const int next = (shape.path >= 0 ? shape.path : shape.directory) + 1;
  if (operation == "chmod")
    return result_of(::chmod(link.c_str(), static_cast<mode_t>(data.args[next])));
  if (operation == "chown")
    return result_of(::fchownat(fd, "", static_cast<uid_t>(data.args[next]),
                                static_cast<gid_t>(data.args[next + 1]), AT_EMPTY_PATH));
  if (operation == "utime") {
    const timespec* times = is_null_time(data) ? nullptr : values.times.data();
    return result_of(::syscall(SYS_utimensat, fd, "", times, AT_EMPTY_PATH));
  }
  const char* name = values.name.c_str();
  if (operation == "removexattr") return result_of(::removexattr(link.c_str(), name));
  return result_of(::setxattr(link.c_str(), name, values.value.data(), values.value.size(),
                              static_cast<int>(data.args[4])));
}

// What has no name, or no more, is nobody's but the program's.
bool is_nameless(int fd, const std::string& path) {
  struct stat info {};
  return !path.starts_with('/') || (::fstat(fd, &info) == 0 && info.st_nlink == 0);
}

bool user_owns(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && (info.st_uid == ::geteuid() || ::geteuid() == 0);
}

}  // namespace

void Metadata::change(const Notification& call, const CallShape& shape) const {
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  const Object object = object_of(target, shape, call.data);
  if (!object.fd) return listener_->refuse(call.id, object.error);
  const int fd = object.fd.get();
  const std::string path = path_of_descriptor(fd);
  if (path.empty())
    return listener_->refuse(call.id, EPERM);  // what can't be named can't be judged
  const PathRule* rule = rule_at(plan_.paths, path);
  const bool granted = rule != nullptr && rule->access == Access::write;
  if (!granted && !is_nameless(fd, path)) {
    if (user_owns(fd)) {
      Violation v;
      v.kind = ViolationKind::filesystem_write_denied;
      v.operation = shape.operation;
      v.path = path;
      v.suggestion = suggest_write(plan_, path, "", true);
      record_(call, std::move(v));
    }
    return listener_->refuse(call.id, EPERM);
  }
  Values values;
  const int trouble = read_values(target, shape, call.data, values);
  if (!listener_->still_waits(call.id)) return;
  if (trouble != 0) return listener_->refuse(call.id, trouble);
  const bool outside = granted && plan_.notify.level == Level::permissive &&
                       !is_within(path, plan_.notify.working_directory) && !is_within(path, "/dev");
  if (outside) {
    Violation v;
    v.kind = ViolationKind::filesystem_write_denied;
    v.blocked = false;
    v.operation = shape.operation;
    v.path = path;
    record_(call, std::move(v));
  }
  const long result = [&] {
    const AsChild as_child(plan_.keep_capabilities);
    return perform(shape, call.data, values, fd);
  }();
  if (result < 0) return listener_->refuse(call.id, static_cast<int>(-result));
  listener_->return_value(call.id, result);
}

}  // namespace sefaca
