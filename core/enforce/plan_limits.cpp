#include <linux/capability.h>
#include <sys/resource.h>

#include "core/base/text.h"
#include "core/enforce/planner.h"

namespace sefaca {
namespace {

constexpr std::uint64_t capability(int number) {
  return 1ULL << number;
}
// What root's file work needs: `make install` with chown, reading a checkout of another user.
constexpr std::uint64_t kFileCapabilities = capability(CAP_CHOWN) | capability(CAP_DAC_OVERRIDE) |
                                            capability(CAP_FOWNER) | capability(CAP_FSETID);

constexpr std::uint64_t kMebi = 1ULL << 20U;
constexpr std::uint64_t kBetweenLooks = 1024 * kMebi;  // what a tree can take between two looks
constexpr std::uint64_t kNoSanitizerFits = 2 * kMebi;  // an empty program with one has 2.6
constexpr std::uint64_t kRoomToBeSeen = 16;            // processes

}  // namespace

void Planner::capabilities() {
  plan_.keep_capabilities = policy_.level == Level::strict ? 0 : kFileCapabilities;
  plan_.held("privileges", "no_new_privs, capabilities dropped");
}

void Planner::limits() {
  const Limits& limits = policy_.limits;
  // Behind a user namespace of its own the limit counts the tree, not all that the user runs; the
  // init is one of them (setrlimit(2), user_namespaces(7)). A refused fork(2) leaves no trace, so
  // there is room above the policy's limit, in which the supervisor finds the tree and ends it.
  const bool counted = limits.processes && plan_.namespaces.user && !host_.root;
  if (counted) limit(RLIMIT_NPROC, *limits.processes + 1 + (supervised() ? kRoomToBeSeen : 0));
  if (limits.cpu_time_ms) {
    limit(RLIMIT_CPU, (*limits.cpu_time_ms + 999) / 1000);
    plan_.held("cpu_time", "RLIMIT_CPU, each process by itself");
  }
  if (limits.file_size_bytes) {
    limit(RLIMIT_FSIZE, *limits.file_size_bytes);
    plan_.held("file_size", "RLIMIT_FSIZE");
  }
  if (limits.open_files) {
    limit(RLIMIT_NOFILE, *limits.open_files);
    plan_.held("open_files", "RLIMIT_NOFILE, each process by itself");
  }
  supervised_limit(Lack::timeout_in_place, limits.timeout_ms.has_value(), "the supervisor's clock");
  std::string memory, tasks;
  if (in_.group != nullptr) {
    plan_.control_groups = in_.group->entries();
    plan_.birthplace = in_.group->birthplace();
    memory = in_.group->memory_held_by();
    tasks = in_.group->tasks_held_by();
  }
  const auto how = [](const std::string& group, const char* what) {
    return group.empty() ? std::string("watched over the tree, ended when above")
                         : concat(group, ": ", what);
  };
  std::string memory_how = how(memory, "the tree is ended when it is full");
  if (memory.empty() && wants_backstop()) {
    limit(RLIMIT_DATA, *limits.memory_bytes + kBetweenLooks);
    memory_how += "; RLIMIT_DATA of each process behind it";
  }
  std::string tasks_how =
      how(tasks, "processes and threads; the tree is ended when one is refused");
  if (tasks.empty() && counted) tasks_how += "; RLIMIT_NPROC, threads too, behind it";
  supervised_limit(Lack::memory_in_place, limits.memory_bytes.has_value(), memory_how);
  supervised_limit(Lack::processes_in_place, limits.processes.has_value(), tasks_how);
}

// RLIMIT_DATA counts what is reserved, which sanitizers and virtual machines do at any size, and
// turns an end that is on record into a plain failure of the command: so where the level lets
// nothing pass, and where no sanitizer fits anyway; and far above the limit, where no look has been
// yet.
bool Planner::wants_backstop() const {
  const auto& memory = policy_.limits.memory_bytes;
  return memory && supervised() && (policy_.level == Level::strict || *memory <= kNoSanitizerFits);
}

void Planner::supervised_limit(Lack lack, bool wanted, const std::string& how) {
  if (!wanted) return;
  if (!supervised()) return lacks(lack);
  plan_.held(degradation(lack).what, how);
}

}  // namespace sefaca
