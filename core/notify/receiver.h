// Receiver: takes the notifications of a run's calls and answers each.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/audit/violation.h"
#include "core/base/unique_fd.h"
#include "core/enforce/launch_plan.h"
#include "core/notify/broker.h"
#include "core/notify/judge.h"
#include "core/notify/listener.h"
#include "core/notify/metadata.h"
#include "core/notify/sockets.h"
#include "core/notify/turns.h"
#include "core/notify/violations.h"

namespace sefaca {

class Receiver {
 public:
  // `plan` must outlive it. `scoped`: abstract unix sockets of outside are out of this process's
  // own reach.
  Receiver(UniqueFd listener, const LaunchPlan& plan, bool scoped);

  [[nodiscard]] int descriptor() const { return listener_->descriptor(); }  // to be polled
  // After POLLIN: answers what waits; does not block. False: nothing can be received any more; once
  // the listener is closed, notified calls fail at once.
  bool receive();
  [[nodiscard]] std::vector<Violation> take_violations() { return violations_->take(); }

 private:
  void answer(const Notification& call);
  // False: it is no call of sockets that the supervisor decides on.
  bool answer_socket(const Notification& call, const CallShape& shape);
  void bind(const Notification& call, const CallShape& shape);
  void conclude(const Notification& call, const CallShape& shape, Judged judged);
  // In the names' own thread.
  void name_denied(const HostNames::Asker& asker, const std::string& name);
  // Names it in the record, unless the caller is gone: then what was read may be another's.
  void record(const Notification& call, Violation violation);
  std::function<void()> record_later(const Notification& call, Violation violation);

  const std::shared_ptr<const Listener> listener_;
  const LaunchPlan& plan_;
  Turns turns_;
  Judge judge_;
  // Calls that are still being performed beside name violations, too.
  const std::shared_ptr<Violations> violations_ = std::make_shared<Violations>();
  Broker broker_;
  Metadata metadata_;
  Sockets sockets_;  // the last: its thread names violations
};

}  // namespace sefaca
