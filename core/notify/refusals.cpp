#include "core/notify/refusals.h"

#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdint>

#include "core/enforce/filters/evaluate.h"
#include "core/enforce/filters/filters.h"
#include "core/notify/calls.h"
#include "core/notify/suggestions.h"

namespace sefaca {
namespace {

Violation name_socket(const LaunchPlan& plan, const seccomp_data& data) {
  constexpr std::uint64_t kTypeBits = 0xf;  // socket(2): flags stand above them
  const auto family = static_cast<std::uint32_t>(data.args[0]);
  const auto type = data.args[1] & kTypeBits;
  Violation v;
  v.kind = ViolationKind::socket_denied;
  if (family == AF_UNIX) {
    v.suggestion = suggest_call("socketpair");
  } else if ((family == AF_INET || family == AF_INET6) && !plan.filter.network()) {
    v.kind = ViolationKind::network_access_denied;
    if (type == SOCK_STREAM || type == SOCK_DGRAM) v.suggestion = suggest_network();
  }
  return v;
}

}  // namespace

int refused_with(const LaunchPlan& plan, const seccomp_data& data) {
  const std::uint32_t verdict = evaluate_filter(filter_for(plan.filter.without_listener()), data);
  switch (verdict & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
      return 0;
    case SECCOMP_RET_ERRNO:
      return static_cast<int>(verdict & SECCOMP_RET_DATA);
    default:
      return EPERM;
  }
}

std::optional<Violation> name_refusal(const LaunchPlan& plan, const seccomp_data& data) {
  const char* name = refused_call_name(data.nr);
  if (name == nullptr) {
    const CallShape* shape = call_shape(data.nr);
    if (shape == nullptr) return std::nullopt;
    name = shape->operation;
  }
  Violation v;
  if (data.nr == SYS_socket || data.nr == SYS_socketpair) {
    v = name_socket(plan, data);
  } else {
    v.suggestion = suggest_call(name);
  }
  v.operation = name;
  return v;
}

}  // namespace sefaca
