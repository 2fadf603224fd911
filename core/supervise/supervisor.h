// The supervisor: starts the command, forwards signals, keeps the clock and the tree's limits, ends
// and reaps everything that is left. One per process; it changes the process for good (signal mask,
// subreaper, no_new_privs, a Landlock scope).
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>

#include "core/base/result.h"
#include "core/enforce/capabilities.h"
#include "core/enforce/control_group.h"
#include "core/enforce/launch_plan.h"
#include "core/policy/policy.h"
#include "core/supervise/nested.h"
#include "core/supervise/outcome.h"

namespace sefaca {

class Receiver;

struct Supervised {
  pid_t pid = 0;                 // the command's
  bool guarded = false;          // a guardian stood beside it
  bool killed = false;           // this process was: told by the guardian, who knows no violations
  std::uint64_t own_cpu_us = 0;  // processor time of the supervisor itself
  Step failed = Step::none;      // the step that failed; `error` then says why and nothing was run
  Error error{};  // errno_value: that of the step (ENOENT and EACCES of execve: 127, 126)
  Outcome outcome{};
  // With --keep-background: who decides on what was left running. Refers to the plan.
  std::shared_ptr<Receiver> left{};
};

struct SuperviseRequest {
  const Limits& limits;
  const Capabilities& capabilities;
  bool keep_background = false;
  const ControlGroup* group = nullptr;  // the plan's; null: none
  bool abstract_sockets = false;        // those of outside may be reached (--allow)
  bool signals = false;  // processes of outside may be signalled (--allow): no fence is raised
  // Runs in the guardian when this process is killed, after the tree has been ended: removes what
  // is left, writes the record. Empty: no guardian.
  std::function<void(const Supervised&)> when_killed{};
  int guardian_keeps_fd = -1;  // the log's
  // The runs inside of this one, and what to do with each record that they send; null: none.
  NestedRuns* nested = nullptr;
  std::function<void(std::string_view)> take_record{};
  // Runs once the command is on its way, beside it: what nothing waits for until the end.
  std::function<void()> meanwhile{};
};

// Runs the plan to its end. The guardian stays on its leash until the Supervisor is gone, so that
// the caller can finish the record first.
class Supervisor {
 public:
  explicit Supervisor(const SuperviseRequest& request);  // `request` must outlive it
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  // `plan` must outlive the call. Once; again, with a plan that wants less, only after a step that
  // a plan can do without has failed (see can_do_without()): then nothing was run.
  Supervised run(const LaunchPlan& plan);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sefaca
