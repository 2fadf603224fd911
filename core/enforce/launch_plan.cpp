#include "core/enforce/launch_plan.h"

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

#include "core/base/kernel_abi.h"
#include "core/base/path.h"
#include "core/base/text.h"
#include "core/enforce/filters/filters.h"
#include "core/enforce/remedies.h"
#include "core/enforce/steps.h"
#include "core/policy/paths.h"
#include "core/policy/units.h"

namespace sefaca {
namespace {

constexpr std::uint64_t capability(int number) {
  return 1ULL << number;
}
// What root's file work needs: `make install` with chown, reading a checkout of another user.
constexpr std::uint64_t kFileCapabilities = capability(CAP_CHOWN) | capability(CAP_DAC_OVERRIDE) |
                                            capability(CAP_FOWNER) | capability(CAP_FSETID);

class Planner {
 public:
  Planner(const LaunchInputs& in, const Surroundings& surroundings)
      : in_(in), policy_(*in.policy), host_(in.capabilities), surroundings_(surroundings) {}

  LaunchPlan make() {
    plan_.program = in_.program;
    plan_.argv = in_.command.argv;
    plan_.paths = policy_.paths;
    plan_.keep_fds = in_.keep_fds;
    std::sort(plan_.keep_fds.begin(), plan_.keep_fds.end());
    // A background process that is meant to stay outlives sefaca; in place there is no parent.
    plan_.die_with_parent = supervised() && !policy_.keep_background;
    namespaces();
    environment();
    own_paths();
    listener();
    files();
    target_view();
    private_places();
    calls();
    network();
    capabilities();
    limits();
    outside_processes();
    return std::move(plan_);
  }

 private:
  bool supervised() const { return in_.supervision == Supervision::supervised; }
  bool allowed(const char* name) const { return policy_.allow.contains(name); }
  void held(const char* mechanism, std::string how) { plan_.enforced[mechanism] = std::move(how); }
  void gap(Gap::Effect effect, const char* what, std::string why, std::string remedy = {}) {
    plan_.gaps.push_back({effect, what, std::move(why), std::move(remedy)});
  }
  static constexpr auto kNarrower = Gap::Effect::narrower;
  static constexpr auto kWeaker = Gap::Effect::weaker;

  // Namespaces where the policy asks for what only they give. With them comes a pid namespace,
  // which costs little then and ends the tree by itself.
  void namespaces() {
    const bool own_loopback = policy_.network == Network::localhost;
    if (own_loopback || private_tmp()) take_namespaces();
    plan_.namespaces.network = plan_.namespaces.any() && own_loopback;
    if (plan_.namespaces.any()) held("namespaces", names_of(plan_.namespaces));
  }

  void take_namespaces() {
    Namespaces& ns = plan_.namespaces;
    if (!host_.namespaces()) return;
    ns.user = !host_.admin;  // root needs none, and keeps the ids of others so (chown)
    ns.mount = true;
    ns.ipc = !allowed("ipc") && !in_fakeroot();
    // With signals allowed nobody of outside would have a number.
    ns.pid = supervised() && host_.pid_namespace && !allowed("signals");
    ns.fresh_proc = ns.pid;
    if (supervised() && !ns.pid && !allowed("signals"))
      gap(kNarrower, "rename",
          "without a pid namespace nothing is renamed or linked across directories where mounts "
          "are "
          "made: a Landlock layer for signals stands in its place",
          "--tmp=host and --network=deny want no mounts");
    ns.maps_by_parent = ns.user && host_.root;
    const auto line = [](auto id) {
      return concat(std::to_string(id), " ", std::to_string(id), " 1\n");
    };
    ns.uid_map = line(surroundings_.uid);
    ns.gid_map = line(surroundings_.gid);
    ns.view = make_mount_view({.paths = plan_.paths,
                               .command = in_.command,
                               .program = in_.program,
                               .tmp = policy_.tmp,
                               .private_directory = in_.private_directory,
                               .tmpfs_bytes = policy_.limits.memory_bytes.value_or(
                                   surroundings_.machine_memory_bytes / 2)},
                              surroundings_);
  }

  static std::string names_of(const Namespaces& ns) {
    std::vector<std::string> names;
    if (ns.user) names.emplace_back("user");
    if (ns.mount) names.emplace_back("mount");
    if (ns.pid) names.emplace_back("pid");
    if (ns.network) names.emplace_back("network");
    if (ns.ipc) names.emplace_back("ipc");
    return join(names, ", ");
  }

