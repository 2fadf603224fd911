#include "core/enforce/child.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "core/base/blocked_signals.h"
#include "core/base/syscall.h"
#include "core/enforce/child_failure.h"
#include "core/enforce/init.h"
#include "core/enforce/landlock.h"

namespace sefaca {
namespace {

using raw::call;

struct KernelSigaction {  // rt_sigaction(2) takes the kernel's own layout
  std::uint64_t handler, flags, restorer, mask;
};
constexpr std::size_t kSignalSetBytes = 8;

// An ignored signal stays ignored over execve: a caller that ignores SIGPIPE (Python, node) must
// not change how the command dies. HUP, INT and QUIT stay as they are: `nohup` and `&` mean them.
bool reset_dispositions(ChildPlan& plan) {
  constexpr int kLast = 31, kHup = 1, kInt = 2, kQuit = 3, kKill = 9, kStop = 19;
  KernelSigaction fresh{};
  for (int signal = 1; signal <= kLast; ++signal) {
    if (signal == kHup || signal == kInt || signal == kQuit || signal == kKill || signal == kStop)
      continue;
    const long r = call(SYS_rt_sigaction, signal, &fresh, nullptr, kSignalSetBytes);
    if (r < 0) return fail(plan, Step::dispositions, r);
  }
  return true;
}

// A table of descriptors of one's own. Docker's default profile refuses every unshare(2), also the
// one that only asks for this; close_range(2) of nothing gives the same (Linux 5.9, fs/file.c).
long own_descriptors() {
  constexpr unsigned kNothing = 0x7fffffff;
  const long r = call(SYS_close_range, kNothing, kNothing, CLOSE_RANGE_UNSHARE);
  return r < 0 ? call(SYS_unshare, CLONE_FILES) : r;
}

// Until here the table is the supervisor's too: what it holds is closed in a copy. Nothing of ours
// is left open over execve, least of all the listener: a copy of it would make every notified call
// wait for ever when the supervisor is gone; without one they fail with ENOSYS at once.
bool close_descriptors(ChildPlan& plan) {
  const long alone = own_descriptors();
  if (alone < 0) return fail(plan, Step::descriptors, alone);
  long first = 3;
  const auto close_range = [&](long from, long to) {
    if (from > to) return true;
    const long r = call(SYS_close_range, from, to, 0);
    return r >= 0 || fail(plan, Step::descriptors, r);
  };
  for (std::size_t i = 0; i < plan.keep_fd_count; ++i) {
    const long fd = plan.keep_fds[i];
    if (fd == plan.handover) continue;  // nobody had it open: its number went to the listener
    if (!close_range(first, fd - 1)) return false;
    const long flags = call(SYS_fcntl, fd, F_GETFD, 0);
    if (flags > 0) call(SYS_fcntl, fd, F_SETFD, flags & ~static_cast<long>(FD_CLOEXEC));
    first = fd + 1;
  }
  return close_range(first, 0x7fffffff);
}

bool drop_capabilities(ChildPlan& plan) {
  call(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  long r = call(SYS_capget, &header, data);
  if (r < 0) return fail(plan, Step::capabilities, r);
  for (int half = 0; half < 2; ++half) {
    const auto keep = static_cast<std::uint32_t>(plan.keep_capabilities >> (32 * half));
    data[half].permitted &= keep;
    data[half].effective = data[half].permitted;
    data[half].inheritable = 0;
  }
  r = call(SYS_capset, &header, data);
  return r >= 0 || fail(plan, Step::capabilities, r);
}

bool set_limits(ChildPlan& plan) {
  for (std::size_t i = 0; i < plan.limit_count; ++i) {
    const auto& limit = plan.limits[i];
    rlimit64 now{};
    if (const long r = call(SYS_prlimit64, 0, limit.resource, nullptr, &now); r < 0)
      return fail(plan, Step::limits, r);
    // Never raised: a hard limit below the policy's is narrower, and stays.
    const std::uint64_t value = limit.value < now.rlim_max ? limit.value : now.rlim_max;
    rlimit64 wanted{value, value};
    // SIGXCPU says what happened; who handles it is killed a second later (setrlimit(2)).
    if (limit.resource == RLIMIT_CPU && value < now.rlim_max) ++wanted.rlim_max;
    const long r = call(SYS_prlimit64, 0, limit.resource, &wanted, nullptr);
    if (r < 0) return fail(plan, Step::limits, r);
  }
  return true;
}

// Rights that only directories have are EINVAL on a file (landlock_add_rule(2)), so such a rule is
// tried again with the rest. A path that has gone since the plan was made is granted nothing.
long add_rule(int ruleset, int fd, std::uint64_t rights, std::uint64_t file_rights) {
  abi::LandlockPathBeneathAttr attr{rights, fd};
  long r = call(SYS_landlock_add_rule, ruleset, abi::kLandlockRulePathBeneath, &attr, 0);
  if (r == -EINVAL && (rights & file_rights) != 0) {
    attr.allowed_access = rights & file_rights;
    r = call(SYS_landlock_add_rule, ruleset, abi::kLandlockRulePathBeneath, &attr, 0);
  }
  return r;
}

bool enter_landlock(ChildPlan& plan) {
  if (!plan.landlock) return true;
  const std::uint64_t on_file = landlock_rights_on_file();
  const long made = call(SYS_landlock_create_ruleset, &plan.ruleset, plan.ruleset_size, 0);
  if (made < 0) return fail(plan, Step::landlock_ruleset, made);
  const int ruleset = static_cast<int>(made);
  for (std::size_t i = 0; i < plan.rule_count; ++i) {
    const auto& rule = plan.rules[i];
    const long fd = call(SYS_openat, AT_FDCWD, rule.path, O_PATH | O_CLOEXEC, 0);
    if (fd == -ENOENT || fd == -ENOTDIR || fd == -EACCES || fd == -ENXIO) continue;
    if (fd < 0) return fail(plan, Step::landlock_rule, fd, rule.path);
    const long r = add_rule(ruleset, static_cast<int>(fd), rule.rights, on_file);
    call(SYS_close, fd);
    if (r < 0) return fail(plan, Step::landlock_rule, r, rule.path);
  }
  // Without these `echo > /dev/stdout` fails when stdout is a file elsewhere. A pipe or a socket is
  // no file hierarchy: EBADFD, and needs no rule.
  for (int fd = 0; fd <= 2; ++fd) {
    const long mode = call(SYS_fcntl, fd, F_GETFL, 0);
    if (mode < 0) continue;
    const bool writable = (mode & O_ACCMODE) != O_RDONLY;
    const std::uint64_t rights =
        writable ? plan.stdio_rights : plan.stdio_rights & abi::kFsReadFile;
    if (rights != 0) add_rule(ruleset, fd, rights & on_file, on_file);
  }
  const long r = call(SYS_landlock_restrict_self, ruleset, 0);
  call(SYS_close, ruleset);
  return r >= 0 || fail(plan, Step::landlock_restrict, r);
}

// The command itself, never its init: the kernel ends all who share the memory of what it ends, and
// init shares the supervisor's for as long as it runs.
bool enter_control_groups(ChildPlan& plan) {
  for (std::size_t i = plan.born_in_group ? 1 : 0; i < plan.control_group_count; ++i) {
    const long r = call(SYS_write, plan.control_groups[i], "0", 1);
    if (r < 0) return fail(plan, Step::control_group, r);
  }
  return true;
}

void hand_over(ChildPlan& plan, int listener) {
  __atomic_store_n(&plan.handover, listener, __ATOMIC_RELEASE);
  call(SYS_futex, &plan.handover, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

bool install_filter(ChildPlan& plan) {
  if (plan.filter == nullptr) return true;
  sock_fprog program{static_cast<unsigned short>(plan.filter_length),
                     const_cast<sock_filter*>(plan.filter)};
  const long r = call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, plan.listener_flags, &program);
  if (plan.listener_flags == 0) return r >= 0 || fail(plan, Step::filter, r);
  if (r < 0) return fail(plan, Step::listener, r);
  hand_over(plan, static_cast<int>(r));
  return true;
}

// The order: no_new_privs comes before Landlock and seccomp, which want it; capabilities are
// dropped once the rules' paths have been opened; the listener needs a table of descriptors that is
// shared with the supervisor, so they are closed after the filter; the limits come last, so that
// numbers can't run out on the way. No filter of ours refuses what is called after it is in force.
bool enter(ChildPlan& plan) {
  if (plan.die_with_parent) call(SYS_prctl, PR_SET_PDEATHSIG, 9, 0, 0, 0);
  if (!enter_control_groups(plan) || !reset_dispositions(plan)) return false;
  const long r = call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (r < 0) return fail(plan, Step::no_new_privileges, r);
  if (!enter_landlock(plan) || !drop_capabilities(plan)) return false;
  // Without a domain of its own the command could write into the supervisor's memory, which this
  // process and an init share until execve; what can't be dumped can't be traced (prctl(2)). The id
  // maps have been written by now.
  if (!plan.landlock) call(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  const std::uint64_t no_signals = 0;
  const long unblocked =
      call(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, &no_signals, nullptr, kSignalSetBytes);
  if (unblocked < 0) return fail(plan, Step::dispositions, unblocked);
  return install_filter(plan) && close_descriptors(plan) && set_limits(plan);
}

}  // namespace

void hand_over_nothing(ChildPlan& plan) {
  if (plan.handover == 0) hand_over(plan, ChildPlan::kNoHandover);
}

void enter_and_execute(ChildPlan& plan) {
  if (!enter(plan)) return hand_over_nothing(plan);
  long r = call(SYS_execve, plan.program, plan.argv, plan.environment);
  if (r == -ENOEXEC && plan.script_argv != nullptr) {
    // As execvp(3): a script without a #! line is the shell's.
    r = call(SYS_execve, plan.script_argv[0], plan.script_argv, plan.environment);
  }
  fail(plan, Step::execute, r, plan.program);
}

namespace {

int child_main(void* argument) {
  auto& plan = *static_cast<ChildPlan*>(argument);
  if (plan.namespaces.flags == 0 || set_up_namespaces(plan)) {
    enter_and_execute(plan);
  } else {
    hand_over_nothing(plan);
  }
  call(SYS_exit_group, 125);
  __builtin_unreachable();
}

alignas(16) char child_stack[64 * 1024];

}  // namespace

int clone_sharing(ChildPlan& plan, bool is_command, int (*start)(void*), CloneStack stack,
                  unsigned long flags, int* pidfd) {
  if (is_command && plan.birthplace >= 0) {
    plan.born_in_group = true;
    const int pid =
        clone_into(plan.birthplace, start, stack, flags | CLONE_VM | CLONE_FILES, &plan, pidfd);
    if (pid > 0) return pid;
    plan.born_in_group = false;
  }
  const unsigned long all = flags | CLONE_VM | CLONE_FILES | SIGCHLD;
  const int pid = clone(start, stack.lowest + stack.size, static_cast<int>(all), &plan, pidfd);
  return pid < 0 ? -errno : pid;
}

namespace {

Result<pid_t> start_process(int (*start)(void*), ChildPlan& plan) {
  std::optional<BlockedSignals> blocked(std::in_place);
  if (!blocked->in_force()) return setup_error(Step::spawn, errno, nullptr);
  const int pid = clone_sharing(plan, start == child_main, start, {child_stack, sizeof child_stack},
                                plan.namespaces.flags, nullptr);
  blocked.reset();
  if (pid < 0)
    return setup_error(plan.namespaces.flags != 0 ? Step::namespaces : Step::spawn, -pid, nullptr);
  if (plan.namespaces.maps_written != nullptr) write_maps_of(pid, plan.namespaces);
  return pid;
}

}  // namespace

Result<pid_t> spawn_child(ChildPlan& plan) {
  return start_process(plan.has_init() ? init_main : child_main, plan);
}

namespace {

int trial_main(void* argument) {
  auto& plan = *static_cast<ChildPlan*>(argument);
  own_descriptors();
  call(SYS_exit_group, set_up_namespaces(plan) ? 0 : 125);
  __builtin_unreachable();
}

}  // namespace

FailedStep try_namespaces(ChildPlan& plan) {
  auto started = start_process(trial_main, plan);
  if (!started) return {Step::namespaces, started.error().errno_value, nullptr};
  while (waitpid(*started, nullptr, 0) < 0 && errno == EINTR) {
  }
  return {plan.failed_step, plan.failed_errno, plan.failed_path};
}

bool ChildPlan::has_init() const {
  return (namespaces.flags & CLONE_NEWPID) != 0;
}

bool enter_namespaces_in_place(ChildPlan& plan) {
  const long r = call(SYS_unshare, plan.namespaces.flags);
  if (r < 0) return fail(plan, Step::namespaces, r);
  return set_up_namespaces(plan);
}

int await_listener(ChildPlan& plan, pid_t child) {
  constexpr timespec kLookAgain{0, 20'000'000};
  for (;;) {
    const int handed = __atomic_load_n(&plan.handover, __ATOMIC_ACQUIRE);
    if (handed != 0) return handed;
    call(SYS_futex, &plan.handover, FUTEX_WAIT, 0, &kLookAgain, nullptr, 0);
    // A child that was killed on its way wakes nobody; the time-out only makes us look.
    siginfo_t ended{};
    ended.si_pid = 0;
    const long r = call(SYS_waitid, P_PID, child, &ended, WEXITED | WNOHANG | WNOWAIT, nullptr);
    if (r == 0 && ended.si_pid != 0 && __atomic_load_n(&plan.handover, __ATOMIC_ACQUIRE) == 0)
      return ChildPlan::kNoHandover;
  }
}

}  // namespace sefaca
