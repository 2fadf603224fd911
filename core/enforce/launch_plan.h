// LaunchPlan: a Policy on this host. What the child will do, what is thereby enforced and how, and
// the gaps, each with its remedy. A plain value: nothing of it has happened yet.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/enforce/capabilities.h"
#include "core/enforce/child.h"
#include "core/enforce/control_group.h"
#include "core/enforce/filters/filter_spec.h"
#include "core/enforce/landlock.h"
#include "core/enforce/namespaces.h"
#include "core/policy/builder.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// How the command is run: supervised by `run`, or in place by `exec`.
enum class Supervision { supervised, in_place };

struct LaunchInputs {
  const Policy& policy;
  const Command& command;
  std::string program;  // as found: see find_program()
  Capabilities capabilities;
  Supervision supervision = Supervision::supervised;
  std::string private_directory;        // made already; empty: the policy wants none
  std::vector<int> keep_fds;            // the policy's and the job server's
  const ControlGroup* group = nullptr;  // made already; null: none
  // Inside of a container whose network has nothing but loopback where the policy says localhost.
  bool contained = false;
};

// What the supervisor must know of the policy to judge a notified call.
struct NotifyPlan {
  Report report = Report::full;
  Level level = Level::standard;
  Network network = Network::deny;
  std::string working_directory;   // absolute
  std::vector<std::string> homes;  // see home_directories()
  std::string hidden_tmp;          // a directory that is not this run's own: "/tmp"; empty: none
  std::vector<PathRule> watched;   // at permissive: reading below is logged
  bool performs = false;           // what the policy grants beyond Landlock, and metadata
  bool connects = false;           // connect is performed by the supervisor
  bool decides = false;            // and bind, listen and sends: see SocketCalls::decided
  bool abstract_sockets = false;   // --allow=abstract-sockets
  bool killable_wait = false;      // see Capabilities
  std::vector<std::string> own_places;  // what a mount namespace has of its own: "/tmp"
  bool own_loopback = false;  // a network namespace: the kernel stops what is not loopback
};

struct LaunchPlan : Claims {
  std::string program;
  std::vector<std::string> argv;
  std::vector<std::string> environment;  // NAME=VALUE
  std::string private_directory;         // as the command finds it; empty: none
  std::vector<PathRule> paths;           // the policy's and those of this run
  int landlock_abi = 0;                  // 0: no ruleset
  LandlockRules landlock;
  Namespaces namespaces;
  std::uint64_t tcp = 0;  // handled and granted nowhere: a second refusal behind the filter's
  std::uint64_t scopes = 0;
  bool filtered = false;
  FilterSpec filter;
  NotifyPlan notify;
  std::vector<int> control_groups;  // see ControlGroup::entries()
  int birthplace = -1;              // see ControlGroup::birthplace()
  std::vector<ChildPlan::Limit> limits;
  std::uint64_t keep_capabilities = 0;
  std::vector<int> keep_fds;  // ascending, above 2
  bool die_with_parent = false;

  void set_variable(std::string_view name, std::string_view value);  // in place of what it was
  void drop_variable(std::string_view name);
  [[nodiscard]] bool weaker_than_policy() const;  // some gap has nothing in its place
  [[nodiscard]] bool enforces_nothing() const { return landlock_abi == 0 && !filtered; }
};

// What the plan's mounts alone hold, secrets and what is read-only, and somebody outside has since
// replaced or removed: the kernel takes a mount away with what it lies on (rename(2), unlink(2)).
std::vector<std::string> replaced_below_mounts(const LaunchPlan& plan);

LaunchPlan make_launch_plan(const LaunchInputs& inputs, const Surroundings& surroundings);

}  // namespace sefaca
