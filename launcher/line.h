// One command of many of a build, for doors without a plan (make, sefaca-launch as a tool's
// launcher): in a sandbox of its own or, where the run around it holds it to all of that already,
// in place.
#pragma once

#include <optional>
#include <string_view>

#include "core/policy/make_rules.h"
#include "core/policy/policy.h"
#include "core/supervise/nested.h"
#include "launcher/command_line.h"
#include "launcher/make_caller.h"
#include "launcher/session.h"

namespace sefaca {

// Whether a variable names the level or the preset: a person's word before a door's choice.
bool environment_names_policy(const Surroundings& surroundings);

// What the door chose, in its own layer: below $SEFACA_PRESET and its like. `door` names it in the
// origins of values.
void choose(RunRequest& request, const MakeChoice& choice, std::string_view door);

// Runs what was prepared and ends as the command ended, by its signal too, so that the tool that
// called says so.
int end_as_command(Session& session, const Surroundings& surroundings);

// Executes the command in place, inside of a run that holds it to all that it would be held to: no
// layer more, so that a recursive make may be as deep as it likes.
int run_as_enclosed(const RunRequest& request, const Policy& policy, const EnclosingRun& enclosing,
                    const Surroundings& surroundings);

// The run around this process, and what it may do and tells its like inside; an error where there
// is none.
struct Around {
  explicit Around(const Surroundings& surroundings);
  // A note of the plan; empty where there is none.
  [[nodiscard]] std::vector<std::string> note(std::string_view name) const;

  std::optional<EnclosingRun> run;
  Result<Plan> plan;
};

// Both, as it comes. With a `caller` the policy is kept for the further lines of that make.
int run_line(RunRequest request, const std::optional<MakeCaller>& caller, const Around& around,
             const Surroundings& surroundings);

}  // namespace sefaca