  // A network whose loopback is this run's alone.
  bool own_network() const {
    return plan_.namespaces.network || (in_.contained && policy_.network == Network::localhost);
  }

  bool private_tmp() const { return policy_.tmp == TmpKind::private_directory; }

  // Where the command finds its private directory; empty: it has none.
  std::string tmp_inside() const {
    const std::string& target = plan_.namespaces.view.tmp_target;
    return target.empty() ? in_.private_directory : target;
  }

  void environment() {
    plan_.environment = policy_.environment;
    const std::string directory = plan_.private_directory = tmp_inside();
    if (directory.empty()) return;
    plan_.set_variable("TMPDIR", directory);
    if (policy_.level == Level::strict) plan_.set_variable("HOME", directory);
  }

  // Paths that only this run knows: the private directory, the command itself.
  void own_paths() {
    if (const std::string directory = tmp_inside(); !directory.empty()) {
      plan_.paths.push_back({directory, Access::write, PathRule::Kind::grant,
                             "the private temporary directory", "--tmp=private"});
    }
    if (policy_.read == ReadScope::listed && in_.program.starts_with("/")) {
      const auto real = surroundings_.files->real_path(in_.program);
      plan_.paths.push_back({real.value_or(in_.program), Access::read, PathRule::Kind::grant,
                             "the command itself", "built-in"});
    }
  }

  void files() {
    if (host_.landlock_abi == 0) {
      const bool off = host_.landlock_errno == EOPNOTSUPP;
      gap(kWeaker, "files",
          off ? "Landlock is switched off on this kernel" : "this kernel has no Landlock",
          off ? "add landlock to the lsm= list of the kernel's command line"
              : "a kernel from 5.13 on, with CONFIG_SECURITY_LANDLOCK");
      return;
    }
    plan_.landlock_abi = host_.landlock_abi;
    compile_rules();
    if (!plan_.landlock.no_creation.empty() && !plan_.namespaces.any()) {
      take_namespaces();
      if (plan_.namespaces.any()) {
        held("namespaces", names_of(plan_.namespaces));
        compile_rules();
      }
    }
    if (policy_.network != Network::allow && !own_network())
      plan_.tcp = landlock_tcp_rights(host_.landlock_abi);
    held("files", concat("landlock (ABI ", std::to_string(host_.landlock_abi), ")",
                         plan_.namespaces.mount ? ", mount namespace" : ""));
    for (const std::string& directory : plan_.landlock.no_creation) {
      if (directory == "/") continue;
      gap(kNarrower, "creation",
          concat("nothing new can be made directly in ", printable(directory),
                 ": something below it is narrower, so that only its entries are granted"),
          "grant a directory below it: --readwrite=DIRECTORY");
    }
    if (host_.landlock_abi < 2)
      gap(kNarrower, "rename",
          "before Landlock ABI 2 nothing is renamed or linked across directories",
          "a kernel from 5.19 on");
    if (host_.landlock_abi < 3)
      gap(kWeaker, "truncate",
          "before Landlock ABI 3 a file can be truncated without the right to write",
          "a kernel from 6.2 on");
    if (host_.landlock_abi < 5)
      gap(kWeaker, "device_ioctls",
          "before Landlock ABI 5 ioctls on opened devices are not governed",
          "a kernel from 6.10 on");
    protected_paths();
  }

  // Protected in a writable tree, other than by who may connect to it.
  static bool is_kept_in_place(const PathRule& rule) {
    return rule.kind == PathRule::Kind::protected_ && rule.access == Access::read;
  }

  // Only what no mount holds is carved out of the ruleset.
  void compile_rules() {
    std::vector<PathRule> rules;
    for (const PathRule& rule : plan_.paths) {
      // A mount is got round by what is moved, replaced or absent; the ruleset is not.
      const bool carved = plan_.notify.performs && is_kept_in_place(rule);
      // What a container's mounts hold need not be carved out where nobody performs the rest.
      const bool contained =
          in_.contained && !plan_.notify.performs && rule.access != Access::write &&
          rule.path != "/" &&
          access_at(plan_.paths, parent_path(rule.path), Access::hide) == Access::write;
      if (carved || (!contained && !plan_.namespaces.view.holds(rule))) rules.push_back(rule);
    }
    plan_.landlock = compile_landlock_rules(rules, host_.landlock_abi, *surroundings_.files,
                                            plan_.notify.performs);
    if (plan_.notify.performs) plan_.landlock.no_creation.clear();
    // What is made there is read by the supervisor's hand alone, whatever is to be reported.
    if (plan_.notify.performs && plan_.landlock.new_is_unreadable)
      plan_.filter.notify = Notify::full;
  }

