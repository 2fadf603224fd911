// Refusals: calls that the filter refuses by their arguments alone, named.
#pragma once

#include <linux/seccomp.h>
#include <sys/types.h>

#include <optional>

#include "core/audit/violation.h"
#include "core/enforce/launch_plan.h"

namespace sefaca {

// Which thread or process a call schedules, by number; nullopt: none, or no single one.
std::optional<pid_t> scheduled_by(const seccomp_data& data);

// Scheduling of the caller itself, named by number (pthread_setaffinity_np(3) does so): of a thread
// that waits in this call, or of its process, which is there as long as it waits. So neither number
// can become another's before the kernel goes on. A number of another pid namespace that happens to
// be the same is a process of the tree as well.
constexpr bool is_caller(pid_t scheduled, pid_t thread, pid_t process) {
  return scheduled == thread || scheduled == process;
}

// What the same filter without a listener says to the call: its errno, or 0 when it lets it pass.
int refused_with(const LaunchPlan& plan, const seccomp_data& data);

// The violation that a refused call is; nullopt: none that is worth a name.
std::optional<Violation> name_refusal(const LaunchPlan& plan, const seccomp_data& data);

}  // namespace sefaca
