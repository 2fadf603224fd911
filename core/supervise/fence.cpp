#include "core/supervise/fence.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/kernel_abi.h"
#include "core/base/syscall.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

bool grant_everywhere(int ruleset, std::uint64_t rights) {
  const UniqueFd root(::open("/", O_PATH | O_CLOEXEC));
  const abi::LandlockPathBeneathAttr rule{rights, root.get()};
  return root &&
         raw::call(SYS_landlock_add_rule, ruleset, abi::kLandlockRulePathBeneath, &rule, 0) == 0;
}

}  // namespace

Fence Fence::raise(const Capabilities& capabilities, bool abstract, bool mounts) {
  Fence fence;
  if (capabilities.landlock_abi < 6) return fence;
  const pid_t parent = ::getppid();
  // pid 0: the parent lives in another pid namespace. kill(0) would mean our own group.
  const bool reachable_before = parent > 0 && ::kill(parent, 0) == 0;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fence;
  const std::uint64_t refer = mounts ? 0 : abi::kFsRefer;
  abi::LandlockRulesetAttr attr{refer, 0,
                                abi::kScopeSignal | (abstract ? abi::kScopeAbstractUnixSocket : 0)};
  const long made = raw::call(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
  if (made < 0) return fence;
  UniqueFd ruleset(static_cast<int>(made));
  if (!mounts && !grant_everywhere(ruleset.get(), refer)) return fence;
  if (raw::call(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return fence;
  fence.in_force_ = true;
  fence.witness_ = parent;
  fence.proved_ = reachable_before && ::kill(parent, 0) == -1 && errno == EPERM;
  return fence;
}

bool Fence::signal_all(int signal) const {
  if (!proved_) return false;
  // The witness may have ended meanwhile (ESRCH): the layer is for ever, so that changes nothing.
  // But a success here would mean that there is no layer.
  if (::kill(witness_, 0) == 0) return false;
  ::kill(-1, signal);
  return true;
}

}  // namespace sefaca
