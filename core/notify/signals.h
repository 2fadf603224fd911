// Signals that would leave the tree. Landlock's scope refuses them; here they get their name.
#pragma once

#include <linux/seccomp.h>

#include <optional>

#include "core/audit/violation.h"
#include "core/enforce/launch_plan.h"

namespace sefaca {

// Of kill(2): a process outside of this tree that the user could signal. nullopt: none, or nobody
// of outside has a number in the tree (a pid namespace).
std::optional<Violation> name_signal(const LaunchPlan& plan, const seccomp_data& data);

}  // namespace sefaca
