#include "core/notify/signals.h"

#include <unistd.h>

#include "core/base/kernel_abi.h"
#include "core/notify/target.h"

namespace sefaca {
namespace {

// Every orphan of the tree is a child of this process (PR_SET_CHILD_SUBREAPER).
bool is_of_this_tree(pid_t pid) {
  constexpr int kDeepest = 4096;
  for (int depth = 0; pid > 1 && depth < kDeepest; ++depth) {
    const auto parent = Target(pid).status("\nPPid:");
    if (!parent) return true;  // gone meanwhile: nothing is known against it
    if (*parent == ::getpid()) return true;
    pid = static_cast<pid_t>(*parent);
  }
  return false;
}

}  // namespace

std::optional<Violation> name_signal(const LaunchPlan& plan, const seccomp_data& data) {
  const auto pid = static_cast<pid_t>(data.args[0]);
  // 0 only asks whether it is there.
  if (pid <= 1 || static_cast<int>(data.args[1]) == 0) return std::nullopt;
  if ((plan.scopes & abi::kScopeSignal) == 0 || plan.namespaces.pid) return std::nullopt;
  const auto user = Target(pid).status("\nUid:");
  const bool could = user && (static_cast<uid_t>(*user) == ::geteuid() || ::geteuid() == 0);
  if (!could || is_of_this_tree(pid)) return std::nullopt;
  Violation v;
  v.kind = ViolationKind::signal_denied;
  v.operation = "kill";
  v.suggestion = "Use --allow=signals if it needs to signal processes outside";
  return v;
}

}  // namespace sefaca
