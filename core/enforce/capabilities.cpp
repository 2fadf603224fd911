#include "core/enforce/capabilities.h"

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "core/base/kernel_abi.h"
#include "core/base/syscall.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

// seccomp(2): SECCOMP_GET_ACTION_AVAIL answers 0 or EOPNOTSUPP, ENOSYS without seccomp at all.
bool action_available(std::uint32_t action) {
  return raw::call(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

// seccomp(2): flags are looked at before the program, whose null address is then EFAULT; a flag
// that the kernel does not know is EINVAL.
bool filter_flags_available(std::uint64_t flags) {
  return raw::call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, nullptr) == -EFAULT;
}

// Tried on this very process; a container's filter may refuse it (moby's does).
bool descriptors_can_be_copied() {
  UniqueFd self(static_cast<int>(raw::call(SYS_pidfd_open, ::getpid(), 0)));
  if (!self) return false;
  UniqueFd copy(static_cast<int>(raw::call(SYS_pidfd_getfd, self.get(), self.get(), 0)));
  return copy.get() >= 0;
}

bool has_admin() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  return raw::call(SYS_capget, &header, data) == 0 &&
         (data[0].effective & (1U << CAP_SYS_ADMIN)) != 0;
}

}  // namespace

Capabilities probe_capabilities() {
  Capabilities found;
  // landlock_create_ruleset(2): with the version flag it gives the ABI and makes nothing.
  const long abi =
      raw::call(SYS_landlock_create_ruleset, nullptr, 0, abi::kLandlockCreateRulesetVersion);
  if (abi > 0) {
    found.landlock_abi = static_cast<int>(abi);
  } else {
    found.landlock_errno = abi < 0 ? static_cast<int>(-abi) : ENOSYS;
  }
  found.seccomp_filter = action_available(SECCOMP_RET_ERRNO);
  found.user_notification = action_available(SECCOMP_RET_USER_NOTIF) &&
                            filter_flags_available(SECCOMP_FILTER_FLAG_NEW_LISTENER);
  found.descriptor_copies = found.user_notification && descriptors_can_be_copied();
  found.killable_wait =
      found.user_notification && filter_flags_available(SECCOMP_FILTER_FLAG_NEW_LISTENER |
                                                        SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
  found.root = ::geteuid() == 0;
  found.admin = found.root && has_admin();
  return found;
}

void Capabilities::lose(Step step, int errno_value, std::string path) {
  if (step == Step::listener) {
    listener_taken = true;
    return;
  }
  if (step == Step::proc && pid_namespace) {
    pid_namespace = false;
    return;
  }
  namespaces_failed = step;
  namespaces_errno = errno_value;
  namespaces_path = std::move(path);
}

}  // namespace sefaca
