// The child: from clone to execve. It shares its memory with the supervisor until execve, so all it
// needs lies in a flat ChildPlan made before; it allocates nothing, takes no lock, throws nothing
// and makes raw system calls only.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/base/kernel_abi.h"
#include "core/base/result.h"
#include "core/enforce/clone_into.h"
#include "core/enforce/namespaces.h"
#include "core/enforce/steps.h"

namespace sefaca {

struct ChildPlan {
  struct Rule {
    const char* path;  // absolute
    std::uint64_t rights;
  };
  struct Limit {
    int resource;  // RLIMIT_*
    std::uint64_t value;
  };

  const char* program = nullptr;             // absolute, or relative to the working directory
  const char* const* argv = nullptr;         // null-terminated
  const char* const* script_argv = nullptr;  // /bin/sh and the program, for ENOEXEC
  const char* const* environment = nullptr;  // null-terminated
  const int* keep_fds = nullptr;             // ascending, all above 2
  std::size_t keep_fd_count = 0;
  const Limit* limits = nullptr;
  std::size_t limit_count = 0;
  const int* control_groups = nullptr;  // ControlGroup::entries(), the supervisor's descriptors
  std::size_t control_group_count = 0;
  int birthplace = -1;                  // ControlGroup::birthplace()
  bool born_in_group = false;           // the command is in the first of control_groups already
  std::uint64_t keep_capabilities = 0;  // a mask; the rest is dropped
  bool landlock = false;
  abi::LandlockRulesetAttr ruleset{};
  std::size_t ruleset_size = 0;    // the struct's size that this ABI knows
  std::uint64_t stdio_rights = 0;  // for the files behind descriptors 0 to 2
  const Rule* rules = nullptr;
  std::size_t rule_count = 0;
  const sock_filter* filter = nullptr;  // nullptr: none
  std::size_t filter_length = 0;
  std::uint64_t listener_flags = 0;  // SECCOMP_FILTER_FLAG_…; 0: no listener
  bool die_with_parent = false;      // PR_SET_PDEATHSIG; off for exec

  // A futex: 0 until the filter is in force or a step has failed. Then the listener's number in the
  // shared table of descriptors, or kNoHandover. Whoever waits for it owns the listener.
  int handover = 0;
  static constexpr int kNoHandover = -1;

  NamespacePlan namespaces{};
  int init_reports = -1;  // the pipe that init writes to, where there is a pid namespace

  // With a pid namespace there is an init between the supervisor and the command.
  [[nodiscard]] bool has_init() const;
  // Written by init, read by the supervisor: the command's number outside and its pidfd, which lies
  // in the supervisor's table too. 0 and -1 until then.
  pid_t command_pid = 0;
  int command_pidfd = -1;
  int old_proc = -1;  // init's own

  // Written by the child before it exits, read by the parent after it has been waited for.
  Step failed_step = Step::none;
  int failed_errno = 0;
  const char* failed_path = nullptr;
};
static_assert(std::is_trivially_destructible_v<ChildPlan>);

// Runs the steps and executes the program. Returns only when a step failed, which `plan` then
// names. Async-signal-safe. Irreversible.
void enter_and_execute(ChildPlan& plan);

// As clone(2) with CLONE_VM and CLONE_FILES, for `start`, whose argument is the plan. The command
// begins in its cgroup where it can; an init, which shares the supervisor's memory for as long as
// it runs, stays outside. `pidfd` with CLONE_PIDFD only. The pid, or -errno. May be called after
// fork.
int clone_sharing(ChildPlan& plan, bool is_command, int (*start)(void*), CloneStack stack,
                  unsigned long flags, int* pidfd);

// Tells who waits for a listener that none will come. Called where a step before fails.
void hand_over_nothing(ChildPlan& plan);

// For exec: takes the namespaces of the plan for this very process, which must have one thread. No
// pid namespace. False when a step failed, which `plan` then names. Irreversible.
bool enter_namespaces_in_place(ChildPlan& plan);

// Tries the namespaces of the plan in a process that ends at once. Step::none: they work here.
struct FailedStep {
  Step step = Step::none;
  int errno_value = 0;
  const char* path = nullptr;  // of the plan's, or static
};
FailedStep try_namespaces(ChildPlan& plan);

// Starts a process that shares this one's memory until it executes, and its descriptors until the
// filter is in force, with every signal blocked. The pid, or the errno of clone(2). `plan` and all
// it points to must live until it is waited for.
Result<pid_t> spawn_child(ChildPlan& plan);

// Waits until the child of `spawn_child` has handed its listener over, has failed or has ended: the
// listener (close-on-exec), or -1. Only for a plan with listener_flags.
int await_listener(ChildPlan& plan, pid_t child);

}  // namespace sefaca
