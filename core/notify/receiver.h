// Receiver: takes the notifications of a run's calls and answers each.
#pragma once

#include <vector>

#include "core/audit/violation.h"
#include "core/base/unique_fd.h"
#include "core/enforce/launch_plan.h"
#include "core/notify/listener.h"

namespace sefaca {

class Receiver {
 public:
  // `plan` must outlive it.
  Receiver(UniqueFd listener, const LaunchPlan& plan);

  [[nodiscard]] int descriptor() const { return listener_.descriptor(); }  // to be polled
  void receive();  // after POLLIN: answers what waits; does not block

 private:
  void answer(const Notification& call) const;

  Listener listener_;
  const LaunchPlan& plan_;
};

}  // namespace sefaca
