// The names of the kinds of violation.
#include "core/audit/violation.h"

#include <array>
#include <cstddef>

namespace sefaca {
namespace {

// In the order of ViolationKind.
constexpr std::array<const char*, 10> kNames = {"network_access_denied",   "filesystem_read_denied",
                                                "filesystem_write_denied", "exec_denied",
                                                "socket_denied",           "syscall_denied",
                                                "process_limit_exceeded",  "memory_limit_exceeded",
                                                "timeout_exceeded",        "signal_denied"};
static_assert(kNames.size() == static_cast<std::size_t>(ViolationKind::signal_denied) + 1);

}  // namespace

const char* name_of(ViolationKind kind) {
  return kNames.at(static_cast<std::size_t>(kind));
}

std::optional<ViolationKind> violation_kind(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (name == kNames.at(i)) return static_cast<ViolationKind>(i);
  return std::nullopt;
}

}  // namespace sefaca
