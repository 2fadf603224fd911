// `sefaca check`: what this host can enforce, each mechanism proved by trying to get past it.
#pragma once

#include <span>
#include <string>

#include "core/policy/surroundings.h"

namespace sefaca {

// `words` are those after `check`: options of run, and --json. 0 when all of the chosen level (and
// preset) is enforced here, 1 when not, 2 for wrong usage.
int check_command(std::span<const std::string> words, const Surroundings& surroundings);

}  // namespace sefaca
