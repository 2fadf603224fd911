// What the contract has and this build has not: refused when a flag or a variable asks for it, a
// named gap when a level or a preset does (core/enforce/launch_plan.cpp).
#pragma once

#include "core/base/result.h"
#include "core/policy/policy.h"

namespace sefaca {

Status refuse_unsupported(const Policy& policy);

// What exec can't give, because nobody stays to give it, when a flag or a variable asks for it.
Status refuse_supervised(const Policy& policy);

}  // namespace sefaca
