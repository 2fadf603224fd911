#include "core/notify/receiver.h"

#include <cerrno>

#include "core/notify/calls.h"
#include "core/notify/named_address.h"
#include "core/notify/refusals.h"
#include "core/notify/signals.h"
#include "core/notify/socket_address.h"
#include "core/notify/suggestions.h"

namespace sefaca {
namespace {

bool schedules_caller(const Notification& call) {
  const auto scheduled = scheduled_by(call.data);
  if (!scheduled) return false;
  const Target target(static_cast<pid_t>(call.pid));
  return is_caller(*scheduled, target.thread(), target.process());
}

}  // namespace

Receiver::Receiver(UniqueFd listener, const LaunchPlan& plan, bool scoped)
    : listener_(std::make_shared<Listener>(std::move(listener))),
      plan_(plan),
      judge_(plan),
      broker_(listener_, plan),
      metadata_(listener_, plan,
                [this](const Notification& call, Violation v) { record(call, std::move(v)); }),
      sockets_(
          listener_, plan, scoped,
          [this](const Notification& call, Violation v) { record(call, std::move(v)); },
          [this](const Notification& call, Violation v) {
            return record_later(call, std::move(v));
          },
          [this](const HostNames::Asker& asker, const std::string& name) {
            name_denied(asker, name);
          }) {
  listener_->wake_in_step(turns_.one_at_a_time());
}

bool Receiver::receive() {
  Notification call;
  if (!listener_->receive(call)) return errno == ENOENT || errno == EINTR;
  if (turns_.take(static_cast<pid_t>(call.pid))) listener_->wake_in_step(turns_.one_at_a_time());
  answer(call);
  return true;
}

void Receiver::answer(const Notification& call) {
  const CallShape* shape = call_shape(call.data.nr);
  if (shape != nullptr && answer_socket(call, *shape)) return;
  if (shape != nullptr && shape->deed == Deed::metadata && plan_.notify.performs)
    return metadata_.change(call, *shape);
  if (shape != nullptr && shape->deed == Deed::signal) {
    if (auto violation = name_signal(plan_, call.data)) record(call, std::move(*violation));
    return listener_->go_on(call.id);  // Landlock's scope, or the pid namespace, decides
  }
  const bool of_files = shape != nullptr && shape->deed < Deed::metadata;
  if (!of_files) {
    const int refused = refused_with(plan_, call.data);
    if (refused == 0 || schedules_caller(call)) return listener_->go_on(call.id);
    if (auto violation = name_refusal(plan_, call.data)) {
      if (violation->kind == ViolationKind::network_access_denied) {
        const Target target(static_cast<pid_t>(call.pid));
        violation->address = address_among(target.command_line());
        violation->attempted_host = violation->address;
      }
      record(call, std::move(*violation));
    }
    return listener_->refuse(call.id, refused);
  }
  conclude(call, *shape,
           judge_.judge(Target(static_cast<pid_t>(call.pid), &plan_.notify.own_places), *shape,
                        call.data));
}

bool Receiver::answer_socket(const Notification& call, const CallShape& shape) {
  const NotifyPlan& plan = plan_.notify;
  switch (shape.deed) {
    case Deed::connect:
      if (plan.connects) sockets_.connect(call);
      return plan.connects;
    case Deed::bind:
      bind(call, shape);
      return true;
    case Deed::listen:
      if (plan.decides) sockets_.listen(call);
      return plan.decides;
    case Deed::send:
      // Some are refused by their flags, whatever the network.
      if (refused_with(plan_, call.data) != 0 && !plan.decides) return false;
      plan.decides ? sockets_.send(call) : sockets_.watch(call);
      return true;
    default:
      return false;
  }
}

// A unix socket by path is a name that is made; Landlock decides. Not so where the kernel must not
// go on with a bind of the caller's own, since it would be one of a socket of the machine's
// network.
void Receiver::bind(const Notification& call, const CallShape& shape) {
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  const auto address =
      read_address(target, call.data.args[1], static_cast<socklen_t>(call.data.args[2]));
  const bool by_path = address && !address->path().empty();
  const bool decides = plan_.notify.decides;
  if (!by_path) return decides ? sockets_.bind(call, address) : listener_->go_on(call.id);
  Judged judged = judge_.judge_bind(target, address->path());
  if (!decides) return conclude(call, shape, std::move(judged));
  if (judged.touched.empty()) return listener_->refuse(call.id, EADDRINUSE);  // or no directory
  if (judged.verdict != Judged::Verdict::stopped)
    return broker_.perform(call, shape, std::move(judged));
  if (judged.violation) record(call, std::move(*judged.violation));
  listener_->refuse(call.id, EACCES);
}

// Where the kernel goes on, Landlock decides: what was read of the caller only gave it a name.
void Receiver::conclude(const Notification& call, const CallShape& shape, Judged judged) {
  if (judged.violation) record(call, std::move(*judged.violation));
  if (judged.verdict == Judged::Verdict::granted && plan_.notify.performs)
    return broker_.perform(call, shape, std::move(judged));
  listener_->go_on(call.id);
}

void Receiver::name_denied(const HostNames::Asker& asker, const std::string& name) {
  Violation v;
  v.kind = ViolationKind::network_access_denied;
  v.operation = "resolve";
  v.attempted_host = name;
  v.suggestion = suggest_network();
  v.pid = asker.process;
  v.program = asker.program;
  if (plan_.notify.report != Report::off) violations_->add(std::move(v));
}

void Receiver::record(const Notification& call, Violation violation) {
  if (plan_.notify.report == Report::off) return;
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  if (Violations::is_told_apart_by_program(violation)) violation.program = target.program();
  if (violations_->count_again(violation)) return;
  violation.pid = target.process();
  violation.program = target.program();
  if (listener_->still_waits(call.id)) violations_->add(std::move(violation));
}

std::function<void()> Receiver::record_later(const Notification& call, Violation violation) {
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  violation.pid = target.process();
  violation.program = target.program();
  const bool wanted = plan_.notify.report != Report::off && listener_->still_waits(call.id);
  return [violations = violations_, wanted, violation = std::move(violation)] {
    if (wanted) violations->add(violation);
  };
}

}  // namespace sefaca
