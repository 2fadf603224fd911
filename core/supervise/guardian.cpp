#include "core/supervise/guardian.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/text.h"

namespace sefaca {
namespace {

// Keeps only `a` and `b` open; the standard descriptors go too, so that no pipe of the caller's waits
// for the guardian.
void keep_only(int a, int b) {
  const int low = std::min(a, b), high = std::max(a, b);
  int first = 0;
  for (int fd : {low, high}) {
    if (fd < first) continue;
    if (fd > first) ::close_range(static_cast<unsigned>(first), static_cast<unsigned>(fd - 1), 0);
    first = fd + 1;
  }
  ::close_range(static_cast<unsigned>(first), ~0U, 0);
}

[[noreturn]] void guard(int leash, int keep_fd, const std::function<void()>& duties) {
  keep_only(leash, keep_fd);
  char word = 0;
  ssize_t n = 0;
  while ((n = ::read(leash, &word, 1)) < 0 && errno == EINTR) {
  }
  if (n == 0) duties();  // end of file without a word: the supervisor is dead
  ::_exit(0);
}

}  // namespace

Result<Guardian> Guardian::start(int keep_fd, const std::function<void()>& duties) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return Error{.what = concat("pipe: ", errno_text(errno)), .errno_value = errno};
  UniqueFd mine(ends[0]);
  Guardian guardian;
  guardian.leash_.reset(ends[1]);
  sigset_t all, before;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  const long pid = ::syscall(SYS_clone, 0UL, nullptr, nullptr, nullptr, 0UL);
  if (pid == 0) guard(mine.get(), keep_fd, duties);
  const int code = errno;
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0)
    return Error{.what = concat("starting the guardian: ", errno_text(code)), .errno_value = code};
  guardian.pid_ = static_cast<pid_t>(pid);
  return guardian;
}

void Guardian::dismiss() {
  if (pid_ <= 0) return;
  // It may have been killed with the tree: then nobody reads, and the word is lost without harm.
  const char word = 'x';
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  [[maybe_unused]] const ssize_t n = ::write(leash_.get(), &word, 1);
  ::signal(SIGPIPE, before);
  leash_.reset();
  ::waitpid(pid_, nullptr, __WALL);
  pid_ = 0;
}

}  // namespace sefaca
