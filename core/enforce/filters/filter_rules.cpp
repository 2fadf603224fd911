#include "core/enforce/filters/filter_rules.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

// The newest system call known here: mseal, Linux 6.10, the same number on both architectures.
// What came later (setxattrat, open_tree_attr, file_setattr …) is answered as by an older kernel.
constexpr std::uint32_t kNewestCall = 462;
constexpr std::uint32_t kX32Bit = 0x40000000;

// Which bit of the FilterSpec lifts a rule; `never`: it stands in every filter.
enum class Unless {
  never,
  network,    // internet sockets are made
  connects,   // and used without anybody's leave
  undecided,  // the supervisor does not decide what they reach
  unwatched,  // nor is told of what they are sent to
  metadata,
  userns,
  keyrings,
  datagrams,
  sharing
};

struct Comparison {
  unsigned argument;
  scmp_compare operation;
  std::uint64_t a, b;
};
// The kernel reads these arguments as 32 bits: the upper half must not matter.
constexpr Comparison is(unsigned argument, std::uint32_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, 0xffffffffU, value};
}
constexpr Comparison has(unsigned argument, std::uint32_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, bits, bits};
}
constexpr Comparison type_is(std::uint32_t type) {  // socket(2): the low four bits are the type
  return {1, SCMP_CMP_MASKED_EQ, 0xf, type};
}
constexpr Comparison is_not(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_NE, value, 0};
}
constexpr Comparison at_least(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_GE, value, 0};
}

constexpr int kAsk = 0;  // no refusal: the supervisor is notified, and decides or only looks on

struct Rule {
  const char* call;
  int answer;  // errno, or kAsk
  Unless unless = Unless::never;
  std::vector<Comparison> when = {};
  // A refusal that programs meet on their usual way is no violation: it is never notified.
  bool quiet = false;
  Notify from = Notify::none;  // where less is notified the rule is not there
};

constexpr std::uint32_t kIcmp = 1, kDccp = 33, kIcmpV6 = 58, kSctp = 132, kMptcp = 262;
constexpr std::uint32_t kFastOpen = 0x20000000;
constexpr std::uint32_t kTiocsti = 0x5412, kTioclinux = 0x541C;
constexpr const char* kMetadataCalls[] = {
    "chmod",     "fchmod",    "fchmodat",    "chown",        "fchown",      "lchown",
    "fchownat",  "utime",     "utimes",      "futimesat",    "utimensat",   "setxattr",
    "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"};
// FS_IOC_SETFLAGS, FS_IOC32_SETFLAGS, FS_IOC_FSSETXATTR, FS_IOC_SETVERSION (linux/fs.h).
constexpr std::uint32_t kFlagIoctls[] = {0x40086602, 0x40046602, 0x401c5820, 0x40087602};

// ioprio_set(2) counts from 1: IOPRIO_WHO_PROCESS.
std::uint64_t own_process(std::string_view call) {
  return call == "ioprio_set" ? 1 : 0;
}

