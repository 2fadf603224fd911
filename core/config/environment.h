// The layer of SEFACA_* variables.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/policy/assignment.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// The assignments of every SEFACA_ variable that names a key, or every malformed one as an error.
// An empty variable is as good as unset. A name that is no key's is an error where a key or a
// reserved name is near, and somebody else's otherwise.
Result<std::vector<Assignment>> read_variables(const Surroundings& surroundings);

// SEFACA_ names that are no keys: SEFACA_CONFIG, SEFACA_LOG_TOKEN …
std::span<const std::string_view> reserved_variables();

}  // namespace sefaca
