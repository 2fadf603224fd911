// FreeBSD alone. jail(8) is started and waited for; a jail that outstays its time is removed with
// all that runs in it (jail_remove(2)), and so is one whose jail(8) was killed.
#include <errno.h>
#include <fcntl.h>
#include <jail.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/event.h>
#include <sys/jail.h>
#include <sys/procctl.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/backend/native_run.h"

extern char** environ;

namespace sefaca {
namespace {

constexpr int kForwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
constexpr unsigned long kClock = 1;

void remove_jail(const char* name) {
  const int id = jail_getid(name);  // jail(3)
  if (id >= 0) jail_remove(id);
}

[[noreturn]] void become(const NativeRun& run) {
  for (const int signal : kForwarded) ::signal(signal, SIG_DFL);
  environ = const_cast<char**>(run.environment);
  ::execvp(run.argv[0], const_cast<char* const*>(run.argv));
  ::_exit(127);
}

// What the start wrote (core/backend/jail/jail.cpp): the command's own code; -1: it never got
// there.
int code_of_start(const char* directory) {
  char path[1024];
  if (::strlcpy(path, directory, sizeof path) >= sizeof path ||
      ::strlcat(path, "/out/code", sizeof path) >= sizeof path)
    return -1;
  const int fd = ::open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -1;
  char text[16] = {};
  const ssize_t got = ::read(fd, text, sizeof text - 1);
  ::close(fd);
  char* end = nullptr;
  const long code = ::strtol(text, &end, 10);
  const bool whole = got > 0 && end != text && (*end == '\n' || *end == '\0');
  return whole && code >= 0 && code <= 255 ? static_cast<int>(code) : -1;
}

}  // namespace

NativeEnd run_jail(const NativeRun& run) {
  NativeEnd end = {};
  const auto failed = [&](const char* step) {
    end.failed = step;
    end.error = errno;
    return end;
  };
  // What jail(8) leaves behind is ours to wait for.
  if (::procctl(P_PID, ::getpid(), PROC_REAP_ACQUIRE, nullptr) != 0) return failed("procctl");
  const int queue = ::kqueuex(KQUEUE_CLOEXEC);
  if (queue < 0) return failed("kqueue");
  struct kevent change;
  for (const int signal : kForwarded) {
    ::signal(signal, SIG_IGN);  // seen by the queue all the same: kqueue(2)
    EV_SET(&change, static_cast<unsigned long>(signal), EVFILT_SIGNAL, EV_ADD, 0, 0, nullptr);
    if (::kevent(queue, &change, 1, nullptr, 0, nullptr) != 0) return failed("kevent");
  }
  const pid_t child = ::fork();
  if (child < 0) return failed("fork");
  if (child == 0) become(run);
  EV_SET(&change, static_cast<unsigned long>(child), EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, nullptr);
  // ESRCH: it has ended already.
  bool running = ::kevent(queue, &change, 1, nullptr, 0, nullptr) == 0;
  if (run.timeout_ms > 0) {
    EV_SET(&change, kClock, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, run.timeout_ms, nullptr);
    if (::kevent(queue, &change, 1, nullptr, 0, nullptr) != 0) {
      ::kill(child, SIGKILL);
      running = false;
    }
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
      remove_jail(run.name);
    } else if (event.filter == EVFILT_SIGNAL) {
      ::kill(child, static_cast<int>(event.ident));
    }
  }
  ::close(queue);
  const int status = wait_for(child, 1024, end);
  remove_jail(run.name);
  const int code = code_of_start(run.directory);
  if (code >= 0) {
    end.exit_code = code;
  } else if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
  } else if (!end.timed_out) {
    errno = 0;
    return failed("jail");  // jail(8) has said why
  }
  return end;
}

}  // namespace sefaca
