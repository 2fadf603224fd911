// The filters: equal to what libseccomp gives now, and each refusal evaluated.
#include "core/enforce/filters/filters.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/enforce/filters/evaluate.h"
#include "core/enforce/filters/filter_rules.h"

namespace sefaca {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArch = AUDIT_ARCH_X86_64;
constexpr char kMachine[] = "x86_64";
#else
constexpr std::uint32_t kArch = AUDIT_ARCH_AARCH64;
constexpr char kMachine[] = "aarch64";
#endif

std::uint32_t answer(const FilterSpec& spec, long call, std::array<std::uint64_t, 6> args = {},
                     std::uint32_t arch = kArch) {
  seccomp_data data{};
  data.nr = static_cast<int>(call);
  data.arch = arch;
  for (std::size_t i = 0; i < args.size(); ++i) data.args[i] = args[i];
  return evaluate_filter(filter_for(spec), data);
}

constexpr std::uint32_t refused(int code) {
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(code);
}
constexpr std::uint32_t kAllowed = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kNotified = SECCOMP_RET_USER_NOTIF;
constexpr std::uint64_t kGarbage = 0xffffffff00000000ULL;  // what the kernel cuts off an int

TEST(Filters, EqualWhatLibseccompGivesNow) {
  for (std::size_t i = 0; i < kFilterCount; ++i) {
    const auto fresh = make_filter(FilterSpec::at(i), kMachine);
    ASSERT_TRUE(fresh.ok()) << fresh.error().what;
    const auto carried = filter_for(FilterSpec::at(i));
    ASSERT_EQ(fresh->size(), carried.size()) << "filter " << i;
    for (std::size_t k = 0; k < carried.size(); ++k) {
      EXPECT_EQ(0, std::memcmp(&(*fresh)[k], &carried[k], sizeof carried[k])) << i << ":" << k;
    }
  }
}

TEST(Filters, IndexAndSpecAreInverse) {
  for (std::size_t i = 0; i < kFilterCount; ++i) EXPECT_EQ(FilterSpec::at(i).index(), i);
}

TEST(Filters, AnotherArchitecturesEntryKills) {
  EXPECT_EQ(answer({}, SYS_getpid, {}, AUDIT_ARCH_I386), SECCOMP_RET_KILL_PROCESS);
}

TEST(Filters, X32AndNewerCallsAreUnknown) {
  EXPECT_EQ(answer({}, 0x40000000 | SYS_getpid), refused(ENOSYS));
  EXPECT_EQ(answer({}, 463), refused(ENOSYS));
  EXPECT_EQ(answer({}, 462), kAllowed);
}

TEST(Filters, OrdinaryCallsPass) {
  for (long call : {SYS_read, SYS_write, SYS_close, SYS_fstat, SYS_mmap, SYS_futex, SYS_ptrace})
    for (std::size_t i = 0; i < kFilterCount; ++i)
      EXPECT_EQ(answer(FilterSpec::at(i), call), kAllowed) << call;
  for (long call : {SYS_openat, SYS_execve}) {
    for (std::size_t i = 0; i < kFilterCount; ++i) {
      const bool all = FilterSpec::at(i).notify == Notify::full;
      EXPECT_EQ(answer(FilterSpec::at(i), call), all ? kNotified : kAllowed) << call;
    }
  }
}

struct Refusal {
  long call;
  std::array<std::uint64_t, 6> args;
  std::uint32_t expected;
};

class EveryFilter : public ::testing::TestWithParam<Refusal> {};
TEST_P(EveryFilter, Refuses) {
  for (std::size_t i = 0; i < kFilterCount; ++i) {
    const FilterSpec spec = FilterSpec::at(i);
    const bool named = spec.notify != Notify::none;
    EXPECT_EQ(answer(spec, GetParam().call, GetParam().args),
              named ? kNotified : GetParam().expected)
        << "call " << GetParam().call << ", filter " << i;
    // What the supervisor then answers with.
    EXPECT_EQ(answer(spec.without_listener(), GetParam().call, GetParam().args),
              GetParam().expected);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Table, EveryFilter,
    ::testing::Values(
        Refusal{SYS_io_uring_setup, {}, refused(ENOSYS)}, Refusal{SYS_bpf, {}, refused(EPERM)},
        Refusal{SYS_userfaultfd, {}, refused(EPERM)}, Refusal{SYS_mount, {}, refused(EPERM)},
        Refusal{SYS_open_by_handle_at, {}, refused(EPERM)}, Refusal{SYS_setns, {}, refused(EPERM)},
        Refusal{SYS_ioctl, {0, TIOCSTI}, refused(EPERM)},
        Refusal{SYS_ioctl, {0, kGarbage | TIOCSTI}, refused(EPERM)},
        Refusal{SYS_ioctl, {0, 0x541C}, refused(EPERM)},
        Refusal{SYS_ioctl, {3, 0x40086602}, refused(EPERM)},
        Refusal{SYS_socket, {40 /* AF_VSOCK */, SOCK_STREAM}, refused(EAFNOSUPPORT)},
        Refusal{SYS_socket, {AF_PACKET, SOCK_RAW}, refused(EAFNOSUPPORT)},
        Refusal{SYS_socket, {AF_ALG, SOCK_SEQPACKET}, refused(EAFNOSUPPORT)},
        Refusal{SYS_sendto, {0, 0, 0, MSG_FASTOPEN}, refused(EOPNOTSUPP)},
        Refusal{SYS_setsockopt, {0, 0, 4}, refused(EPERM)},
        Refusal{SYS_setsockopt, {0, 41, 57}, refused(EPERM)},
        Refusal{SYS_prlimit64, {1, 0, 1}, refused(EPERM)}));

TEST(Filters, LimitsOfOneselfAndReadingOthersPass) {
  EXPECT_EQ(answer({}, SYS_prlimit64, {0, 0, 1}), kAllowed);
  EXPECT_EQ(answer({}, SYS_prlimit64, {1, 0, 0}), kAllowed);
}

TEST(Filters, WithoutTheNetworkOnlyUnixSocketsAreMade) {
  const FilterSpec deny{};
  EXPECT_EQ(answer(deny, SYS_socket, {AF_INET, SOCK_STREAM}), refused(EACCES));
  EXPECT_EQ(answer(deny, SYS_socket, {AF_INET6, SOCK_DGRAM}), refused(EACCES));
  EXPECT_EQ(answer(deny, SYS_socket, {AF_NETLINK, SOCK_RAW, 0}), refused(EAFNOSUPPORT));
  EXPECT_EQ(answer(deny, SYS_socket, {AF_UNIX, SOCK_STREAM}), kAllowed);
  EXPECT_EQ(answer(deny, SYS_socketpair, {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC}), kAllowed);
  EXPECT_EQ(answer(deny, SYS_connect), refused(EACCES));
  // The family's upper half is cut off by the kernel: garbage there must not open anything.
  EXPECT_NE(answer(deny, SYS_socket, {kGarbage | AF_INET, SOCK_STREAM}), kAllowed);
}

TEST(Filters, WithTheNetworkOddProtocolsAreStillRefused) {
  const FilterSpec allow{.sockets = SocketCalls::open};
  EXPECT_EQ(answer(allow, SYS_socket, {AF_INET, SOCK_STREAM, 6}), kAllowed);
  EXPECT_EQ(answer(allow, SYS_socket, {AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK}), kAllowed);
  EXPECT_EQ(answer(allow, SYS_socket, {AF_NETLINK, SOCK_RAW, 0}), kAllowed);
  EXPECT_EQ(answer(allow, SYS_connect), kAllowed);
  EXPECT_EQ(answer(allow, SYS_socket, {AF_NETLINK, SOCK_RAW, 12}), refused(EAFNOSUPPORT));
  EXPECT_EQ(answer(allow, SYS_socket, {AF_INET, SOCK_RAW | SOCK_CLOEXEC, 1}), refused(EPERM));
  EXPECT_EQ(answer(allow, SYS_socket, {AF_INET, SOCK_DGRAM, 1}), refused(EPERM));
  EXPECT_EQ(answer(allow, SYS_socket, {AF_INET6, SOCK_DGRAM, 58}), refused(EPERM));
  EXPECT_EQ(answer(allow, SYS_socket, {AF_INET, SOCK_STREAM, 262}), refused(EPROTONOSUPPORT));
  EXPECT_EQ(answer(allow, SYS_socket, {AF_INET, SOCK_STREAM, kGarbage | 262}),
            refused(EPROTONOSUPPORT));
  EXPECT_EQ(answer(allow, SYS_socket, {AF_INET6, SOCK_STREAM, 132}), refused(EPROTONOSUPPORT));
}

TEST(Filters, FastOpenIsNoWayRoundConnect) {
  for (std::size_t i = 0; i < kFilterCount; ++i) {
    const FilterSpec spec = FilterSpec::at(i);
    const std::uint32_t said = answer(spec, SYS_sendmsg, {0, 0, MSG_FASTOPEN | MSG_NOSIGNAL});
    const bool decided = spec.sockets == SocketCalls::decided;
    EXPECT_EQ(said, spec.notify != Notify::none ? kNotified
                    : decided                   ? refused(EACCES)
                                                : refused(EOPNOTSUPP))
        << i;
  }
}

TEST(Filters, WhereTheSupervisorDecidesEachCallWithAnAddressIsItsOwn) {
  const FilterSpec bare{.sockets = SocketCalls::decided};
  const FilterSpec told{.sockets = SocketCalls::decided, .notify = Notify::summary};
  EXPECT_EQ(answer(bare, SYS_socket, {AF_INET, SOCK_STREAM}), kAllowed);
  EXPECT_EQ(answer(bare, SYS_socket, {AF_NETLINK, SOCK_RAW, 0}), refused(EAFNOSUPPORT));
  for (const long call :
       std::initializer_list<long>{SYS_connect, SYS_bind, SYS_listen, SYS_sendmsg, SYS_sendmmsg}) {
    EXPECT_EQ(answer(bare, call), refused(EACCES)) << call;
    EXPECT_EQ(answer(told, call), kNotified) << call;
  }
  EXPECT_EQ(answer(bare, SYS_sendto, {0, 0, 0, 0, 4711}), refused(EACCES));
  EXPECT_EQ(answer(told, SYS_sendto, {0, 0, 0, 0, 1ULL << 40}), kNotified);
  EXPECT_EQ(answer(told, SYS_sendto, {0, 0, 0, 0, 0}), kAllowed);
  // Groups are told to the network.
  EXPECT_EQ(answer(bare, SYS_setsockopt, {0, 0, 35}), refused(ENODEV));
  EXPECT_EQ(answer(bare, SYS_setsockopt, {0, 41, 20}), refused(ENODEV));
}

TEST(Filters, WatchedIsOpenButForWhatIsToldOfAddresses) {
  const FilterSpec bare{.sockets = SocketCalls::watched};
  const FilterSpec told{.sockets = SocketCalls::watched, .notify = Notify::summary};
  EXPECT_EQ(answer(bare, SYS_sendto, {0, 0, 0, 0, 4711}), kAllowed);
  EXPECT_EQ(answer(told, SYS_sendto, {0, 0, 0, 0, 4711}), kNotified);
  EXPECT_EQ(answer(told, SYS_sendto, {0, 0, 0, 0, 0}), kAllowed);
  EXPECT_EQ(answer(told, SYS_sendmsg), kAllowed);
  EXPECT_EQ(answer(told, SYS_listen), kAllowed);
}

TEST(Filters, EachBitLiftsItsOwnRules) {
  const std::array<std::uint64_t, 6> newuser{CLONE_NEWUSER | 17};
  EXPECT_EQ(answer({}, SYS_clone, newuser), refused(EPERM));
  EXPECT_EQ(answer({}, SYS_unshare, {CLONE_NEWUSER}), refused(EPERM));
  EXPECT_EQ(answer({}, SYS_clone3), refused(ENOSYS));
  EXPECT_EQ(answer({.userns = true}, SYS_clone, newuser), kAllowed);
  EXPECT_EQ(answer({}, SYS_clone, {17}), kAllowed);
  EXPECT_EQ(answer({}, SYS_keyctl), refused(ENOSYS));
  EXPECT_EQ(answer({.keyrings = true}, SYS_keyctl), kAllowed);
  EXPECT_EQ(answer({}, SYS_socket, {AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC}), refused(EACCES));
  EXPECT_EQ(answer({}, SYS_socketpair, {AF_UNIX, SOCK_RAW}), refused(EACCES));
  EXPECT_EQ(answer({.datagrams = true}, SYS_socket, {AF_UNIX, SOCK_DGRAM}), kAllowed);
  for (const long call :
       std::initializer_list<long>{SYS_fchmodat, SYS_fchownat, SYS_utimensat, SYS_setxattr, 452}) {
    EXPECT_EQ(answer({.metadata = false}, call), refused(EPERM)) << call;
    EXPECT_EQ(answer({.metadata = true}, call), kAllowed) << call;
  }
}

TEST(Filters, WhatIsSharedWithTheHostIsRefusedWhereNoNamespaceKeepsItApart) {
  for (const Notify notify : {Notify::none, Notify::summary, Notify::full}) {
    const FilterSpec apart{.sharing = false, .notify = notify};
    const FilterSpec shared{.sharing = true, .notify = notify};
    for (const long call :
         std::initializer_list<long>{SYS_shmget, SYS_msgget, SYS_semget, SYS_mq_open})
      EXPECT_EQ(answer(shared, call), kAllowed) << call;
    EXPECT_EQ(answer(shared, SYS_setpriority, {0, 4711}), kAllowed);
    EXPECT_EQ(answer(apart, SYS_setpriority, {0, 0}), kAllowed);
    EXPECT_EQ(answer(apart, SYS_sched_setaffinity, {0}), kAllowed);
    EXPECT_EQ(answer(apart, SYS_ioprio_set, {1, 0}), kAllowed);
    EXPECT_NE(answer(apart, SYS_shmget), kAllowed);
    EXPECT_NE(answer(apart, SYS_mq_open), kAllowed);
    EXPECT_NE(answer(apart, SYS_setpriority, {0, 4711}), kAllowed);
    EXPECT_NE(answer(apart, SYS_setpriority, {2, 0}), kAllowed);
    EXPECT_NE(answer(apart, SYS_ioprio_set, {1, 4711}), kAllowed);
    EXPECT_NE(answer(apart, SYS_sched_setaffinity, {4711}), kAllowed);
    EXPECT_NE(answer(apart, SYS_sched_setscheduler, {4711}), kAllowed);
  }
}

TEST(Filters, WithAListenerWhatWritesIsNotifiedAndTheRestOnlyInFull) {
  for (const bool network : {false, true}) {
    const SocketCalls sockets = network ? SocketCalls::open : SocketCalls::refused;
    const FilterSpec summary{.sockets = sockets, .notify = Notify::summary};
    const FilterSpec full{.sockets = sockets, .notify = Notify::full};
    for (const std::uint64_t flags : {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_RDWR | O_TMPFILE}) {
      EXPECT_EQ(answer(summary, SYS_openat, {0, 0, flags}), kNotified) << flags;
      EXPECT_EQ(answer(summary, SYS_openat, {0, 0, kGarbage | flags}), kNotified) << flags;
    }
    EXPECT_EQ(answer(summary, SYS_openat, {0, 0, O_RDONLY | O_CLOEXEC}), kAllowed);
    EXPECT_EQ(answer(full, SYS_openat, {0, 0, O_RDONLY | O_CLOEXEC}), kNotified);
    EXPECT_EQ(answer(full, SYS_execve), kNotified);
    for (const FilterSpec& spec : {summary, full}) {
      for (const long call : std::initializer_list<long>{
               SYS_unlinkat, SYS_mkdirat, SYS_mknodat, SYS_renameat2, SYS_linkat, SYS_symlinkat,
               SYS_truncate, SYS_fchmod, SYS_fchownat, SYS_utimensat, SYS_fsetxattr, 452,
               SYS_connect, SYS_bind})
        EXPECT_EQ(answer(spec, call), kNotified) << call;
      // No violation, so never notified: every start of a thread, every look-up of a name.
      EXPECT_EQ(answer(spec, SYS_clone3), refused(ENOSYS));
      EXPECT_EQ(answer(spec, SYS_openat2), refused(ENOSYS));
      const std::uint32_t route = answer(spec, SYS_socket, {AF_NETLINK, SOCK_RAW, 0});
      EXPECT_EQ(route, network ? kAllowed : refused(EAFNOSUPPORT));
    }
  }
}

TEST(Filters, TheMachineNeverAllowsWhatItDoesNotKnow) {
  const seccomp_data data{};
  EXPECT_EQ(evaluate_filter({}, data), SECCOMP_RET_KILL_PROCESS);
  constexpr sock_filter kUnknown[] = {{BPF_ST, 0, 0, 0},
                                      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  EXPECT_EQ(evaluate_filter(kUnknown, data), SECCOMP_RET_KILL_PROCESS);
  constexpr sock_filter kOutside[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, sizeof data - 2},
                                      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  EXPECT_EQ(evaluate_filter(kOutside, data), SECCOMP_RET_KILL_PROCESS);
}

}  // namespace
}  // namespace sefaca
