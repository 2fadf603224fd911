#include "core/enforce/init.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstddef>

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

// Runs side by side have a pid namespace each and often one /tmp, where programs name files by
// their process id (valgrind): so each namespace counts from elsewhere, spread by init's number
// outside. pid_namespaces(7): ns_last_pid takes CAP_SYS_ADMIN over the namespace, which only init
// still has; where it can't be written, numbers start at 2.
void spread_pids(int proc) {
  constexpr long kFirst = 300, kApart = 61, kRange = 30000;  // below the least usual pid_max, 32768
  char text[16]{};
  const long n = call(SYS_readlinkat, proc, "self", text, sizeof text - 1);
  long number = 0;
  for (long i = 0; i < n && text[i] >= '0' && text[i] <= '9'; ++i)
    number = number * 10 + (text[i] - '0');
  const long file = call(SYS_openat, proc, "sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC, 0);
  if (file < 0) return;
  long last = kFirst + number * kApart % kRange;
  std::size_t at = sizeof text;
  for (; last > 0; last /= 10) text[--at] = static_cast<char>('0' + last % 10);
  call(SYS_write, file, text + at, sizeof text - at);
  call(SYS_close, file);
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
  spread_pids(plan.old_proc);
  if (!set_up_namespaces(plan)) {
    hand_over_nothing(plan);
    leave(125);
  }
  const int command = clone_sharing(plan, true, command_main, {command_stack, sizeof command_stack},
                                    CLONE_PIDFD, &plan.command_pidfd);
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
