// macOS alone. sandbox-exec(1) is started in a process group of its own, which a time-out ends.
#include <errno.h>
#include <signal.h>
#include <sys/event.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/backend/native_run.h"

extern char** environ;

namespace sefaca {
namespace {

constexpr int kForwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
constexpr unsigned long kClock = 1, kKill = 2;
constexpr long long kGraceMs = 2000;  // between TERM and KILL

void limit(int resource, long long value) {
  if (value <= 0) return;
  const struct rlimit both = {static_cast<rlim_t>(value), static_cast<rlim_t>(value)};
  if (::setrlimit(resource, &both) != 0) ::_exit(125);
}

[[noreturn]] void become(const NativeRun& run) {
  ::setpgid(0, 0);
  for (const int signal : kForwarded) ::signal(signal, SIG_DFL);
  limit(RLIMIT_CPU, run.cpu_seconds);
  limit(RLIMIT_FSIZE, run.file_bytes);
  limit(RLIMIT_NOFILE, run.open_files);
  const struct rlimit none = {0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  environ = const_cast<char**>(run.environment);
  ::execvp(run.argv[0], const_cast<char* const*>(run.argv));
  ::_exit(127);
}

bool add(int queue, unsigned long what, short filter, unsigned flags, long long value) {
  struct kevent change;
  EV_SET(&change, what, filter, EV_ADD | (filter == EVFILT_TIMER ? EV_ONESHOT : 0), flags, value,
         nullptr);
  return ::kevent(queue, &change, 1, nullptr, 0, nullptr) == 0;
}

}  // namespace

NativeEnd run_seatbelt(const NativeRun& run) {
  NativeEnd end = {};
  const auto failed = [&](const char* step) {
    end.failed = step;
    end.error = errno;
    return end;
  };
  const int queue = ::kqueue();
  if (queue < 0) return failed("kqueue");
  for (const int signal : kForwarded) {
    ::signal(signal, SIG_IGN);  // seen by the queue all the same: kqueue(2)
    if (!add(queue, static_cast<unsigned long>(signal), EVFILT_SIGNAL, 0, 0))
      return failed("kevent");
  }
  const pid_t child = ::fork();
  if (child < 0) return failed("fork");
  if (child == 0) become(run);
  ::setpgid(child, child);  // whoever is first
  ::tcsetpgrp(0, child);    // a terminal's job, where there is one
  bool running = add(queue, static_cast<unsigned long>(child), EVFILT_PROC, NOTE_EXIT, 0);
  if (run.timeout_ms > 0 && !add(queue, kClock, EVFILT_TIMER, 0, run.timeout_ms)) {
    ::kill(-child, SIGKILL);
    running = false;
  }
  while (running) {
    struct kevent event;
    const int got = ::kevent(queue, nullptr, 0, &event, 1, nullptr);
    if (got < 0 && errno == EINTR) continue;
    if (got != 1) break;
    if (event.filter == EVFILT_PROC) {
      running = false;
    } else if (event.filter == EVFILT_TIMER) {
      end.timed_out = true;
      ::kill(-child, event.ident == kKill ? SIGKILL : SIGTERM);
      if (event.ident == kClock && !add(queue, kKill, EVFILT_TIMER, 0, kGraceMs))
        ::kill(-child, SIGKILL);
    } else if (event.filter == EVFILT_SIGNAL) {
      ::kill(-child, static_cast<int>(event.ident));
    }
  }
  ::close(queue);
  const int status = wait_for(child, 1, end);
  ::kill(-child, SIGKILL);  // what it left in its group
  ::tcsetpgrp(0, ::getpgrp());
  if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
  } else {
    end.exit_code = WEXITSTATUS(status);
  }
  return end;
}

}  // namespace sefaca
