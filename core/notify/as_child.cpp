#include "core/notify/as_child.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sefaca {
namespace {

bool set_effective(const __user_cap_data_struct* data) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  return ::syscall(SYS_capset, &header, data) == 0;
}

}  // namespace

AsChild::AsChild(std::uint64_t keep) : umask_(::umask(0)) {
  if (::geteuid() != 0) return;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  if (::syscall(SYS_capget, &header, before_) != 0) return;
  __user_cap_data_struct narrow[2] = {before_[0], before_[1]};
  for (int half = 0; half < 2; ++half)
    narrow[half].effective &= static_cast<std::uint32_t>(keep >> (32 * half));
  changed_ = set_effective(narrow);
}

AsChild::~AsChild() {
  if (changed_) set_effective(before_);
  ::umask(umask_);
}

}  // namespace sefaca
