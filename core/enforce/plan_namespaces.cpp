#include <algorithm>
#include <string_view>

#include "core/base/kernel_abi.h"
#include "core/base/text.h"
#include "core/enforce/planner.h"
#include "core/enforce/steps.h"

namespace sefaca {
namespace {

std::string names_of(const Namespaces& ns) {
  std::vector<std::string> names;
  if (ns.user) names.emplace_back("user");
  if (ns.mount) names.emplace_back("mount");
  if (ns.pid) names.emplace_back("pid");
  if (ns.network) names.emplace_back("network");
  if (ns.ipc) names.emplace_back("ipc");
  return join(names, ", ");
}

}  // namespace

void Planner::namespaces() {
  const bool own_loopback = policy_.network == Network::localhost;
  if (own_loopback || private_tmp()) take_namespaces();
  plan_.namespaces.network = plan_.namespaces.any() && own_loopback;
  hold_namespaces();
}

void Planner::hold_namespaces() {
  if (plan_.namespaces.any()) plan_.held("namespaces", names_of(plan_.namespaces));
}

void Planner::take_namespaces() {
  Namespaces& ns = plan_.namespaces;
  if (!host_.namespaces()) return;
  ns.user = !host_.admin;  // root needs none, and keeps the ids of others so (chown)
  ns.mount = true;
  ns.ipc = !allowed("ipc") && !in_fakeroot();
  // With signals allowed nobody of outside would have a number.
  ns.pid = supervised() && host_.pid_namespace && !allowed("signals");
  ns.fresh_proc = ns.pid;
  if (supervised() && !ns.pid && !allowed("signals")) lacks(Lack::renames_in_mounts);
  ns.maps_by_parent = ns.user && host_.root;
  const auto line = [](auto id) {
    return concat(std::to_string(id), " ", std::to_string(id), " 1\n");
  };
  ns.uid_map = line(surroundings_.uid);
  ns.gid_map = line(surroundings_.gid);
  ns.view = make_mount_view(
      {.paths = plan_.paths,
       .command = in_.command,
       .program = in_.program,
       .tmp = policy_.tmp,
       .private_directory = in_.private_directory,
       .tmpfs_bytes = policy_.limits.memory_bytes.value_or(surroundings_.machine_memory_bytes / 2),
       .protect = !carves_protected()},
      surroundings_);
  for (const std::string& directory : ns.view.joined)
    lacks(Lack::narrower_below, printable(directory));
}

std::string Planner::namespaces_trouble() const {
  const char* path = host_.namespaces_path.empty() ? nullptr : host_.namespaces_path.c_str();
  return setup_error(host_.namespaces_failed, host_.namespaces_errno, path).what;
}

void Planner::target_view() {
  const MountView& view = plan_.namespaces.view;
  if (!view.tmp_target.empty()) plan_.notify.own_places.push_back(view.tmp_target);
  if (view.private_shm) plan_.notify.own_places.emplace_back("/dev/shm");
  plan_.notify.own_loopback = own_network();
}

void Planner::outside_processes() {
  const bool apart = plan_.namespaces.pid;
  if (plan_.landlock_abi > 0) {
    plan_.scopes = landlock_scopes(host_.landlock_abi);
    if (allowed("signals")) plan_.scopes &= ~abi::kScopeSignal;
    if (allowed("abstract-sockets")) plan_.scopes &= ~abi::kScopeAbstractUnixSocket;
  }
  if (plan_.landlock_abi > 0) plan_.held("ptrace", "landlock");
  if (plan_.scopes & abi::kScopeSignal) plan_.held("signals", "landlock scope");
  if (plan_.scopes & abi::kScopeAbstractUnixSocket)
    plan_.held("abstract_sockets", "landlock scope");
  // Without a fence (see Supervisor::raise_fence) the supervisor can't tell whose they are.
  if (plan_.notify.connects && plan_.namespaces.pid && !plan_.namespaces.network &&
      !plan_.notify.abstract_sockets)
    plan_.held("abstract_sockets", "landlock scope; connecting to them is refused altogether");
  if (apart) {
    plan_.enforced.emplace("ptrace", "pid namespace");
    plan_.enforced.emplace("signals", "pid namespace");
  }
  if (host_.landlock_abi < 6) {
    without_scopes(apart);
  } else if (supervised() && allowed("signals")) {
    lacks(Lack::guard_by_signals);
  }
  shared_with_host();
}

void Planner::without_scopes(bool apart) {
  if (supervised() && !apart) lacks(Lack::scopes_guard);
  if (!apart && !allowed("signals")) lacks(Lack::scopes_signals);
  if (!apart && host_.landlock_abi == 0) lacks(Lack::landlock_tracing);
  const bool connects = plan_.filter.network() || !plan_.filtered;
  if (connects && !plan_.namespaces.network && !allowed("abstract-sockets"))
    lacks(Lack::scopes_sockets);
}

bool Planner::in_fakeroot() const {
  const auto is_set = [&](std::string_view variable, std::string_view part) {
    return std::any_of(policy_.environment.begin(), policy_.environment.end(),
                       [&](std::string_view entry) {
                         return entry.starts_with(variable) &&
                                entry.find(part, variable.size()) != std::string_view::npos;
                       });
  };
  return is_set("FAKEROOTKEY=", "") && is_set("LD_PRELOAD=", "libfakeroot-sysv");
}

void Planner::shared_with_host() {
  const Namespaces& ns = plan_.namespaces;
  if (policy_.level == Level::permissive) return;
  if (ns.ipc) plan_.held("ipc", "ipc namespace");
  if (ns.pid) plan_.held("scheduling", "pid namespace");
  if (allowed("ipc")) return;
  if (in_fakeroot() && policy_.level != Level::strict) {
    lacks(Lack::ipc_fakeroot);
    if (!ns.pid) lacks(Lack::scheduling_fakeroot);
    return;
  }
  const bool listed = policy_.level == Level::strict || policy_.read == ReadScope::listed;
  if (plan_.filtered && listed && !(ns.ipc && ns.pid)) {
    plan_.filter.sharing = false;
    plan_.enforced.emplace("ipc", "seccomp (refused)");
    plan_.enforced.emplace("scheduling", "seccomp (its own process alone)");
    return;
  }
  if (!host_.namespaces()) {
    lacks(Lack::ipc_namespaces, namespaces_trouble());
    lacks(Lack::scheduling_namespaces, namespaces_trouble());
  } else if (!ns.any()) {
    lacks(Lack::ipc_unasked);
    lacks(Lack::scheduling_unasked);
  } else if (!ns.pid) {
    lacks(!supervised()          ? Lack::scheduling_in_place
          : !host_.pid_namespace ? Lack::scheduling_proc
                                 : Lack::scheduling_signals);
  }
}

}  // namespace sefaca
