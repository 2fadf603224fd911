// Broker: performs a call that the policy grants and Landlock, which can't take away below a grant,
// does not let through: what is made, removed or changed in a directory that holds something
// protected, and all changes of metadata. What was decided on is pinned by descriptors, and just
// that is done; nothing decided on the caller's memory makes the kernel go on with the caller's own
// call.
#pragma once

#include <memory>

#include "core/enforce/launch_plan.h"
#include "core/notify/calls.h"
#include "core/notify/judge.h"
#include "core/notify/listener.h"

namespace sefaca {

class Broker {
 public:
  Broker(std::shared_ptr<const Listener> listener, const LaunchPlan& plan)
      : listener_(std::move(listener)), plan_(plan) {}

  // Performs a call judged `granted` and answers it.
  void perform(const Notification& call, const CallShape& shape, Judged judged) const;

 private:
  void open(const Notification& call, const CallShape& shape, Touched file, mode_t mask) const;
  void bind(const Notification& call, const Touched& name, UniqueFd socket, mode_t mask) const;
  // The answer to a call that gives 0 or an errno.
  void answer(const Notification& call, long result) const;

  std::shared_ptr<const Listener> listener_;
  const LaunchPlan& plan_;
};

}  // namespace sefaca
