#include "core/enforce/degradations.h"

#include <cstddef>
#include <iterator>

#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr const char* kNamespaces = "user namespaces";
constexpr const char* kSupervisor = "a supervisor (exec)";
constexpr const char* kPerforming = "calls performed by the supervisor";
constexpr const char* kScopes = "Landlock's scopes";
constexpr const char* kProc = "a fresh /proc";
constexpr const char* kScopesSince = "6.12";

constexpr Degradation kTable[] = {
    {Lack::landlock_absent, "Landlock", "files", "this kernel has no Landlock", "",
     "files are read and written as the user may, but for what mounts hold", Cure::kernel, "5.13"},
    {Lack::landlock_off, "Landlock", "files", "Landlock is switched off on this kernel", "",
     "files are read and written as the user may, but for what mounts hold", Cure::lsm},
    {Lack::landlock_refer, "Landlock ABI 2", "rename",
     "before Landlock ABI 2 nothing is renamed or linked across directories",
     "such a rename fails with EXDEV, and mv(1) copies", "", Cure::kernel, "5.19"},
    {Lack::landlock_truncate, "Landlock ABI 3", "truncate",
     "before Landlock ABI 3 truncating is not governed", "",
     "a file can be truncated without the right to write", Cure::kernel, "6.2"},
    {Lack::landlock_ioctls, "Landlock ABI 5", "device_ioctls",
     "before Landlock ABI 5 ioctls on opened devices are not governed", "",
     "a device that may be opened takes every ioctl", Cure::kernel, "6.10"},
    {Lack::scopes_guard, kScopes, "supervisor_killed",
     "without Landlock's scopes (ABI 6) the guardian has no fence",
     "the command itself ends with sefaca",
     "what the command started goes on when sefaca is killed", Cure::kernel, kScopesSince},
    {Lack::scopes_signals, kScopes, "signals",
     "without Landlock's scopes (ABI 6) no signal is kept inside", "",
     "signals reach the user's other processes", Cure::kernel, kScopesSince},
    {Lack::scopes_sockets, kScopes, "abstract_sockets",
     "without Landlock's scopes (ABI 6) abstract unix sockets are not kept inside", "",
     "the machine's abstract unix sockets are reachable", Cure::kernel, kScopesSince},
    {Lack::landlock_tracing, "Landlock", "ptrace", "without Landlock tracing is not kept inside",
     "", "the user's other processes can be traced", Cure::kernel, "5.13"},
    {Lack::narrower_below, kPerforming, "creation",
     "something below a directory is narrower, so that only its entries are granted",
     "nothing new can be made directly in it", "", Cure::text,
     "grant a directory below it: --readwrite=DIRECTORY"},
    {Lack::no_own_tmp, "a /tmp apart from the working directory", "private_tmp",
     "the working directory holds /tmp", "TMPDIR is private, /tmp is the host's", "", Cure::none},
    {Lack::own_tmp_without_mounts, kNamespaces, "private_tmp", "/tmp can't be covered",
     "TMPDIR is private, a literal /tmp is not writable", "", Cure::namespaces},
    {Lack::own_tmp_open, "user namespaces, and Landlock", "private_tmp",
     "/tmp can't be covered, and there is no Landlock", "TMPDIR is private",
     "a literal /tmp is the host's", Cure::namespaces},
    {Lack::host_shm, kNamespaces, "private_shm", "/dev/shm can't be covered", "",
     "/dev/shm is the host's", Cure::namespaces},
    {Lack::tmp_left_behind, kSupervisor, "private_tmp", "exec leaves nobody to remove TMPDIR",
     "TMPDIR is private, and stays", "", Cure::text, "sefaca run, or --tmp=host"},
    {Lack::log_writable, "a log outside of the writable directories", "log",
     "the log lies in a directory that the command can write", "", "it can be changed from inside",
     Cure::text, "--log=FILE outside of the writable directories"},
    {Lack::kept_places_open, kPerforming, "protected_paths",
     "Landlock can't take away below a writable directory", "",
     ".git/hooks, .git/config, start-up files and sockets there stay as they would be without "
     "sefaca",
     Cure::performing},
    {Lack::new_names_open, kPerforming, "protected_paths",
     "no mount protects a name that is not there yet", "what is there is read-only by a mount",
     ".envrc, .sefaca.toml and start-up files can be made in a writable directory",
     Cure::performing},
    {Lack::covers_replaced, "a host that leaves what is covered in its place", "covers",
     "somebody outside replaced or removed what a mount held, and the mount went with it", "",
     "from then on it was as the user may", Cure::text, "hide its directory: --hide=DIRECTORY"},
    {Lack::metadata_open, kPerforming, "metadata", "Landlock does not govern metadata", "",
     "chmod, chown, utime and xattr outside the writable paths follow the user's own rights",
     Cure::performing},
    {Lack::seccomp_absent, "seccomp filters", "syscalls", "this kernel has no seccomp filters", "",
     "no system call is refused", Cure::text, "a kernel with CONFIG_SECCOMP_FILTER"},
    {Lack::network_without_seccomp, "seccomp filters", "network",
     "the network is refused by seccomp, which is missing", "", "the network is open", Cure::text,
     "a kernel with CONFIG_SECCOMP_FILTER"},
    {Lack::sockets_without_seccomp, "seccomp filters", "unix_sockets",
     "connecting to unix sockets is refused by seccomp, which is missing", "",
     "unix sockets by path are reachable", Cure::text, "a kernel with CONFIG_SECCOMP_FILTER"},
    {Lack::unnamed_background, "a supervisor that stays", "denials",
     "--keep-background leaves nobody to name what is refused", "it is refused unnamed", "",
     Cure::none},
    {Lack::unnamed_nested, "a seccomp listener", "denials",
     "an outer sandbox is notified of this tree's calls", "what is refused is not named", "",
     Cure::text, "run it outside of that sandbox"},
    {Lack::unnamed_kernel, "a seccomp listener", "denials",
     "this kernel has no seccomp user notification", "what is refused is not named", "",
     Cure::kernel, "5.0"},
    {Lack::unnamed_killed, "a supervisor to the end", "denials", "sefaca was killed", "",
     "what was denied until then is not in this record", Cure::none},
    {Lack::performing, kPerforming, "broker", "calls can't be performed in the command's place",
     "what needs it is refused", "", Cure::performing},
    {Lack::sockets_undecided, "decided connections", "unix_sockets",
     "nobody stops connecting to unix sockets by path: no listener, or no pidfd_getfd(2)", "",
     "those that the user may connect to are reachable", Cure::text, "--no-network"},
    {Lack::loopback_shared, kNamespaces, "network", "localhost is the machine's own loopback",
     "the supervisor connects and binds: loopback, ports of this tree",
     "other processes of this machine reach the ports that this tree listens on", Cure::namespaces},
    {Lack::loopback_denied, "user namespaces, and decided connections", "network",
     "localhost can't be had", "no network at all", "", Cure::namespaces},
    {Lack::host_loopback_denied, "decided connections", "network", "host-loopback can't be had",
     "no network at all", "", Cure::performing},
    {Lack::timeout_in_place, kSupervisor, "timeout", "exec has no supervisor to keep the time", "",
     "the command runs as long as it likes", Cure::text, "sefaca run"},
    {Lack::memory_in_place, kSupervisor, "memory", "exec has no supervisor to watch memory", "",
     "the command takes what it likes", Cure::text, "sefaca run"},
    {Lack::processes_in_place, kSupervisor, "processes",
     "exec has no supervisor to count processes", "", "the command starts as many as the user may",
     Cure::text, "sefaca run"},
    {Lack::guard_by_signals, "a fence", "supervisor_killed", "--allow=signals leaves no fence",
     "the command itself ends with sefaca",
     "what the command started goes on when sefaca is killed", Cure::none},
    {Lack::guard_unstarted, "a guardian", "supervisor_killed",
     "no process was to be had for the guardian", "",
     "had sefaca been killed, what the command started would have gone on", Cure::none},
    {Lack::renames_in_mounts, kProc, "rename",
     "without a pid namespace nothing is renamed or linked across directories where mounts are "
     "made",
     "a Landlock layer for signals stands in the pid namespace's place", "", Cure::fresh_proc},
    {Lack::ipc_namespaces, kNamespaces, "ipc", "no ipc namespace is to be had", "",
     "System V shared memory and message queues are the host's", Cure::namespaces},
    {Lack::ipc_unasked, "a policy that brings namespaces", "ipc",
     "this policy brings no ipc namespace", "",
     "System V shared memory and message queues are the host's", Cure::text,
     "--tmp=private or --network=localhost, which bring namespaces; --allow=ipc lets it be"},
    {Lack::ipc_fakeroot, "a fakeroot inside", "ipc",
     "fakeroot outside is asked by System V messages", "",
     "System V shared memory and message queues are the host's", Cure::text,
     "fakeroot inside: sefaca run -- fakeroot COMMAND"},
    {Lack::scheduling_namespaces, kNamespaces, "scheduling", "no pid namespace is to be had", "",
     "priorities and processor masks of the user's other processes can be changed",
     Cure::namespaces},
    {Lack::scheduling_unasked, "a policy that brings namespaces", "scheduling",
     "this policy brings no pid namespace", "",
     "priorities and processor masks of the user's other processes can be changed", Cure::text,
     "--tmp=private or --network=localhost, which bring namespaces; --allow=ipc lets it be"},
    {Lack::scheduling_proc, kProc, "scheduling",
     "/proc is covered in parts, so that no pid namespace gets one of its own", "",
     "priorities and processor masks of the user's other processes can be changed",
     Cure::fresh_proc},
    {Lack::scheduling_in_place, kSupervisor, "scheduling",
     "exec has no process to be a pid namespace's init", "",
     "priorities and processor masks of the user's other processes can be changed", Cure::text,
     "sefaca run"},
    {Lack::scheduling_signals, "a pid namespace", "scheduling",
     "--allow=signals leaves processes outside a number", "",
     "priorities and processor masks of the user's other processes can be changed", Cure::text,
     "without --allow=signals; --allow=ipc lets it be"},
    {Lack::scheduling_fakeroot, "a fakeroot inside", "scheduling",
     "fakeroot outside leaves the calls to others open", "",
     "priorities and processor masks of the user's other processes can be changed", Cure::text,
     "fakeroot inside: sefaca run -- fakeroot COMMAND"},
    {Lack::inner_records_dropped, "room for the tree's records", "inner_records",
     "records of runs inside of this one were dropped: the tree had sent 64 MiB of them", "",
     "those runs are not on record", Cure::none},
    {Lack::plan_in_build_tree, "a home that can be written", "plan_file",
     "the plan lies in the build tree", "", "custom steps and tests can write it", Cure::none},
    {Lack::passed_through, "a rule of its own for the target", "everything",
     "the target is passed through", "", "its recipe runs as without sefaca", Cure::text,
     "SEFACA_PRESET=development, or a rule of its own in [make.targets]"},
    {Lack::exempted, "a step that is not exempted", "everything", "the step is exempted", "",
     "it runs as without sefaca", Cure::none},
    {Lack::enclosing_decides, "a sandbox of its own", "protected_paths",
     "a line inside of another run gets no sandbox of its own", "the enclosing run's sandbox",
     "the enclosing run decides which files stay as they are", Cure::none},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(kTable); ++i) {
    if (static_cast<std::size_t>(kTable[i].lack) != i) return false;
  }
  return true;
}
static_assert(in_order(), "a row stands where its Lack stands");
static_assert(std::size(kTable) == static_cast<std::size_t>(Lack::enclosing_decides) + 1);

}  // namespace

std::span<const Degradation> degradations() {
  return kTable;
}

const Degradation& degradation(Lack lack) {
  return kTable[static_cast<std::size_t>(lack)];
}

Gap gap_of(Lack lack, const Situation& situation, const std::string& detail) {
  const Degradation& row = degradation(lack);
  Gap gap{.effect = row.effect(), .what = row.what, .why = row.lost};
  if (!detail.empty()) gap.why += concat(" (", detail, ")");
  if (*row.open != '\0') gap.why += concat("; ", row.open);
  gap.instead = row.instead;
  gap.remedy = remedy_for(row.cure, row.remedy, situation);
  return gap;
}

}  // namespace sefaca
