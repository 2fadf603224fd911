#include "core/notify/refusals.h"

#include <sched.h>
#include <sys/resource.h>
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

std::optional<pid_t> scheduled_by(const seccomp_data& data) {
  const auto argument = [&](std::size_t i) { return static_cast<int>(data.args[i]); };
  constexpr int kIoPriorityOfProcess = 1;  // ioprio_set(2): IOPRIO_WHO_PROCESS
  int who = 0;
  switch (data.nr) {
    case SYS_sched_setaffinity:
    case SYS_sched_setscheduler:
    case SYS_sched_setparam:
    case SYS_sched_setattr:
      who = argument(0);
      break;
    case SYS_setpriority:
      if (argument(0) == PRIO_PROCESS) who = argument(1);
      break;
    case SYS_ioprio_set:
      if (argument(0) == kIoPriorityOfProcess) who = argument(1);
      break;
    default:
      break;
  }
  return who > 0 ? std::optional<pid_t>(who) : std::nullopt;
}

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
