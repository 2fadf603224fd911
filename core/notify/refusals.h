// Refusals: calls that the filter refuses by their arguments alone, named.
#pragma once

#include <linux/seccomp.h>

#include <optional>

#include "core/audit/violation.h"
#include "core/enforce/launch_plan.h"

namespace sefaca {

// What the same filter without a listener says to the call: its errno, or 0 when it lets it pass.
int refused_with(const LaunchPlan& plan, const seccomp_data& data);

// The violation that a refused call is; nullopt: none that is worth a name.
std::optional<Violation> name_refusal(const LaunchPlan& plan, const seccomp_data& data);

}  // namespace sefaca
