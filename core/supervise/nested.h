// Runs inside of runs. A supervised run hands two descriptors down to its tree: a socket, over
// which the runs inside send their records (the log itself is out of their reach), and its policy
// in sealed memory. $SEFACA_PARENT names them, and is believed only when the kernel bears it out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/config/plan_file.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

inline constexpr const char* kParentVariable = "SEFACA_PARENT";

// The outer side.
class NestedRuns {
 public:
  // `id`: this run's record; `plan`: what it may do and what a door wants its like inside to know
  // (its environment and what was given are left out); `build_id`: only the same build reads it.
  // The descriptors for the tree have numbers that scripts don't use by habit; the child's plan
  // keeps them.
  static Result<NestedRuns> make(std::string_view id, Plan plan, std::string_view build_id);

  [[nodiscard]] std::vector<int> for_the_tree() const;  // two descriptors, ascending
  [[nodiscard]] const std::string& variable() const { return variable_; }  // its value
  [[nodiscard]] int descriptor() const { return ours_.get(); }             // for poll(2)

  // Gives each message that has come to `record`, without waiting. What one run may send in all is
  // bounded (64 MiB), so that no tree can turn a log over: what comes then is counted and dropped.
  void receive(const std::function<void(std::string_view)>& record);
  [[nodiscard]] std::size_t dropped() const { return dropped_; }  // messages, so far

 private:
  UniqueFd ours_, theirs_, policy_;
  std::string variable_;
  std::size_t received_ = 0;  // bytes
  std::size_t dropped_ = 0;   // messages
};

// The inner side: the run that this process is in.
class EnclosingRun {
 public:
  // What $SEFACA_PARENT names, when that is true: the socket's other end is held by a process of
  // this user's or root's that this process can neither signal nor look into, as only a sandbox
  // brings about, and this process has no_new_privs and a seccomp filter. nullopt: not inside of a
  // run, or it can't be shown.
  static std::optional<EnclosingRun> find(const Surroundings& surroundings);

  [[nodiscard]] const std::string& id() const { return id_; }
  // What that run may do.
  [[nodiscard]] Result<Plan> plan(std::string_view build_id) const;
  // Sends a record (one line of JSON). An error: it is not on record.
  [[nodiscard]] Status send(std::string_view record) const;

 private:
  std::string id_;
  int socket_ = -1;  // inherited, not owned
  int policy_ = -1;
};

// Whether a run by `inner` inside of one by `outer` would be held to anything more. Files that are
// protected inside of a writable tree don't count: only the outer run's supervisor can hold them.
bool adds_to(const PolicyFields& outer, const PolicyFields& inner);

}  // namespace sefaca
