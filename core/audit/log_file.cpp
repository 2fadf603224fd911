// The log file: opening it safely, appending under a lock, rotating.
//
// Whoever holds the lock of the file that `path` names now may append, cut a torn line off and
// rename. A waiter that gets the lock looks again whether `path` still names its file, and opens
// the new one if it does not: so a rotation loses no record and no two records mix.
#include "core/audit/log_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <utility>

#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;
constexpr int kMostLinks = 8;           // of symbolic links, one behind the other
constexpr int kMostRotations = 10'000;  // seen while waiting for the lock
constexpr const char* kRemedy = "name another log with --log=FILE";

Error log_error(const std::string& what, const std::string& path, int errno_value,
                const std::string& remedy = kRemedy) {
  Error error;
  error.what = concat(what, " the log '", printable(path), "'");
  if (errno_value != 0) error.what += ": " + errno_text(errno_value);
  error.remedy = remedy;
  error.errno_value = errno_value;
  return error;
}

Error refusal(const std::string& path, const std::string& why, const std::string& remedy) {
  Error error;
  error.what = concat("the log '", printable(path), "' ", why);
  error.remedy = remedy;
  return error;
}

// Makes `directory` and those above it that are missing; what exists stays as it is.
bool make_directories(const std::string& directory) {
  if (mkdir(directory.c_str(), kDirectoryMode) == 0 || errno == EEXIST) return true;
  if (errno != ENOENT || directory == "/") return false;
  if (!make_directories(std::string(parent_path(directory)))) return false;
  return mkdir(directory.c_str(), kDirectoryMode) == 0 || errno == EEXIST;
}

// Where the symbolic link at `path` leads; an error unless this user made it.
Result<std::string> follow_own_link(const std::string& path) {
  const UniqueFd link(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (!link || fstat(link.get(), &info) != 0) return log_error("can't open", path, errno);
  if (!S_ISLNK(info.st_mode)) return path;  // replaced in between
  if (info.st_uid != geteuid())
    return refusal(path,
                   concat("is a symbolic link that user ", std::to_string(info.st_uid), " made"),
                   "remove the link, or name another log with --log=FILE");
  std::array<char, PATH_MAX> target{};
  const ssize_t length = readlinkat(link.get(), "", target.data(), target.size());
  if (length <= 0) return log_error("can't read the link of", path, errno);
  const std::string_view text(target.data(), static_cast<std::size_t>(length));
  // The kernel resolves ".." after links: so the target is only put behind its directory.
  return text.starts_with('/') ? std::string(text) : concat(parent_path(path), "/", text);
}

Status check_file(int fd, const std::string& path) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return log_error("can't look at", path, errno);
  if (!S_ISREG(info.st_mode)) return refusal(path, "is not a regular file", kRemedy);
  if (info.st_uid != geteuid())
    return refusal(path, concat("belongs to user ", std::to_string(info.st_uid)),
                   "name another log with --log=FILE, or remove this one");
  if ((info.st_mode & 077) != 0 && fchmod(fd, kFileMode) != 0)
    return log_error("can't take others' rights from", path, errno);
  return Done{};
}

// Opens the file at `path`; a link of the user's own is followed and replaces `path`.
Result<UniqueFd> open_file(std::string& path) {
  // O_NONBLOCK: a fifo in the log's place must not hang us; a regular file does not care.
  constexpr int kFlags =
      O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  for (int links = 0; links <= kMostLinks; ++links) {
    UniqueFd fd(::open(path.c_str(), kFlags, kFileMode));
    if (fd) {
      SEFACA_CHECK(check_file(fd.get(), path));
      return fd;
    }
    if (errno == ELOOP) {
      SEFACA_TRY(target, follow_own_link(path));
      path = target;
    } else if (errno == ENOENT && links < kMostLinks) {
      if (!make_directories(std::string(parent_path(path))))
        return log_error("can't make the directory of", path, errno);
    } else if (errno == EISDIR || errno == ENXIO) {
      return refusal(path, "is not a regular file", kRemedy);
    } else {
      return log_error("can't open", path, errno);
    }
  }
  return log_error("can't open", path, ELOOP);
}

// The old file is unlocked by name: closing it would not, while a forked process has a copy.
void replace_fd(UniqueFd& old, UniqueFd fresh) {
  flock(old.get(), LOCK_UN);
  old = std::move(fresh);
}

class Unlocker {
 public:
  Unlocker(const UniqueFd& fd, const std::string& path, LogLock lock)
      : fd_(fd), path_(path), lock_(lock) {}
  Unlocker(const Unlocker&) = delete;
  Unlocker& operator=(const Unlocker&) = delete;
  ~Unlocker() { release_log_lock(fd_.get(), path_, lock_); }

 private:
  const UniqueFd& fd_;  // the LogFile's: after a rotation it is the new file
  const std::string& path_;
  const LogLock lock_;
};

// While it lives, a write beyond RLIMIT_FSIZE gives EFBIG and no deadly SIGXFSZ.
class NoFileSizeSignal {
 public:
  NoFileSizeSignal() {
    rlimit limit{};
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
    sigemptyset(&signal_);
    sigaddset(&signal_, SIGXFSZ);
    blocked_ = pthread_sigmask(SIG_BLOCK, &signal_, &before_) == 0;
  }
  NoFileSizeSignal(const NoFileSizeSignal&) = delete;
  NoFileSizeSignal& operator=(const NoFileSizeSignal&) = delete;
  ~NoFileSizeSignal() {
    if (!blocked_) return;
    const int error = errno;
    const timespec at_once{};
    if (sigismember(&before_, SIGXFSZ) == 0) sigtimedwait(&signal_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = error;
  }

 private:
  sigset_t signal_{};
  sigset_t before_{};
  bool blocked_ = false;
};

// Writes all of `text`; false with errno when not even a second write brings it to its end.
// `written` is what got there.
bool write_all(int fd, std::string_view text, std::size_t& written) {
  written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(fd, text.data() + written, text.size() - written);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
    } else if (count == 0 || errno != EINTR) {
      if (count == 0) errno = ENOSPC;
      return false;
    }
  }
  return true;
}