  // What the supervisor must look at in the target's own mounts and network.
  void target_view() {
    const MountView& view = plan_.namespaces.view;
    if (!view.tmp_target.empty()) plan_.notify.own_places.push_back(view.tmp_target);
    if (view.private_shm) plan_.notify.own_places.emplace_back("/dev/shm");
    plan_.notify.own_loopback = own_network();
  }

  void private_places() {
    if (!private_tmp()) return;
    const MountView& view = plan_.namespaces.view;
    if (!view.tmp_target.empty()) {
      held("private_tmp", "mount namespace");
    } else if (plan_.namespaces.mount) {
      gap(kNarrower, "private_tmp",
          "the working directory holds /tmp: TMPDIR is private, /tmp is the host's");
    } else {
      held("private_tmp", "TMPDIR");
      gap(kNarrower, "private_tmp",
          concat("TMPDIR is private, a literal /tmp is not writable: ", namespaces_trouble()),
          namespaces_remedy(host_));
      if (access_at(plan_.paths, "/dev/shm", Access::hide) == Access::write)
        gap(kWeaker, "private_shm", concat("/dev/shm is the host's: ", namespaces_trouble()),
            namespaces_remedy(host_));
    }
    if (!in_.private_directory.empty() && !supervised())
      gap(kNarrower, "private_tmp",
          concat("exec leaves nobody to remove ", printable(in_.private_directory)),
          "sefaca run, or --tmp=host");
  }

  std::string namespaces_trouble() const {
    const char* path = host_.namespaces_path.empty() ? nullptr : host_.namespaces_path.c_str();
    return setup_error(host_.namespaces_failed, host_.namespaces_errno, path).what;
  }

  // What stays as it is inside a writable directory: neither Landlock nor a filter can do that.
  void protected_paths() {
    const bool own_log =
        !policy_.log_file.empty() &&
        access_at(plan_.paths, parent_path(policy_.log_file), Access::read) == Access::write;
    // At permissive all is writable natively: nobody is asked about the log.
    if (own_log && (!plan_.notify.performs || policy_.level == Level::permissive))
      gap(kWeaker, "log",
          concat("the log lies in a directory that the command can write: ",
                 printable(policy_.log_file), " can be changed from inside"),
          "--log=FILE outside of the writable directories");
    const auto some_rule = [&](const auto& fits) {
      return std::any_of(plan_.paths.begin(), plan_.paths.end(), fits);
    };
    if (plan_.notify.performs) {
      if (some_rule([](const PathRule& rule) { return is_kept_in_place(rule); }))
        held("protected_paths", "landlock; the supervisor performs what is made around them");
    } else if (!in_.contained && some_rule([&](const PathRule& rule) {
                 return is_kept_in_place(rule) && rule.path != policy_.log_file &&
                        !plan_.namespaces.view.holds(rule);
               })) {
      gap(kWeaker, "protected_paths",
          "Landlock can't take away below a writable directory: .git/hooks, .git/config, start-up "
          "files and sockets there stay as they would be without sefaca");
    } else if (policy_.level == Level::standard && some_rule([&](const PathRule& rule) {
                 return rule.kind == PathRule::Kind::grant && rule.access == Access::write &&
                        rule.path != plan_.private_directory;
               })) {
      gap(kWeaker, "protected_paths",
          "no mount protects a name that is not there yet: .envrc, .sefaca.toml and start-up files "
          "can be made in a writable directory");
    }
  }

  void metadata_gap() {
    if (policy_.level == Level::permissive) return;
    gap(kWeaker, "metadata",
        "Landlock does not govern chmod, chown, utime and xattr outside the writable paths");
  }

