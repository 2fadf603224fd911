// Capabilities: what this kernel and this process can enforce, each found by doing it, never by a
// version number and never by a time-out.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/enforce/steps.h"

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
  bool admin = false;          // CAP_SYS_ADMIN is in force: namespaces need no user namespace

  // Namespaces are tried by using them: a failure at a step says what this host does not give
  // (Ubuntu's AppArmor lets them be made and then refuses to set them up).
  Step namespaces_failed = Step::none;
  int namespaces_errno = 0;
  std::string namespaces_path;  // the mount that failed; empty: none
  bool pid_namespace = true;    // false: no fresh /proc is to be had (a container masks it)
  bool enclosed = false;        // inside a run of sefaca, which refuses them
  bool contained = false;       // inside a container of sefaca's own: --backend=podman or docker
  [[nodiscard]] bool namespaces() const { return namespaces_failed == Step::none; }
  // Takes what failed at `step` (see can_do_without()) from what will be tried next. `path`: of the
  // mount that failed.
  void lose(Step step, int errno_value, std::string path = {});
};

// Costs a few system calls and leaves the process as it was.
Capabilities probe_capabilities();

}  // namespace sefaca
