#include "launcher/background.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "core/notify/receiver.h"
#include "core/supervise/outcome.h"
#include "launcher/run.h"

namespace sefaca {
namespace {

// In front: the terminal's signals reach the run by themselves.
[[noreturn]] void wait_for_the_run(int report, pid_t run) {
  for (const int signal : {SIGINT, SIGQUIT, SIGHUP}) ::signal(signal, SIG_IGN);
  int code = kExitOwnFailure;
  ssize_t n = 0;
  do {
    n = ::read(report, &code, sizeof code);
  } while (n < 0 && errno == EINTR);
  if (n == static_cast<ssize_t>(sizeof code)) ::_exit(code);
  int status = 0;
  while (::waitpid(run, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFSIGNALED(status)) ::_exit(WEXITSTATUS(status));
  end_by_signal(WTERMSIG(status));
  ::_exit(128 + WTERMSIG(status));
}

}  // namespace

Background::Background(const Session& session) {
  if (!session.policy->keep_background || !session.plan.notify.decides) return;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  UniqueFd report(ends[0]);
  front_.reset(ends[1]);
  const pid_t run = ::fork();
  if (run < 0) front_.reset();
  if (run > 0) {
    front_.reset();
    wait_for_the_run(report.get(), run);
  }
  // Killed in front, the run is asked to end.
  if (run == 0) ::prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
}

void Background::stay(const Supervised& ended, int code) {
  if (!front_ || !ended.left) return;
  ::prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
  ::signal(SIGCHLD, SIG_IGN);  // what ends is reaped by the kernel
  // No pipe of the caller's waits for this process.
  if (const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC)); null) {
    for (int fd = 0; fd <= 2; ++fd) ::dup2(null.get(), fd);
  }
  [[maybe_unused]] const ssize_t n = ::write(front_.get(), &code, sizeof code);
  front_.reset();
  for (;;) {
    pollfd listener{ended.left->descriptor(), POLLIN, 0};
    if (::poll(&listener, 1, -1) < 0 && errno != EINTR) return;
    if ((listener.revents & POLLIN) != 0) {
      if (!ended.left->receive()) return;
    } else if (listener.revents != 0) {
      return;  // hung up: nobody is left
    }
  }
}

}  // namespace sefaca
