// `sefaca log show|tail|stats|suggest|summary|ship`: reads the audit log (docs/log-format.md).
#pragma once

#include <cstdio>
#include <span>
#include <string>

#include "core/policy/surroundings.h"

namespace sefaca {

// `words` are those after `log`. Returns the exit code: 0, 1 when there is no record to show, 2 for
// wrong usage.
int log_command(std::span<const std::string> words, const Surroundings& surroundings, FILE* out,
                FILE* err);

}  // namespace sefaca
