// Narrowing: of two policies the one that permits what both permit.
#pragma once

#include "core/policy/policy.h"

namespace sefaca {

// What both permit, value by value and path by path. What is neither wider nor narrower (level's
// name, preset, log file, report, the command's environment) is `kept`'s; `values` and `origins` of
// what `other` narrowed are `other`'s.
PolicyFields narrower_of(PolicyFields kept, const PolicyFields& other);

}  // namespace sefaca
