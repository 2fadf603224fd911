#include "core/base/text.h"
#include "core/enforce/planner.h"
#include "core/policy/paths.h"

namespace sefaca {

void Planner::calls() {
  if (!host_.seccomp_filter) {
    metadata_gap();
    lacks(Lack::seccomp_absent);
    if (policy_.network != Network::allow) lacks(Lack::network_without_seccomp);
    if (policy_.level != Level::permissive) lacks(Lack::sockets_without_seccomp);
    return;
  }
  plan_.filtered = true;
  plan_.filter.userns = allowed("userns");
  plan_.filter.keyrings = allowed("keyrings");
  plan_.filter.datagrams = allowed("dgram-sockets");
  plan_.held("syscalls", "seccomp");
  // Landlock governs contents, not metadata. At strict nothing but the private directory could
  // change it anyway, so there it is refused altogether: narrower, never wider.
  const bool by_mounts = plan_.namespaces.mount && !plan_.namespaces.view.root_writable;
  plan_.filter.metadata = by_mounts || policy_.level != Level::strict || plan_.notify.performs;
  if (plan_.notify.performs) {
    plan_.held("metadata", "the supervisor performs it below the writable paths alone");
  } else if (by_mounts) {
    plan_.held("metadata", "mount namespace (read-only)");
  } else if (!plan_.filter.metadata) {
    plan_.held("metadata", "seccomp (refused everywhere)");
  } else {
    metadata_gap();
  }
}

void Planner::listener() {
  if (!supervised() || !host_.seccomp_filter) return;
  const bool wanted = policy_.report != Report::off;
  const auto unnamed = [&](Lack lack) {
    if (wanted) lacks(lack);
  };
  if (policy_.keep_background && policy_.network != Network::host_loopback)
    return unnamed(Lack::unnamed_background);
  if (host_.listener_taken) return unnamed(Lack::unnamed_nested);
  if (!host_.user_notification) return unnamed(Lack::unnamed_kernel);
  plan_.filter.notify = policy_.report == Report::full ? Notify::full : Notify::summary;
  NotifyPlan& notify = plan_.notify;
  notify.report = policy_.report;
  notify.level = policy_.level;
  notify.network = policy_.network;
  notify.working_directory = surroundings_.cwd;
  notify.homes = home_directories(surroundings_);
  if (!in_.private_directory.empty()) notify.hidden_tmp = policy_.tmp_directory;
  notify.watched = policy_.watched;
  // Without WAIT_KILLABLE_RECV a signal would repeat a call that was performed.
  notify.performs = host_.descriptor_copies && host_.killable_wait;
  notify.connects = host_.descriptor_copies;
  notify.abstract_sockets = allowed("abstract-sockets");
  notify.killable_wait = host_.killable_wait;
  if (!notify.performs && policy_.level != Level::permissive) lacks(Lack::performing);
  if (wanted)
    plan_.held("denials", policy_.report == Report::full
                              ? "seccomp notification (reads and executions too)"
                              : "seccomp notification (what writes, connects or is refused)");
}

void Planner::unix_sockets_gap() {
  if (!plan_.notify.connects) lacks(Lack::sockets_undecided);
}

bool Planner::decides_loopback() {
  NotifyPlan& notify = plan_.notify;
  const bool listens = plan_.filter.notify != Notify::none;
  notify.decides = listens && notify.performs && notify.connects;
  return notify.decides;
}

std::string Planner::undecided() const {
  if (!supervised()) return "exec has no supervisor to decide connections";
  if (policy_.level == Level::strict && policy_.network == Network::localhost)
    return "other processes of this machine would reach what listens on its loopback";
  if (policy_.keep_background)
    return "--keep-background leaves no supervisor to decide connections";
  if (host_.listener_taken) return "an outer sandbox is notified of this tree's calls";
  return "the supervisor can't connect in the command's place (pidfd_getfd(2) is refused, or the "
         "kernel is older than 5.19)";
}

void Planner::network() {
  if (!plan_.filtered) return;
  plan_.filter.sockets = SocketCalls::refused;
  switch (policy_.network) {
    case Network::allow:
      plan_.filter.sockets = SocketCalls::open;
      unix_sockets_gap();
      break;
    case Network::deny:
      plan_.held("network", "seccomp (no socket but unix pairs)");
      break;
    case Network::localhost:
      if (own_network()) {
        plan_.filter.sockets = SocketCalls::watched;
        plan_.held("network", in_.contained ? "the container's network has nothing but loopback"
                                            : "network namespace (a loopback of its own)");
        unix_sockets_gap();
        break;
      }
      [[fallthrough]];
    case Network::host_loopback: {
      const bool own = policy_.network == Network::localhost;
      // At strict nobody of outside may come in either.
      if (!(own && policy_.level == Level::strict) && decides_loopback()) {
        plan_.filter.sockets = SocketCalls::decided;
        plan_.held("network",
                   own ? "the supervisor connects and binds: loopback, ports of this tree"
                       : "the supervisor connects and binds: loopback");
        if (own) lacks(Lack::loopback_shared, namespaces_trouble());
        break;
      }
      plan_.held("network", "seccomp (no socket but unix pairs)");
      if (own) {
        lacks(Lack::loopback_denied, concat(namespaces_trouble(), "; ", undecided()));
      } else {
        lacks(Lack::host_loopback_denied, undecided());
      }
      break;
    }
  }
  if (plan_.notify.connects) {
    plan_.held("unix_sockets", "the supervisor decides by path");
  } else if (!plan_.filter.network()) {
    plan_.held("unix_sockets", "seccomp (connect refused)");
  }
}

}  // namespace sefaca
