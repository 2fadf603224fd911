// How a step of the child fails: noted in the plan, which the parent reads. Raw, as the child is.
#pragma once

#include "core/enforce/child.h"

namespace sefaca {

// `result`: the kernel's, -errno. `path`: the plan's, or static. Always false, to be returned.
inline bool fail(ChildPlan& plan, Step step, long result, const char* path = nullptr) {
  plan.failed_step = step;
  plan.failed_errno = static_cast<int>(-result);
  plan.failed_path = path;
  return false;
}

}  // namespace sefaca
