#include "core/enforce/init.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>

#include "core/base/syscall.h"
#include "core/enforce/child_failure.h"

namespace sefaca {
namespace {

using raw::call;

alignas(16) char command_stack[64 * 1024];

[[noreturn]] void leave(int code) {
  call(SYS_exit_group, code);
  __builtin_unreachable();
}

// The number that the command has outside: the old /proc shows it as its "self" (proc(5)).
void note_pid(ChildPlan& plan) {
  char text[16]{};
  const long n = call(SYS_readlinkat, plan.old_proc, "self", text, sizeof text - 1);
  call(SYS_close, plan.old_proc);
  pid_t pid = 0;
  for (long i = 0; i < n && text[i] >= '0' && text[i] <= '9'; ++i) pid = pid * 10 + (text[i] - '0');
  __atomic_store_n(&plan.command_pid, pid, __ATOMIC_RELEASE);
}

int command_main(void* argument) {
  auto& plan = *static_cast<ChildPlan*>(argument);
  note_pid(plan);
  enter_and_execute(plan);
  leave(125);
}

void tell(const ChildPlan& plan, InitReport::Kind kind, int status) {
  const InitReport report{kind, status};
  call(SYS_write, plan.init_reports, &report, sizeof report);
}

void keep_only_reports(const ChildPlan& plan) {
  call(SYS_close_range, 0, plan.init_reports - 1, CLOSE_RANGE_UNSHARE);
  call(SYS_close_range, plan.init_reports + 1, 0x7fffffff, 0);
}

void drop_all_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[2]{};
  call(SYS_capset, &header, none);
}

void reap(const ChildPlan& plan, long command) {
  for (;;) {
    int status = 0;
    const long pid = call(SYS_wait4, -1, &status, WUNTRACED | __WALL, nullptr);
    if (pid == -EINTR) continue;
    if (pid < 0) return;  // ECHILD: nothing is left
    if (pid != command) continue;
    tell(plan, WIFSTOPPED(status) ? InitReport::Kind::stopped : InitReport::Kind::ended, status);
  }
}

}  // namespace

int init_main(void* argument) {
  auto& plan = *static_cast<ChildPlan*>(argument);
  if (plan.die_with_parent) call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  plan.old_proc =
      static_cast<int>(call(SYS_openat, AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
  if (!set_up_namespaces(plan)) {
    hand_over_nothing(plan);
    leave(125);
  }
  const int command =
      ::clone(command_main, command_stack + sizeof command_stack,
              CLONE_VM | CLONE_FILES | CLONE_PIDFD | SIGCHLD, &plan, &plan.command_pidfd);
  if (command < 0) {
    fail(plan, Step::spawn, -EAGAIN);
    hand_over_nothing(plan);
    leave(125);
  }
  keep_only_reports(plan);
  drop_all_capabilities();
  reap(plan, command);
  leave(0);
}

}  // namespace sefaca
