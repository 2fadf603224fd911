#include "core/notify/receiver.h"

#include <cerrno>

#include "core/enforce/filters/evaluate.h"
#include "core/enforce/filters/filters.h"

namespace sefaca {

Receiver::Receiver(UniqueFd listener, const LaunchPlan& plan)
    : listener_(std::move(listener)), plan_(plan) {
  listener_.wake_in_step(true);
}

void Receiver::receive() {
  Notification call;
  if (listener_.receive(call)) answer(call);
}

// What the same filter without a listener says stands: a refusal stays one, with its errno.
void Receiver::answer(const Notification& call) const {
  const std::uint32_t verdict =
      evaluate_filter(filter_for(plan_.filter.without_listener()), call.data);
  switch (verdict & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
      return listener_.go_on(call.id);
    case SECCOMP_RET_ERRNO:
      return listener_.refuse(call.id, static_cast<int>(verdict & SECCOMP_RET_DATA));
    default:
      return listener_.refuse(call.id, EPERM);
  }
}

}  // namespace sefaca