  void calls() {
    if (!host_.seccomp_filter) {
      metadata_gap();
      gap(kWeaker, "syscalls", "this kernel has no seccomp filters",
          "a kernel with CONFIG_SECCOMP_FILTER");
      if (policy_.network != Network::allow)
        gap(kWeaker, "network", "it is refused by seccomp, which is missing");
      if (policy_.level != Level::permissive)
        gap(kWeaker, "unix_sockets", "connecting to them is refused by seccomp, which is missing");
      return;
    }
    plan_.filtered = true;
    plan_.filter.userns = allowed("userns");
    plan_.filter.keyrings = allowed("keyrings");
    plan_.filter.datagrams = allowed("dgram-sockets");
    held("syscalls", "seccomp");
    // Landlock governs contents, not metadata. At strict nothing but the private directory could
    // change it anyway, so there it is refused altogether: narrower, never wider.
    const bool by_mounts = plan_.namespaces.mount && !plan_.namespaces.view.root_writable;
    plan_.filter.metadata = by_mounts || policy_.level != Level::strict || plan_.notify.performs;
    if (plan_.notify.performs) {
      held("metadata", "the supervisor performs it below the writable paths alone");
    } else if (by_mounts) {
      held("metadata", "mount namespace (read-only)");
    } else if (!plan_.filter.metadata) {
      held("metadata", "seccomp (refused everywhere)");
    } else {
      metadata_gap();
    }
  }

  // Who is notified must stay: not so after exec, nor for what --keep-background leaves behind,
  // unless the network of that has to be decided.
  void listener() {
    if (!supervised() || !host_.seccomp_filter) return;
    const bool wanted = policy_.report != Report::off;
    const auto unnamed = [&](std::string why, std::string remedy = {}) {
      if (wanted) gap(kNarrower, "denials", std::move(why), std::move(remedy));
    };
    if (policy_.keep_background && policy_.network != Network::host_loopback)
      return unnamed("--keep-background leaves nobody to name what is refused");
    if (host_.listener_taken)
      return unnamed(
          "an outer sandbox is notified of this tree's calls: what is refused is not named",
          "run it outside of that sandbox");
    if (!host_.user_notification)
      return unnamed("this kernel has no seccomp user notification", "a kernel from 5.0 on");
    plan_.filter.notify = policy_.report == Report::full ? Notify::full : Notify::summary;
    NotifyPlan& notify = plan_.notify;
    notify.report = policy_.report;
    notify.level = policy_.level;
    notify.network = policy_.network;
    notify.working_directory = surroundings_.cwd;
    if (!in_.private_directory.empty()) notify.hidden_tmp = policy_.tmp_directory;
    notify.watched = policy_.watched;
    // Without WAIT_KILLABLE_RECV a signal would repeat a call that was performed.
    notify.performs = host_.descriptor_copies && host_.killable_wait;
    notify.connects = host_.descriptor_copies;
    notify.abstract_sockets = allowed("abstract-sockets");
    notify.killable_wait = host_.killable_wait;
    if (!notify.performs && policy_.level != Level::permissive)
      gap(kNarrower, "broker",
          "calls can't be performed in the command's place: pidfd_getfd(2) is refused or a "
          "performed "
          "call could be interrupted",
          "a kernel from 5.19 on, and a container whose filter allows pidfd_getfd");
    if (wanted)
      held("denials", policy_.report == Report::full
                          ? "seccomp notification (reads and executions too)"
                          : "seccomp notification (what writes, connects or is refused)");
  }

  // Where there are sockets, connect is let through but for what the supervisor decides.
  void unix_sockets_gap() {
    if (plan_.notify.connects) return;
    gap(kWeaker, "unix_sockets",
        "nobody stops connecting to unix sockets by path: no listener, or no pidfd_getfd(2)",
        "--no-network");
  }

  // Loopback of the machine's own network. Whatever the caller's memory says, the kernel never goes
  // on with a call of its own that names an address.
  bool decides_loopback() {
    NotifyPlan& notify = plan_.notify;
    const bool listens = plan_.filter.notify != Notify::none;
    notify.decides = listens && notify.performs && notify.connects;
    return notify.decides;
  }

  std::string undecided() const {
    if (!supervised()) return "exec has no supervisor to decide connections";
    if (policy_.level == Level::strict && policy_.network == Network::localhost)
      return "other processes of this machine would reach what listens on its loopback";
    if (policy_.keep_background)
      return "--keep-background leaves no supervisor to decide connections";
    if (host_.listener_taken) return "an outer sandbox is notified of this tree's calls";
    return "the supervisor can't connect in the command's place (pidfd_getfd(2) is refused, or the "
           "kernel is older than 5.19)";
  }