bool ends_torn(int fd, off_t size) {
  char last = '\n';
  return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

Result<LogFile> LogFile::open(const std::string& path, LogRotation rotation) {
  if (path.empty()) {
    Error error;
    error.what = "there is no place for the log: neither HOME nor XDG_STATE_HOME is set";
    error.remedy = kRemedy;
    return error;
  }
  if (!path.starts_with('/')) return refusal(path, "is not an absolute path", kRemedy);
  std::string place = path;
  SEFACA_TRY(fd, open_file(place));
  return LogFile(std::move(place), std::move(fd), rotation);
}

Result<LogLock> LogFile::lock_current() {
  for (int tries = 0; tries < kMostRotations; ++tries) {
    const LogLock lock = take_log_lock(fd_.get(), path_);
    if (lock == LogLock::none) return lock;
    struct stat mine {};
    struct stat named {};
    if (fstat(fd_.get(), &mine) != 0) {
      release_log_lock(fd_.get(), path_, lock);
      return log_error("can't look at", path_, errno);
    }
    const bool same = lstat(path_.c_str(), &named) == 0 && named.st_dev == mine.st_dev &&
                      named.st_ino == mine.st_ino;
    if (lock == LogLock::by_kernel && same) return lock;
    auto fd = open_file(path_);  // rotated, or removed; or it is the name that is locked
    if (!fd) {
      release_log_lock(fd_.get(), path_, lock);
      return fd.errors();
    }
    replace_fd(fd_, std::move(*fd));
    if (lock == LogLock::by_file) return lock;
  }
  return LogLock::none;
}

// Only with the lock held. A rename that fails leaves a log that grows: nothing is lost by that.
Status LogFile::rotate() {
  for (unsigned number = rotation_.keep; number > 1; --number)
    static_cast<void>(
        std::rename(rotated_path(path_, number - 1).c_str(), rotated_path(path_, number).c_str()));
  const bool moved = rotation_.keep == 0
                         ? unlink(path_.c_str()) == 0
                         : std::rename(path_.c_str(), rotated_path(path_, 1).c_str()) == 0;
  if (!moved) return Done{};
  SEFACA_TRY(fd, open_file(path_));
  replace_fd(fd_, std::move(fd));
  return Done{};
}

Status LogFile::write_line(const std::string& line, LogLock lock) {
  struct stat info {};
  if (fstat(fd_.get(), &info) != 0) return log_error("can't look at", path_, errno);
  // What a crash tore must not swallow this record too.
  std::string text = ends_torn(fd_.get(), info.st_size) ? "\n" : "";
  text.reserve(text.size() + line.size() + 1);
  text += line;
  text += '\n';
  const NoFileSizeSignal no_signal;
  std::size_t written = 0;
  if (write_all(fd_.get(), text, written)) return Done{};
  const int error = errno;
  if (written > 0) {
    if (lock != LogLock::none) {
      if (ftruncate(fd_.get(), info.st_size) != 0)
        return log_error("a part of a record stays in", path_, error);
    } else {
      // Others may have appended behind it: it can only be closed off, not cut off.
      std::size_t newline = 0;
      write_all(fd_.get(), "\n", newline);
    }
  }
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return log_error("can't append to", path_, error,
                   full ? "make room there, or name another log with --log=FILE" : kRemedy);
}

bool LogFile::holds(const std::string& id) const {
  constexpr off_t kLast = off_t{1} << 20;
  const std::string field = concat("\"id\":\"", id, "\"");
  for (const std::string& name : {path_, rotated_path(path_, 1)}) {
    const UniqueFd file(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info {};
    if (!file || fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    const off_t from = std::max<off_t>(0, info.st_size - kLast);
    std::string text(static_cast<std::size_t>(info.st_size - from), '\0');
    const ssize_t got = pread(file.get(), text.data(), text.size(), from);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    // A torn line is no record.
    if (const std::size_t at = text.rfind(field);
        at != std::string::npos && text.find('\n', at) != std::string::npos)
      return true;
  }
  return false;
}

Status LogFile::move_to(const std::string& path) {
  SEFACA_TRY(lock, lock_current());
  const Unlocker unlocker(fd_, path_, lock);
  if (std::rename(path_.c_str(), path.c_str()) != 0) return log_error("can't rename", path_, errno);
  return Done{};
}

Status LogFile::append(const std::string& line) {
  for (int tries = 0;; ++tries) {
    SEFACA_TRY(lock, lock_current());
    const Unlocker unlocker(fd_, path_, lock);
    struct stat info {};
    const bool full =
        lock != LogLock::none && fstat(fd_.get(), &info) == 0 && info.st_size > 0 &&
        static_cast<std::uint64_t>(info.st_size) + line.size() + 1 > rotation_.max_bytes;
    if (!full || tries > 0) return write_line(line, lock);
    const ino_t before = info.st_ino;
    SEFACA_CHECK(rotate());
    if (lock == LogLock::by_file) return write_line(line, lock);  // it is the name's
    if (fstat(fd_.get(), &info) == 0 && info.st_ino == before) return write_line(line, lock);
    // The new file is locked in the next round, like anybody else's.
  }
}

}  // namespace sefaca