std::vector<Rule> rules() {
  std::vector<Rule> table = {
      // A second way to every file and socket call, past any filter.
      {"io_uring_setup", ENOSYS},
      {"io_uring_enter", ENOSYS},
      {"io_uring_register", ENOSYS},
      // clone3's flags lie in memory: programs fall back to clone, whose flags can be read.
      {.call = "clone3", .answer = ENOSYS, .unless = Unless::userns, .quiet = true},
      {"clone", EPERM, Unless::userns, {has(0, CLONE_NEWUSER)}},
      {"unshare", EPERM, Unless::userns, {has(0, CLONE_NEWUSER)}},
      {"setns", EPERM},
      // Kernel memory and tracing.
      {"userfaultfd", EPERM},
      {"bpf", EPERM},
      {"perf_event_open", EPERM},
      {"fanotify_init", EPERM},
      {"lookup_dcookie", EPERM},
      {"syslog", EPERM},
      // Key rings outlive the process and are shared by the user's sessions.
      {"add_key", ENOSYS, Unless::keyrings},
      {"request_key", ENOSYS, Unless::keyrings},
      {"keyctl", ENOSYS, Unless::keyrings},
      // Mounts and roots.
      {"mount", EPERM},
      {"umount2", EPERM},
      {"pivot_root", EPERM},
      {"move_mount", EPERM},
      {"open_tree", EPERM},
      {"fsopen", EPERM},
      {"fsconfig", EPERM},
      {"fsmount", EPERM},
      {"fspick", EPERM},
      {"mount_setattr", EPERM},
      {"open_by_handle_at", EPERM},
      // The machine itself.
      {"init_module", EPERM},
      {"finit_module", EPERM},
      {"delete_module", EPERM},
      {"kexec_load", EPERM},
      {"kexec_file_load", EPERM},
      {"reboot", EPERM},
      {"swapon", EPERM},
      {"swapoff", EPERM},
      {"acct", EPERM},
      {"quotactl", EPERM},
      {"quotactl_fd", EPERM},
      {"settimeofday", EPERM},
      {"clock_settime", EPERM},
      {"iopl", EPERM},
      {"ioperm", EPERM},
      {"vhangup", EPERM},
      // Another process's limits, the same user's outside ones too.
      {"prlimit64", EPERM, Unless::never, {is_not(0, 0), is_not(2, 0)}},
      // Input pushed into the caller's terminal.
      {"ioctl", EPERM, Unless::never, {is(1, kTiocsti)}},
      {"ioctl", EPERM, Unless::never, {is(1, kTioclinux)}},
      // Sockets. Without the network every family but unix is refused, and connect with them: a
      // unix
      // socket by path is a way out that neither Landlock nor a read-only mount stops.
      {"socket", EACCES, Unless::network, {is(0, AF_INET)}},
      {"socket", EACCES, Unless::network, {is(0, AF_INET6)}},
      // getaddrinfo(3) asks it for the machine's addresses on its way to every name.
      {.call = "socket",
       .answer = EAFNOSUPPORT,
       .unless = Unless::connects,
       .when = {is(0, AF_NETLINK)},
       .quiet = true},
      {"connect", EACCES, Unless::connects},
      {"bind", EACCES, Unless::undecided},
      {"listen", EACCES, Unless::undecided},
      {"sendto", EACCES, Unless::undecided, {is_not(4, 0)}},
      {"sendmsg", EACCES, Unless::undecided},
      {"sendmmsg", EACCES, Unless::undecided},
      {"socket", EAFNOSUPPORT, Unless::never, {is(0, AF_NETLINK), is_not(2, 0)}},
      {"socket", EAFNOSUPPORT, Unless::never, {is(0, AF_UNSPEC)}},
      {"socket", EAFNOSUPPORT, Unless::never, {at_least(0, AF_NETLINK + 1)}},
      {"sendto", EOPNOTSUPP, Unless::never, {has(3, kFastOpen)}},
      {"sendmsg", EOPNOTSUPP, Unless::never, {has(2, kFastOpen)}},
      {"sendmmsg", EOPNOTSUPP, Unless::never, {has(3, kFastOpen)}},
      // Source routes: IP_OPTIONS, IPV6_RTHDR, IPV6_2292RTHDR, IPV6_2292PKTOPTIONS.
      {"setsockopt", EPERM, Unless::never, {is(1, 0), is(2, 4)}},
      {"setsockopt", EPERM, Unless::never, {is(1, 41), is(2, 57)}},
      {"setsockopt", EPERM, Unless::never, {is(1, 41), is(2, 5)}},
      {"setsockopt", EPERM, Unless::never, {is(1, 41), is(2, 6)}},
  };
  // Joining a group is told to the network: IP_ADD_MEMBERSHIP, IP_ADD_SOURCE_MEMBERSHIP,
  // IP_MSFILTER, MCAST_JOIN_GROUP, MCAST_JOIN_SOURCE_GROUP, MCAST_MSFILTER; IPV6_ADD_MEMBERSHIP,
  // IPV6_JOIN_ANYCAST.
  for (std::uint32_t name : {35U, 39U, 41U, 42U, 46U, 48U})
    table.push_back({"setsockopt", ENODEV, Unless::undecided, {is(1, 0), is(2, name)}});
  for (std::uint32_t name : {20U, 27U, 42U, 46U, 48U})
    table.push_back({"setsockopt", ENODEV, Unless::undecided, {is(1, 41), is(2, name)}});
  for (std::uint32_t family = AF_INET + 1; family < AF_NETLINK; ++family) {
    if (family != AF_INET6)
      table.push_back({"socket", EAFNOSUPPORT, Unless::never, {is(0, family)}});
  }
  for (std::uint32_t family : {AF_INET, AF_INET6}) {
    table.push_back({"socket", EPERM, Unless::never, {is(0, family), type_is(SOCK_RAW)}});
    for (std::uint32_t protocol : {kDccp, kSctp, kMptcp}) {
      table.push_back({"socket", EPROTONOSUPPORT, Unless::never, {is(0, family), is(2, protocol)}});
    }
    const std::uint32_t ping = family == AF_INET ? kIcmp : kIcmpV6;
    table.push_back(
        {"socket", EPERM, Unless::never, {is(0, family), type_is(SOCK_DGRAM), is(2, ping)}});
  }
  // A datagram socket sends to any address, a pair's ends too; RAW is turned into DGRAM by the
  // kernel.
  for (const char* call : {"socket", "socketpair"}) {
    for (std::uint32_t type : {SOCK_DGRAM, SOCK_RAW}) {
      table.push_back({call, EACCES, Unless::datagrams, {is(0, AF_UNIX), type_is(type)}});
    }
  }
  // What is shared with the user's other processes, where no namespace keeps it apart. The first
  // argument of the scheduling calls is 0 for the caller itself; a thread that names itself by
  // number is refused too.
  for (const char* call : {"shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "msgctl",
                           "semget", "semop", "semtimedop", "semctl", "mq_open", "mq_unlink"})
    table.push_back({call, ENOSYS, Unless::sharing});
  for (const char* call : {"sched_setaffinity", "sched_setscheduler", "sched_setparam",
                           "sched_setattr", "setpriority", "ioprio_set"})
    table.push_back({call, EPERM, Unless::sharing, {is_not(0, own_process(call))}});
  for (const char* call : {"setpriority", "ioprio_set"})
    table.push_back({call, EPERM, Unless::sharing, {is_not(1, 0)}});
  for (std::uint32_t request : kFlagIoctls) {
    table.push_back({"ioctl", EPERM, Unless::never, {is(1, request)}});
  }
  for (const char* call : kMetadataCalls) table.push_back({call, EPERM, Unless::metadata});
  return table;
}

