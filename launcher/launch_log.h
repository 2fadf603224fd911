// What is said and kept about a step of a CMake build.
#pragma once

#include <string>
#include <vector>

#include "core/policy/policy.h"
#include "core/policy/surroundings.h"
#include "core/supervise/outcome.h"
#include "launcher/command_line.h"
#include "launcher/step.h"

namespace sefaca {

// One line for each thing that was denied: what, and the sefaca_policy() that would allow it; one
// for what a test left running; when the step failed, one for the variables that were withheld.
// Empty: there is nothing to say. `source` is the source tree, which has a variable of its own.
std::vector<std::string> denied_lines(const BuildStep& step, const Policy& policy,
                                      const Outcome& outcome, const std::string& source);

// Appends them to BUILD/Testing/Temporary/Sefaca.log, begun anew when it has grown large. A test
// could have put anything in that place: no link is followed, and only a regular file of one name
// is written. What goes wrong is not said: the record has it all.
void append_test_log(const std::string& build, const BuildStep& step,
                     const std::vector<std::string>& lines, int exit_code);

// The record of a step that runs with all rights because a person said so. It is written before
// the step runs, which replaces this process, so it has no result.
void record_unsandboxed(const RunRequest& request, const Policy& policy, const std::string& why,
                        const Surroundings& surroundings);

}  // namespace sefaca
