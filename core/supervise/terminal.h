// Terminal: the controlling terminal of the job that sefaca is in, if it is in one.
#pragma once

#include <sys/types.h>

#include "core/base/unique_fd.h"

namespace sefaca {

class Terminal {
 public:
  // The terminal, when this process is a job of a shell that controls jobs: only then is there
  // somebody who can continue it once it has stopped (credentials(7), tty_ioctl(4)).
  static Terminal of_this_job();

  explicit operator bool() const { return static_cast<bool>(fd_); }
  // Continues the group of `pid`, in the foreground where we are.
  void give_to_group_of(pid_t pid) const;

 private:
  UniqueFd fd_;
};

// Makes `group` the terminal's foreground group, from the background too, where tcsetpgrp(3) would
// stop us with SIGTTOU.
void set_foreground_group(int terminal, pid_t group);

// True while the process is stopped by job control (state T of proc_pid_stat(5)).
bool is_stopped(pid_t pid);

}  // namespace sefaca
