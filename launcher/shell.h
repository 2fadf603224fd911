// `sefaca shell`: an interactive $SHELL, sandboxed, with job control and a marked prompt.
#pragma once

#include <span>
#include <string>

#include "core/policy/surroundings.h"

namespace sefaca {

// `words` are those after `shell`. The shell's exit code.
int shell_command(std::span<const std::string> words, const Surroundings& surroundings);

}  // namespace sefaca
