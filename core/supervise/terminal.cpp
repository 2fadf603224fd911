#include "core/supervise/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "core/base/text.h"

namespace sefaca {

Terminal Terminal::of_this_job() {
  Terminal terminal;
  // Whoever started us controls jobs when it gave us a group of our own in its session.
  const pid_t parent = ::getppid();
  if (::getpgid(parent) == ::getpgrp() || ::getsid(parent) != ::getsid(0)) return terminal;
  // Three descriptors that a terminal may be at; /dev/tty costs an open, which most runs (builds)
  // need not pay.
  for (int fd = 0; fd <= 2; ++fd) {
    if (::tcgetpgrp(fd) < 0) continue;
    terminal.fd_.reset(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    return terminal;
  }
  return terminal;
}

void Terminal::give_to_group_of(pid_t pid) const {
  const pid_t group = ::getpgid(pid);
  if (group <= 0 || group == ::getpgrp()) return;
  // Not when we were continued in the background: the terminal is another's then.
  if (::tcgetpgrp(fd_.get()) == ::getpgrp()) set_foreground_group(fd_.get(), group);
  ::kill(-group, SIGCONT);
}

void set_foreground_group(int terminal, pid_t group) {
  const auto before = ::signal(SIGTTOU, SIG_IGN);
  ::tcsetpgrp(terminal, group);
  ::signal(SIGTTOU, before);
}

bool is_stopped(pid_t pid) {
  if (pid <= 0) return false;
  const std::string path = concat("/proc/", std::to_string(pid), "/stat");
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char text[512]{};
  if (!fd || ::read(fd.get(), text, sizeof text - 1) <= 0) return false;
  const char* end = std::strrchr(text, ')');
  return end != nullptr && std::strncmp(end, ") T", 3) == 0;
}

}  // namespace sefaca
