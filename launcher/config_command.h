// `sefaca config show|get|set|init|check|presets|path|trust|untrust|trusted`.
#pragma once

#include <cstdio>
#include <span>
#include <string>

#include "core/policy/surroundings.h"

namespace sefaca {

// `words` are those after `config`. Returns the exit code: 0, 1 for a negative answer, 2 for wrong
// usage.
int config_command(std::span<const std::string> words, const Surroundings& surroundings, FILE* out,
                   FILE* err);

}  // namespace sefaca
