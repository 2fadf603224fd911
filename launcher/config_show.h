// `sefaca config show`, `get` and `presets`: effective values with their origins.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/policy/surroundings.h"
#include "launcher/command_line.h"

namespace sefaca {

// What would be in force for `sefaca run` with the options of `request`. The text to print.
Result<std::string> show_configuration(const RunRequest& request, bool json,
                                       const Surroundings& surroundings);

// The effective value of `key`, a line for each part of a list; empty when it is unset.
Result<std::string> effective_value(const std::string& key, const Surroundings& surroundings);

// Every preset with its values; `names_only` for completions.
Result<std::string> show_presets(bool names_only, const Surroundings& surroundings);

}  // namespace sefaca
