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
  std::uint64_t keep_capabilities = 0;  // a mask; the rest is dropped
  bool landlock = false;
  abi::LandlockRulesetAttr ruleset{};
  std::size_t ruleset_size = 0;    // the struct's size that this ABI knows
  std::uint64_t stdio_rights = 0;  // for the files behind descriptors 0 to 2
  const Rule* rules = nullptr;
  std::size_t rule_count = 0;
  const sock_filter* filter = nullptr;  // nullptr: none
  std::size_t filter_length = 0;
  bool die_with_parent = false;  // PR_SET_PDEATHSIG; off for exec

  // Written by the child before it exits, read by the parent after it has been waited for.
  Step failed_step = Step::none;
  int failed_errno = 0;
  const char* failed_path = nullptr;
};
static_assert(std::is_trivially_destructible_v<ChildPlan>);

// Runs the steps and executes the program. Returns only when a step failed, which `plan` then
// names. Async-signal-safe. Irreversible.
void enter_and_execute(ChildPlan& plan);

// Starts a process that shares this one's memory until it executes, with every signal blocked.
// The pid, or the errno of clone(2). `plan` and all it points to must live until it is waited for.
Result<pid_t> spawn_child(ChildPlan& plan);

}  // namespace sefaca
