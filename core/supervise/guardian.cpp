#include "core/supervise/guardian.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/blocked_signals.h"
#include "core/base/syscall.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

using raw::call;

// What the guardian finds in the memory that it shares.
struct Duties {
  int leash, keep_fd;
  std::function<void()> at_once, then;
};
Duties duties_of_the_guardian;
alignas(16) char guardian_stack[256 * 1024];

// Keeps only `a` and `b` open; the standard descriptors go too, so that no pipe of the caller's
// waits for the guardian.
void keep_only(int a, int b) {
  int first = 0;
  for (int fd : {std::min(a, b), std::max(a, b)}) {
    if (fd < first) continue;
    if (fd > first) call(SYS_close_range, first, fd - 1, 0);
    first = fd + 1;
  }
  call(SYS_close_range, first, 0x7fffffff, 0);
}

// Until the supervisor's death raw calls only: errno and all else is the supervisor's.
int guard(void* argument) {
  auto& duties = *static_cast<Duties*>(argument);
  keep_only(duties.leash, duties.keep_fd);
  char word = 0;
  long n = 0;
  do {
    n = call(SYS_read, duties.leash, &word, 1);
  } while (n == -EINTR);
  if (n == 0) {  // end of file without a word: the supervisor is dead, its memory is ours
    duties.at_once();
    duties.then();
  }
  call(SYS_exit_group, 0);
  __builtin_unreachable();
}

}  // namespace

Result<Guardian> Guardian::start(int keep_fd, std::function<void()> at_once,
                                 std::function<void()> duties) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return Error{.what = concat("pipe: ", errno_text(errno)), .errno_value = errno};
  UniqueFd mine(ends[0]);
  Guardian guardian;
  guardian.leash_.reset(ends[1]);
  duties_of_the_guardian = {ends[0], keep_fd, std::move(at_once), std::move(duties)};
  const BlockedSignals blocked;
  if (!blocked.in_force())
    return Error{.what = concat("sigprocmask: ", errno_text(errno)), .errno_value = errno};
  const int pid =
      ::clone(guard, guardian_stack + sizeof guardian_stack, CLONE_VM, &duties_of_the_guardian);
  const int code = errno;
  if (pid < 0)
    return Error{.what = concat("starting the guardian: ", errno_text(code)), .errno_value = code};
  guardian.pid_ = pid;
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
