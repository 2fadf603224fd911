// The supervisor: starts the command, forwards signals, keeps the clock and the tree's limits, ends
// and reaps everything that is left. One per process; it changes the process for good (signal mask,
// subreaper, no_new_privs, a Landlock scope).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "core/base/result.h"
#include "core/enforce/capabilities.h"
#include "core/enforce/launch_plan.h"
#include "core/policy/policy.h"
#include "core/supervise/outcome.h"

namespace sefaca {

struct Supervised {
  pid_t pid = 0;  // the command's, even when it could not be executed
  Outcome outcome;
};

// Runs `plan` to its end. An error means that the command was not run; its errno_value is that of
// the step (ENOENT and EACCES from execve are exit 127 and 126). `step` then says which step it was.
struct SuperviseError {
  Step step = Step::none;
};
Result<Supervised> supervise(const LaunchPlan& plan, const Limits& limits, bool keep_background,
                             const Capabilities& capabilities, SuperviseError& where);

}  // namespace sefaca
