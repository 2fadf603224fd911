// Which limit ended a run, said as a violation.
#pragma once

#include <optional>

#include "core/audit/violation.h"
#include "core/policy/policy.h"
#include "core/supervise/outcome.h"

namespace sefaca {

// nullopt: none did. The kernel's own limits (RLIMIT_CPU, RLIMIT_FSIZE) are known by the signal
// that the command died of, or that its shell gives as the code of a command: 128 and the signal.
std::optional<Violation> limit_violation(const Outcome& outcome, const Limits& limits);

}  // namespace sefaca
