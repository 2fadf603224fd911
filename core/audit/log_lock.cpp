#include "core/audit/log_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>

#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

constexpr std::uint64_t kNanoseconds = 1'000'000'000;
constexpr std::uint64_t kLongestWait = 5 * kNanoseconds;
constexpr std::uint64_t kLongestWaitForFile = 15 * kNanoseconds;
constexpr std::time_t kStaleSeconds = 10;

// Naps that grow; false once `longest` has been waited.
class Patience {
 public:
  Patience(std::uint64_t longest, std::uint64_t longest_nap)
      : longest_(longest), longest_nap_(longest_nap) {}
  bool wait() {
    if (waited_ > longest_) return false;
    const timespec pause{0, static_cast<long>(nap_)};
    nanosleep(&pause, nullptr);
    waited_ += nap_;
    nap_ = std::min(nap_ * 2, longest_nap_);
    return true;
  }

 private:
  std::uint64_t longest_, longest_nap_;
  std::uint64_t nap_ = 20'000;
  std::uint64_t waited_ = 0;
};

// One name for each attempt of each process of each host.
std::string own_name(const std::string& lock) {
  static std::atomic<unsigned> counter{0};
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  std::string name = concat(lock, ".", host.data(), ".", std::to_string(getpid()), ".",
                            std::to_string(counter.fetch_add(1)));
  return name;
}

// Takes a dead process's lock file away. It is moved first: what came in between is put back.
void remove_stale(const std::string& lock, const struct stat& stale, const std::string& own) {
  const std::string aside = own + ".stale";
  if (rename(lock.c_str(), aside.c_str()) != 0) return;
  struct stat moved {};
  const bool same = lstat(aside.c_str(), &moved) == 0 && moved.st_ino == stale.st_ino &&
                    moved.st_mtime == stale.st_mtime;
  if (!same && link(aside.c_str(), lock.c_str()) != 0 && errno != EEXIST) return;
  unlink(aside.c_str());
}

LogLock take_by_file(const std::string& path) {
  const std::string lock = path + ".lock";
  const std::string own = own_name(lock);
  Patience patience(kLongestWaitForFile, 20'000'000);
  do {
    // Made afresh each time: its own time says what the file system's clock says now.
    UniqueFd fd(::open(own.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) return LogLock::none;
    struct stat mine {};
    const bool linked = link(own.c_str(), lock.c_str()) == 0;
    // The answer of a server can get lost: the number of links is what counts.
    const bool looked = fstat(fd.get(), &mine) == 0;
    unlink(own.c_str());
    if (linked || (looked && mine.st_nlink == 2)) return LogLock::by_file;
    struct stat theirs {};
    if (looked && lstat(lock.c_str(), &theirs) == 0 &&
        mine.st_mtime - theirs.st_mtime > kStaleSeconds)
      remove_stale(lock, theirs, own);
  } while (patience.wait());
  return LogLock::none;
}

}  // namespace

LogLock take_log_lock(int fd, const std::string& path) {
  Patience patience(kLongestWait, 1'000'000);
  do {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return LogLock::by_kernel;
    if (errno != EWOULDBLOCK && errno != EINTR) return take_by_file(path);
  } while (patience.wait());
  return LogLock::none;
}

void release_log_lock(int fd, const std::string& path, LogLock lock) {
  if (lock == LogLock::by_kernel) flock(fd, LOCK_UN);
  if (lock != LogLock::by_file) return;
  fsync(fd);  // what the next one opens must be there
  unlink((path + ".lock").c_str());
}

}  // namespace sefaca