  void network() {
    if (!plan_.filtered) return;
    plan_.filter.sockets = SocketCalls::refused;
    switch (policy_.network) {
      case Network::allow:
        plan_.filter.sockets = SocketCalls::open;
        unix_sockets_gap();
        break;
      case Network::deny:
        held("network", "seccomp (no socket but unix pairs)");
        break;
      case Network::localhost:
        if (own_network()) {
          plan_.filter.sockets = SocketCalls::watched;
          held("network", in_.contained ? "the container's network has nothing but loopback"
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
          held("network", own ? "the supervisor connects and binds: loopback, ports of this tree"
                              : "the supervisor connects and binds: loopback");
          if (own)
            gap(kWeaker, "network",
                concat("other processes of this machine reach the ports that this tree listens "
                       "on: ",
                       namespaces_trouble()),
                namespaces_remedy(host_));
          break;
        }
        held("network", "seccomp (no socket but unix pairs)");
        gap(kNarrower, "network",
            own ? concat("no network at all in place of localhost: ", namespaces_trouble(), "; ",
                         undecided())
                : concat("no network at all in place of host-loopback: ", undecided()),
            own ? namespaces_remedy(host_) : "");
        break;
      }
    }
    if (plan_.notify.connects) {
      held("unix_sockets", "the supervisor decides by path");
    } else if (!plan_.filter.network()) {
      held("unix_sockets", "seccomp (connect refused)");
    }
  }

  void capabilities() {
    plan_.keep_capabilities = policy_.level == Level::strict ? 0 : kFileCapabilities;
    held("privileges", "no_new_privs, capabilities dropped");
  }

  void limit(int resource, std::uint64_t value) { plan_.limits.push_back({resource, value}); }

  void limits() {
    const Limits& limits = policy_.limits;
    // Behind a user namespace of its own the limit counts the tree, not all that the user runs; the
    // init is one of them (setrlimit(2), user_namespaces(7)).
    if (limits.processes && plan_.namespaces.user && !host_.root)
      limit(RLIMIT_NPROC, *limits.processes + 1);
    if (limits.cpu_time_ms) {
      limit(RLIMIT_CPU, (*limits.cpu_time_ms + 999) / 1000);
      held("cpu_time", "RLIMIT_CPU, each process by itself");
    }
    if (limits.file_size_bytes) {
      limit(RLIMIT_FSIZE, *limits.file_size_bytes);
      held("file_size", "RLIMIT_FSIZE");
    }
    if (limits.open_files) {
      limit(RLIMIT_NOFILE, *limits.open_files);
      held("open_files", "RLIMIT_NOFILE, each process by itself");
    }
    supervised_limit("timeout", limits.timeout_ms.has_value(), "the supervisor's clock");
    std::string memory, tasks;
    if (in_.group != nullptr) {
      plan_.control_groups = in_.group->entries();
      memory = in_.group->memory_held_by();
      tasks = in_.group->tasks_held_by();
    }
    const auto how = [](const std::string& group, const char* counted) {
      return group.empty() ? std::string("watched over the tree, ended when above")
                           : concat(group, ": ", counted);
    };
    supervised_limit("memory", limits.memory_bytes.has_value(),
                     how(memory, "the tree is ended when it is full"));
    supervised_limit("processes", limits.processes.has_value(),
                     how(tasks, "processes and threads; the tree is ended when one is refused"));
  }

  void supervised_limit(const char* what, bool wanted, const std::string& how) {
    if (!wanted) return;
    if (supervised()) {
      held(what, how);
    } else {
      gap(kWeaker, what, "exec has no supervisor", "sefaca run");
    }
  }

  // Landlock's scopes, or a pid namespace, in which nobody outside has a number.
  void outside_processes() {
    const bool apart = plan_.namespaces.pid;
    if (plan_.landlock_abi > 0) {
      plan_.scopes = landlock_scopes(host_.landlock_abi);
      if (allowed("signals")) plan_.scopes &= ~abi::kScopeSignal;
      if (allowed("abstract-sockets")) plan_.scopes &= ~abi::kScopeAbstractUnixSocket;
    }
    if (plan_.landlock_abi > 0) held("ptrace", "landlock");
    if (plan_.scopes & abi::kScopeSignal) held("signals", "landlock scope");
    if (plan_.scopes & abi::kScopeAbstractUnixSocket) held("abstract_sockets", "landlock scope");
    // Without a fence (see Supervisor::raise_fence) the supervisor can't tell whose they are.
    if (plan_.notify.connects && plan_.namespaces.pid && !plan_.namespaces.network &&
        !plan_.notify.abstract_sockets)
      held("abstract_sockets", "landlock scope; connecting to them is refused altogether");
    if (apart) {
      plan_.enforced.emplace("ptrace", "pid namespace");
      plan_.enforced.emplace("signals", "pid namespace");
    }
    if (host_.landlock_abi < 6) {
      without_scopes(apart);
    } else if (supervised() && allowed("signals")) {
      gap(kWeaker, "supervisor_killed",
          "--allow=signals leaves no fence: only the command itself ends when sefaca is killed");
    }
    shared_with_host();
  }

