// FlatPlan: a LaunchPlan as arrays and pointers, which is all that the child reads.
#pragma once

#include <cstdint>
#include <vector>

#include "core/enforce/child.h"
#include "core/enforce/launch_plan.h"

namespace sefaca {

// The flat form that the child reads. Owns the arrays; stays where it is.
class FlatPlan {
 public:
  explicit FlatPlan(const LaunchPlan& plan);  // `plan` must outlive it
  FlatPlan(const FlatPlan&) = delete;
  FlatPlan& operator=(const FlatPlan&) = delete;
  ChildPlan& child() { return child_; }
  [[nodiscard]] const ChildPlan& child() const { return child_; }

 private:
  void flatten(const Namespaces& from);

  std::vector<const char*> argv_, script_argv_, environment_;
  std::vector<ChildPlan::Rule> rules_;
  std::vector<FlatMount> mounts_;
  std::uint32_t maps_written_ = 0;
  ChildPlan child_;
};

}  // namespace sefaca
