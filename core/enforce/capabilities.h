// Capabilities: what this kernel and this process can enforce, each found by doing it, never by a
// version number and never by a time-out.
#pragma once

#include "core/base/result.h"

namespace sefaca {

struct Capabilities {
  int landlock_abi = 0;    // 0: none
  int landlock_errno = 0;  // why there is none: ENOSYS (not built in), EOPNOTSUPP (switched off)
  bool seccomp_filter = false;
  bool user_notification = false;  // a filter with a listener
  bool listener_taken = false;     // an outer sandbox has one (EBUSY); found when the child tries
  bool descriptor_copies = false;  // pidfd_getfd(2): a child's descriptors can be had (5.6)
  bool killable_wait = false;  // a notified call that is being performed is not interrupted (5.19)
  bool root = false;           // effective uid 0
};

// Costs a few system calls and leaves the process as it was.
Capabilities probe_capabilities();

}  // namespace sefaca
