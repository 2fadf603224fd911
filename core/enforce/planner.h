// Planner: makes a LaunchPlan, one part after the other. A part a file: plan_namespaces.cpp,
// plan_files.cpp, plan_calls.cpp, plan_limits.cpp. For make_launch_plan() alone.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "core/enforce/degradations.h"
#include "core/enforce/launch_plan.h"

namespace sefaca {

class Planner {
 public:
  Planner(const LaunchInputs& in, const Surroundings& surroundings)
      : in_(in), policy_(*in.policy), host_(in.capabilities), surroundings_(surroundings) {}

  LaunchPlan make();

 private:
  bool supervised() const { return in_.supervision == Supervision::supervised; }
  bool allowed(const char* name) const { return policy_.allow.contains(name); }
  void lacks(Lack lack, const std::string& detail = {}) {
    plan_.lacks(gap_of(lack, {host_, *surroundings_.files, supervised()}, detail));
  }

  // Namespaces where the policy asks for what only they give. With them comes a pid namespace,
  // which costs little then and ends the tree by itself.
  void namespaces();
  void take_namespaces();
  void hold_namespaces();
  [[nodiscard]] std::string namespaces_trouble() const;
  // What the supervisor must look at in the target's own mounts and network.
  void target_view();
  // Landlock's scopes, or a pid namespace, in which nobody outside has a number.
  void outside_processes();
  void without_scopes(bool apart);
  // What the user's processes share beside files: kept apart by namespaces; refused at strict, and
  // where only what is listed can be reached.
  void shared_with_host();
  // fakeroot(1) outside of sefaca: its library in each program asks its daemon for owners and
  // modes, by System V messages, and waits for ever where the daemon is not to be found.
  [[nodiscard]] bool in_fakeroot() const;

  // A network whose loopback is this run's alone.
  [[nodiscard]] bool own_network() const {
    return plan_.namespaces.network || (in_.contained && policy_.network == Network::localhost);
  }
  [[nodiscard]] bool private_tmp() const { return policy_.tmp == TmpKind::private_directory; }
  // Where the command finds its private directory; empty: it has none.
  [[nodiscard]] std::string tmp_inside() const;
  void environment();
  // Paths that only this run knows: the private directory, the command itself.
  void own_paths();
  void files();
  // Only what no mount holds is carved out of the ruleset.
  void compile_rules();
  // Protected paths are left out of the ruleset's grants, and the supervisor performs what is made
  // around them: so they need no mount each, of which a build tree would take thousands.
  [[nodiscard]] bool carves_protected() const {
    return plan_.notify.performs && host_.landlock_abi > 0;
  }
  void private_places();
  // What stays as it is inside a writable directory: neither Landlock nor a filter can do that.
  void protected_paths();
  void metadata_gap();

  void calls();
  // Who is notified must stay: not so after exec, nor for what --keep-background leaves behind,
  // unless the network of that has to be decided.
  void listener();
  // Where there are sockets, connect is let through but for what the supervisor decides.
  void unix_sockets_gap();
  // Loopback of the machine's own network. Whatever the caller's memory says, the kernel never goes
  // on with a call of its own that names an address.
  bool decides_loopback();
  [[nodiscard]] std::string undecided() const;
  void network();

  void capabilities();
  void limit(int resource, std::uint64_t value) { plan_.limits.push_back({resource, value}); }
  void limits();
  [[nodiscard]] bool wants_backstop() const;
  void supervised_limit(Lack lack, bool wanted, const std::string& how);

  const LaunchInputs& in_;
  const PolicyFields& policy_;
  const Capabilities& host_;
  const Surroundings& surroundings_;
  LaunchPlan plan_;
};

}  // namespace sefaca