  void without_scopes(bool apart) {
    const char* remedy = "a kernel from 6.12 on, with Landlock";
    const auto reached = [](const char* what) {
      return concat("without Landlock's scopes (ABI 6) ", what);
    };
    if (supervised() && !apart)
      gap(kWeaker, "supervisor_killed",
          reached("only the command itself ends when sefaca is killed"), remedy);
    if (!apart && !allowed("signals"))
      gap(kWeaker, "signals", reached("signals reach the user's other processes"), remedy);
    if (!apart && host_.landlock_abi == 0)
      gap(kWeaker, "ptrace", "without Landlock the user's other processes can be traced", remedy);
    const bool connects = plan_.filter.network() || !plan_.filtered;
    if (connects && !plan_.namespaces.network && !allowed("abstract-sockets"))
      gap(kWeaker, "abstract_sockets", reached("abstract unix sockets are reachable"), remedy);
  }

  // What the user's processes share beside files: kept apart by namespaces; refused at strict, and
  // where only what is listed can be reached.
  void shared_with_host() {
    const Namespaces& ns = plan_.namespaces;
    if (policy_.level == Level::permissive) return;
    if (ns.ipc) held("ipc", "ipc namespace");
    if (ns.pid) held("scheduling", "pid namespace");
    if (allowed("ipc")) return;
    if (in_fakeroot() && policy_.level != Level::strict) return fakeroot_gap();
    const bool listed = policy_.level == Level::strict || policy_.read == ReadScope::listed;
    if (plan_.filtered && listed && !(ns.ipc && ns.pid)) {
      plan_.filter.sharing = false;
      plan_.enforced.emplace("ipc", "seccomp (refused)");
      plan_.enforced.emplace("scheduling", "seccomp (its own process alone)");
      return;
    }
    if (!ns.ipc)
      gap(kWeaker, "ipc", "System V shared memory and message queues are the host's",
          sharing_remedy());
    if (!ns.pid)
      gap(kWeaker, "scheduling",
          "priorities and processor masks of the user's other processes can be changed",
          sharing_remedy());
  }

  // fakeroot(1) outside of sefaca: its library in each program asks its daemon for owners and
  // modes, by System V messages, and waits for ever where the daemon is not to be found.
  bool in_fakeroot() const {
    const auto is_set = [&](std::string_view variable, std::string_view part) {
      return std::any_of(policy_.environment.begin(), policy_.environment.end(),
                         [&](std::string_view entry) {
                           return entry.starts_with(variable) &&
                                  entry.find(part, variable.size()) != std::string_view::npos;
                         });
    };
    return is_set("FAKEROOTKEY=", "") && is_set("LD_PRELOAD=", "libfakeroot-sysv");
  }

  void fakeroot_gap() {
    const char* remedy = "fakeroot inside: sefaca run -- fakeroot COMMAND";
    gap(kWeaker, "ipc", "fakeroot outside is asked by System V messages: the host's are reachable",
        remedy);
    if (!plan_.namespaces.pid)
      gap(kWeaker, "scheduling",
          "priorities and processor masks of the user's other processes can be changed", remedy);
  }

  // Why there are no such namespaces: the host, a masked /proc, exec, or the policy itself.
  std::string sharing_remedy() const {
    if (!host_.namespaces()) return namespaces_remedy(host_);
    if (!plan_.namespaces.any())
      return "--tmp=private or --network=localhost, which bring namespaces; --allow=ipc lets it be";
    if (!host_.pid_namespace) return fresh_proc_remedy();
    return supervised() ? "" : "sefaca run";
  }

