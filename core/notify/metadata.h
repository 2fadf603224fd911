// Metadata: mode, owner, times and extended attributes, which Landlock does not govern: performed
// by the supervisor inside the writable paths, refused outside.
#pragma once

#include <functional>
#include <memory>

#include "core/audit/violation.h"
#include "core/enforce/launch_plan.h"
#include "core/notify/calls.h"
#include "core/notify/listener.h"
#include "core/notify/target.h"

namespace sefaca {

class Metadata {
 public:
  using Record = std::function<void(const Notification&, Violation)>;

  Metadata(std::shared_ptr<const Listener> listener, const LaunchPlan& plan, Record record)
      : listener_(std::move(listener)), plan_(plan), record_(std::move(record)) {}

  void change(const Notification& call, const CallShape& shape) const;  // answers it

 private:
  std::shared_ptr<const Listener> listener_;
  const LaunchPlan& plan_;
  Record record_;
};

}  // namespace sefaca
