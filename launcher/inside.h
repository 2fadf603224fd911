// `sefaca-inside`: what a container runs in the place of its command. The container holds the
// policy; inside it is held once more, so that what is denied can be named, and put on record where
// the sefaca outside finds it.
#pragma once

#include <span>
#include <string>

#include "core/policy/surroundings.h"

namespace sefaca {

// `words`: the id of the record, then as after `run`. Files and variables of the configuration
// count outside alone. The command's exit code.
int inside_command(std::span<const std::string> words, const Surroundings& surroundings);

}  // namespace sefaca