  const LaunchInputs& in_;
  const PolicyFields& policy_;
  const Capabilities& host_;
  const Surroundings& surroundings_;
  LaunchPlan plan_;
};

// landlock_create_ruleset(2) wants the struct as long as the ABI knows it.
std::size_t ruleset_size(int abi) {
  if (abi >= 6) return sizeof(abi::LandlockRulesetAttr);
  return abi >= 4 ? offsetof(abi::LandlockRulesetAttr, scoped)
                  : offsetof(abi::LandlockRulesetAttr, handled_access_net);
}

std::vector<const char*> pointers(const std::vector<std::string>& words) {
  std::vector<const char*> out;
  out.reserve(words.size() + 1);
  for (const std::string& word : words) out.push_back(word.c_str());
  out.push_back(nullptr);
  return out;
}

const char* text_or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

}  // namespace

void LaunchPlan::drop_variable(std::string_view name) {
  const std::string prefix = concat(name, "=");
  std::erase_if(environment, [&](const auto& entry) { return entry.starts_with(prefix); });
}

void LaunchPlan::set_variable(std::string_view name, std::string_view value) {
  drop_variable(name);
  environment.push_back(concat(name, "=", value));
}

bool LaunchPlan::weaker_than_policy() const {
  return std::any_of(gaps.begin(), gaps.end(),
                     [](const Gap& gap) { return gap.effect == Gap::Effect::weaker; });
}

LaunchPlan make_launch_plan(const LaunchInputs& inputs, const Surroundings& surroundings) {
  return Planner(inputs, surroundings).make();
}

FlatPlan::FlatPlan(const LaunchPlan& plan)
    : argv_(pointers(plan.argv)), environment_(pointers(plan.environment)) {
  script_argv_ = {"/bin/sh", plan.program.c_str()};
  for (std::size_t i = 1; i < argv_.size(); ++i) script_argv_.push_back(argv_[i]);  // and the null
  rules_.reserve(plan.landlock.rules.size());
  for (const LandlockRule& rule : plan.landlock.rules) {
    rules_.push_back({rule.path.c_str(), rule.rights});
  }
  child_.program = plan.program.c_str();
  child_.argv = argv_.data();
  child_.script_argv = script_argv_.data();
  child_.environment = environment_.data();
  child_.keep_fds = plan.keep_fds.data();
  child_.keep_fd_count = plan.keep_fds.size();
  child_.limits = plan.limits.data();
  child_.limit_count = plan.limits.size();
  child_.control_groups = plan.control_groups.data();
  child_.control_group_count = plan.control_groups.size();
  child_.keep_capabilities = plan.keep_capabilities;
  child_.die_with_parent = plan.die_with_parent;
  if (plan.landlock_abi > 0) {
    child_.landlock = true;
    child_.ruleset = {landlock_file_rights(plan.landlock_abi), plan.tcp, plan.scopes};
    child_.ruleset_size = ruleset_size(plan.landlock_abi);
    child_.stdio_rights =
        landlock_rights_on_file() & landlock_file_rights(plan.landlock_abi) & ~abi::kFsExecute;
    child_.rules = rules_.data();
    child_.rule_count = rules_.size();
  }
  flatten(plan.namespaces);
  if (plan.filtered) {
    const auto filter = filter_for(plan.filter);
    child_.filter = filter.data();
    child_.filter_length = filter.size();
    if (plan.filter.notify != Notify::none) {
      child_.listener_flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
      if (plan.notify.killable_wait)
        child_.listener_flags |= SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    }
  }
}

void FlatPlan::flatten(const Namespaces& from) {
  NamespacePlan& to = child_.namespaces;
  to.flags = from.clone_flags();
  if (to.flags == 0) return;
  to.uid_map = from.uid_map.c_str();
  to.gid_map = from.gid_map.c_str();
  to.maps_written = from.maps_by_parent ? &maps_written_ : nullptr;
  to.loopback = from.network;
  to.fresh_proc = from.fresh_proc;
  const MountView& view = from.view;
  for (const MountView::Entry& entry : view.entries)
    mounts_.push_back({entry.path.c_str(), entry.kind, entry.directory, -1});
  to.mounts = mounts_.data();
  to.mount_count = mounts_.size();
  to.root_writable = view.root_writable;
  to.tmp_target = text_or_null(view.tmp_target);
  to.tmp_source = text_or_null(view.tmp_source);
  to.tmpfs_options = view.tmpfs_options.c_str();
  to.private_shm = view.private_shm;
  to.working_directory = view.working_directory.c_str();
}

}  // namespace sefaca
