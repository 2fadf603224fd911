// The system file's [enforce]: no later layer may be wider.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/policy/assignment.h"
#include "core/policy/fold.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// Brings `folded` within `bounds`. What a person wrote and is wider is an error that names both
// places; what only a level, a preset or our own table says is narrowed to the bound.
void apply_bounds(std::span<const Assignment> bounds, const Surroundings& surroundings,
                  Folded& folded, Errors& errors);

// The paths that [enforce] keeps hidden or read-only, over every grant. Those that are not there
// are left out.
std::vector<PathRule> enforced_rules(std::span<const Assignment> bounds,
                                     const Surroundings& surroundings);

}  // namespace sefaca