// What the supervisor looks at, and from which width of notification on.
std::vector<Rule> asked() {
  std::vector<Rule> table;
  const auto ask = [&](const char* call, Notify from, std::vector<Comparison> when = {}) {
    table.push_back(
        {.call = call, .answer = kAsk, .when = std::move(when), .quiet = false, .from = from});
  };
  for (const char* call : {"creat", "truncate", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat",
                           "mknod", "mknodat", "rename", "renameat", "renameat2", "link", "linkat",
                           "symlink", "symlinkat", "connect", "bind", "kill"})
    ask(call, Notify::summary);
  for (const char* call : kMetadataCalls) ask(call, Notify::summary);
  for (const std::uint32_t bits : {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC}) {
    ask("open", Notify::summary, {has(1, bits)});
    ask("openat", Notify::summary, {has(2, bits)});
  }
  for (const char* call : {"open", "openat", "execve", "execveat"}) ask(call, Notify::full);
  table.push_back({.call = "sendto",
                   .answer = kAsk,
                   .unless = Unless::unwatched,
                   .when = {is_not(4, 0)},
                   .from = Notify::summary});
  // Its flags lie in memory: programs fall back to openat.
  table.push_back({.call = "openat2", .answer = ENOSYS, .quiet = true, .from = Notify::summary});
  return table;
}

bool applies(const Rule& rule, const FilterSpec& spec) {
  if (spec.notify < rule.from) return false;
  switch (rule.unless) {
    case Unless::never:
      return true;
    case Unless::network:
      return !spec.network();
    case Unless::connects:
      return !spec.network() || spec.sockets == SocketCalls::decided;
    case Unless::undecided:
      return spec.sockets == SocketCalls::decided;
    case Unless::unwatched:
      return spec.sockets == SocketCalls::watched;
    case Unless::metadata:
      return !spec.metadata;
    case Unless::userns:
      return !spec.userns;
    case Unless::keyrings:
      return !spec.keyrings;
    case Unless::datagrams:
      return !spec.datagrams;
    case Unless::sharing:
      return !spec.sharing;
  }
  return true;
}

struct Machine {
  std::uint32_t audit, scmp;
};
Result<Machine> machine_of(const std::string& name) {
  if (name == "x86_64") return Machine{AUDIT_ARCH_X86_64, SCMP_ARCH_X86_64};
  if (name == "aarch64") return Machine{AUDIT_ARCH_AARCH64, SCMP_ARCH_AARCH64};
  return Error{.what = concat("no filters for the machine '", name, "'")};
}

sock_filter statement(std::uint16_t code, std::uint32_t k) {
  return {code, 0, 0, k};
}
sock_filter jump(std::uint16_t code, std::uint32_t k, std::uint8_t yes, std::uint8_t no) {
  return {code, yes, no, k};
}

