#include "core/notify/signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "core/base/kernel_abi.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

struct Process {
  pid_t parent = 0;
  uid_t user = 0;
};

// /proc/PID/status (proc(5)); nullopt: it is not there, or can't be read.
std::optional<Process> process(pid_t pid) {
  const UniqueFd file(
      ::open(concat("/proc/", std::to_string(pid), "/status").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 512> text{};
  if (!file || ::read(file.get(), text.data(), text.size() - 1) <= 0) return std::nullopt;
  const char* parent = std::strstr(text.data(), "\nPPid:");
  const char* user = std::strstr(text.data(), "\nUid:");
  if (parent == nullptr || user == nullptr) return std::nullopt;
  return Process{static_cast<pid_t>(std::strtol(parent + 6, nullptr, 10)),
                 static_cast<uid_t>(std::strtoul(user + 5, nullptr, 10))};
}

// Every orphan of the tree is a child of this process (PR_SET_CHILD_SUBREAPER).
bool is_of_this_tree(pid_t pid) {
  constexpr int kDeepest = 4096;
  for (int depth = 0; pid > 1 && depth < kDeepest; ++depth) {
    const auto found = process(pid);
    if (!found) return true;  // gone meanwhile: nothing is known against it
    if (found->parent == ::getpid()) return true;
    pid = found->parent;
  }
  return false;
}

}  // namespace

std::optional<Violation> name_signal(const LaunchPlan& plan, const seccomp_data& data) {
  const auto pid = static_cast<pid_t>(data.args[0]);
  // 0 only asks whether it is there.
  if (pid <= 1 || static_cast<int>(data.args[1]) == 0) return std::nullopt;
  if ((plan.scopes & abi::kScopeSignal) == 0 || plan.namespaces.pid) return std::nullopt;
  const auto target = process(pid);
  const bool could = target && (target->user == ::geteuid() || ::geteuid() == 0);
  if (!could || is_of_this_tree(pid)) return std::nullopt;
  Violation v;
  v.kind = ViolationKind::signal_denied;
  v.operation = "kill";
  v.suggestion = "Use --allow=signals if it needs to signal processes outside";
  return v;
}

}  // namespace sefaca
