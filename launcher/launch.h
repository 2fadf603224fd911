// `sefaca-launch`: what CMake's rules and tests call in front of each step.
#pragma once

#include <span>
#include <string>

#include "core/policy/surroundings.h"

namespace sefaca {

// `words` are those after the program's name. Runs the step by its plan and gives its exit code:
// 128+N when a signal ended it, but for a test, which ends this process by the same signal. Own
// failures are 125, with a sentence on stderr and nothing run. --resolve=MANIFEST and
// --check-policy are Sefaca.cmake's (see launcher/launch_resolve.h), --line= its shell's
// (launcher/step_line.h); without --plan= and --role= it
// is another tool's launcher (launcher/tool.h).
int launch_command(std::span<const std::string> words, const Surroundings& surroundings);

}  // namespace sefaca