// What libseccomp can't say: ranges of system call numbers. Stands before its program, whose jumps
// are relative.
std::vector<sock_filter> prologue(const Machine& machine, const FilterSpec& spec) {
  std::vector<sock_filter> out = {
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      jump(BPF_JMP | BPF_JEQ | BPF_K, machine.audit, 1, 0),
      statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      jump(BPF_JMP | BPF_JGT | BPF_K, kNewestCall, 0, 1),
      statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
  };
  // fchmodat2: Linux 6.6, unknown to libseccomp 2.5
  const bool notified = spec.notify != Notify::none;
  if (!spec.metadata || notified) {
    out.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, 452, 0, 1));
    out.push_back(
        statement(BPF_RET | BPF_K, notified ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ERRNO | EPERM));
  }
  static_assert(kX32Bit > kNewestCall, "x32 numbers end at the range check");
  return out;
}

Error failed(const char* step, int code) {
  return Error{.what = concat("libseccomp: ", step, ": ", errno_text(-code)), .errno_value = -code};
}

}  // namespace

Result<std::vector<NamedCall>> refused_calls(const std::string& machine) {
  SEFACA_TRY(target, machine_of(machine));
  std::map<int, std::string> found;
  for (const Rule& rule : rules()) {
    const int number = seccomp_syscall_resolve_name_arch(target.scmp, rule.call);
    if (number >= 0) found.emplace(number, rule.call);
  }
  std::vector<NamedCall> out;
  for (auto& [number, name] : found) out.push_back({number, std::move(name)});
  return out;
}

Result<std::vector<sock_filter>> make_filter(const FilterSpec& spec, const std::string& machine) {
  SEFACA_TRY(target, machine_of(machine));
  // The machine that builds need not know notifications (seccomp_api_set(3): level 5).
  seccomp_api_set(5);
  scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
  if (context == nullptr) return Error{.what = "libseccomp: out of memory"};
  struct Release {
    scmp_filter_ctx context;
    ~Release() { seccomp_release(context); }
  } release{context};

  if (target.scmp != seccomp_arch_native()) {
    if (int code = seccomp_arch_remove(context, SCMP_ARCH_NATIVE); code < 0)
      return failed("arch_remove", code);
    if (int code = seccomp_arch_add(context, target.scmp); code < 0)
      return failed("arch_add", code);
  }
  // A binary tree over the numbers: an allowed call passes few comparisons (seccomp_attr_set(3)).
  if (int code = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2); code < 0)
    return failed("optimize", code);

  std::vector<Rule> table = rules();
  for (Rule& rule : asked()) table.push_back(std::move(rule));
  for (const Rule& rule : table) {
    if (!applies(rule, spec)) continue;
    // A refusal that is to be named comes to the supervisor, which answers with the same errno.
    const bool notified = rule.answer == kAsk || (spec.notify != Notify::none && !rule.quiet);
    const std::uint32_t action =
        notified ? SCMP_ACT_NOTIFY : SCMP_ACT_ERRNO(static_cast<std::uint16_t>(rule.answer));
    const int number = seccomp_syscall_resolve_name_arch(target.scmp, rule.call);
    if (number < 0) continue;  // this architecture never had the call (chmod on aarch64)
    std::vector<scmp_arg_cmp> when;
    for (const Comparison& c : rule.when) when.push_back({c.argument, c.operation, c.a, c.b});
    const int code = seccomp_rule_add_array(context, action, number,
                                            static_cast<unsigned>(when.size()), when.data());
    if (code < 0 && code != -EEXIST) return failed(rule.call, code);
  }

  UniqueFd memory(memfd_create("filter", MFD_CLOEXEC));
  if (!memory) return failed("memfd_create", -errno);
  if (int code = seccomp_export_bpf(context, memory.get()); code < 0)
    return failed("export_bpf", code);
  std::vector<sock_filter> program = prologue(target, spec);
  sock_filter instruction{};
  if (lseek(memory.get(), 0, SEEK_SET) != 0) return failed("lseek", -errno);
  while (read(memory.get(), &instruction, sizeof instruction) ==
         static_cast<ssize_t>(sizeof instruction)) {
    program.push_back(instruction);
  }
  if (program.size() > BPF_MAXINSNS)
    return Error{.what = "the filter is longer than the kernel takes"};
  return program;
}

}  // namespace sefaca
