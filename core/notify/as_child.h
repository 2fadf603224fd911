// AsChild: while it lives, this thread has no capabilities but those that the command has, and
// makes files with exactly the mode it says.
#pragma once

#include <linux/capability.h>
#include <sys/types.h>

#include <cstdint>

namespace sefaca {

class AsChild {
 public:
  // `keep`: the command's capabilities, a mask (see LaunchPlan). Costs nothing but for root.
  explicit AsChild(std::uint64_t keep);
  ~AsChild();
  AsChild(const AsChild&) = delete;
  AsChild& operator=(const AsChild&) = delete;

 private:
  __user_cap_data_struct before_[2] = {};
  bool changed_ = false;
  mode_t umask_;
};

}  // namespace sefaca
