#include "core/notify/receiver.h"

#include "core/notify/calls.h"
#include "core/notify/refusals.h"
#include "core/notify/socket_address.h"
#include "core/notify/suggestions.h"

namespace sefaca {

Receiver::Receiver(UniqueFd listener, const LaunchPlan& plan)
    : listener_(std::move(listener)), plan_(plan), judge_(plan) {
  listener_.wake_in_step(true);
}

void Receiver::receive() {
  Notification call;
  if (listener_.receive(call)) answer(call);
}

void Receiver::answer(const Notification& call) {
  const CallShape* shape = call_shape(call.data.nr);
  if (shape != nullptr && shape->deed == Deed::connect) return connect(call);
  const bool of_files =
      shape != nullptr && shape->deed != Deed::metadata && shape->deed != Deed::bind;
  if (!of_files) {
    const int refused = refused_with(plan_, call.data);
    if (refused == 0) return listener_.go_on(call.id);
    if (auto violation = name_refusal(plan_, call.data)) record(call, std::move(*violation));
    return listener_.refuse(call.id, refused);
  }
  // Only to name it: the kernel goes on, and Landlock decides.
  Judged judged = judge_.judge(Target(static_cast<pid_t>(call.pid)), *shape, call.data);
  if (judged.violation) record(call, std::move(*judged.violation));
  listener_.go_on(call.id);
}

void Receiver::connect(const Notification& call) {
  const int refused = refused_with(plan_, call.data);
  if (refused == 0) return listener_.go_on(call.id);
  const auto address = read_address(Target(static_cast<pid_t>(call.pid)), call.data.args[1],
                                    static_cast<socklen_t>(call.data.args[2]));
  if (address) {
    Violation v;
    v.operation = "connect";
    if (address->is_internet()) {
      v.kind = ViolationKind::network_access_denied;
      v.address = address->text();
      v.port = address->port();
      v.suggestion = suggest_network();
      record(call, std::move(v));
    }
  }
  listener_.refuse(call.id, refused);
}

void Receiver::record(const Notification& call, Violation violation) {
  const Target target(static_cast<pid_t>(call.pid));
  if (Violations::is_told_apart_by_program(violation)) violation.program = target.program();
  if (violations_.count_again(violation)) return;
  violation.pid = target.process();
  violation.program = target.program();
  if (listener_.still_waits(call.id)) violations_.add(std::move(violation));
}

}  // namespace sefaca
