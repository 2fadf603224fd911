// Refusals by arguments alone: the errno, and what they are called.
#include "core/notify/refusals.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>

namespace sefaca {
namespace {

seccomp_data call(long number, std::array<std::uint64_t, 6> args = {}) {
  seccomp_data out{};
  out.nr = static_cast<int>(number);
#if defined(__x86_64__)
  out.arch = AUDIT_ARCH_X86_64;
#else
  out.arch = AUDIT_ARCH_AARCH64;
#endif
  for (std::size_t i = 0; i < args.size(); ++i) out.args[i] = args[i];
  return out;
}

LaunchPlan plan(bool network) {
  LaunchPlan out;
  out.filter.sockets = network ? SocketCalls::open : SocketCalls::refused;
  out.filter.notify = Notify::full;
  return out;
}

TEST(Refusals, TheErrnoIsThatOfTheFilterWithoutAListener) {
  EXPECT_EQ(refused_with(plan(false), call(SYS_socket, {AF_INET, SOCK_STREAM})), EACCES);
  EXPECT_EQ(refused_with(plan(true), call(SYS_socket, {AF_INET, SOCK_STREAM})), 0);
  EXPECT_EQ(refused_with(plan(true), call(SYS_mount)), EPERM);
  EXPECT_EQ(refused_with(plan(true), call(SYS_openat, {0, 0, O_RDWR})), 0);
  LaunchPlan strict = plan(false);
  strict.filter.metadata = false;
  EXPECT_EQ(refused_with(strict, call(SYS_fchmod)), EPERM);
}

TEST(Refusals, SocketsAreNamedByWhatWouldAllowThem) {
  const auto inet = name_refusal(plan(false), call(SYS_socket, {AF_INET, SOCK_STREAM}));
  ASSERT_TRUE(inet);
  EXPECT_EQ(inet->kind, ViolationKind::network_access_denied);
  EXPECT_EQ(inet->suggestion, "Use --network flag if network access needed");
  const auto raw = name_refusal(plan(false), call(SYS_socket, {AF_INET, SOCK_RAW | SOCK_CLOEXEC}));
  EXPECT_EQ(raw->kind, ViolationKind::network_access_denied);
  EXPECT_EQ(raw->suggestion, "");  // --network would not allow it
  const auto odd = name_refusal(plan(true), call(SYS_socket, {AF_INET, SOCK_RAW}));
  EXPECT_EQ(odd->kind, ViolationKind::socket_denied);
  EXPECT_EQ(odd->suggestion, "");
  const auto datagram = name_refusal(plan(false), call(SYS_socketpair, {AF_UNIX, SOCK_DGRAM}));
  EXPECT_EQ(datagram->kind, ViolationKind::socket_denied);
  EXPECT_EQ(datagram->suggestion, "Use --allow=dgram-sockets if it needs unix datagram sockets");
}

TEST(Refusals, OtherCallsAreNamedByThemselves) {
  const auto mount = name_refusal(plan(false), call(SYS_mount));
  EXPECT_EQ(mount->kind, ViolationKind::syscall_denied);
  EXPECT_EQ(mount->operation, "mount");
  EXPECT_EQ(mount->suggestion, "");
  const auto userns = name_refusal(plan(false), call(SYS_unshare, {CLONE_NEWUSER}));
  EXPECT_EQ(userns->suggestion, "Use --allow=userns if it needs user namespaces");
  EXPECT_FALSE(name_refusal(plan(false), call(SYS_read)));
}

TEST(Refusals, WhoIsScheduledStandsInOneNumber) {
  constexpr std::uint64_t kGarbage = 0xffffffff00000000ULL;  // what the kernel cuts off an int
  EXPECT_EQ(scheduled_by(call(SYS_sched_setaffinity, {kGarbage | 42})), 42);
  EXPECT_EQ(scheduled_by(call(SYS_sched_setattr, {42})), 42);
  EXPECT_EQ(scheduled_by(call(SYS_setpriority, {PRIO_PROCESS, 42})), 42);
  EXPECT_EQ(scheduled_by(call(SYS_ioprio_set, {1, 42})), 42);
  for (const seccomp_data& no_one :
       {call(SYS_setpriority, {PRIO_PGRP, 42}), call(SYS_setpriority, {PRIO_USER, 42}),
        call(SYS_ioprio_set, {2, 42}), call(SYS_ioprio_set, {3, 42}),
        call(SYS_sched_setaffinity, {0}), call(SYS_shmget, {42}), call(SYS_kill, {42})}) {
    EXPECT_FALSE(scheduled_by(no_one)) << no_one.nr;
  }
}

TEST(Refusals, WhatIsSharedIsNamedByWhatWouldAllowIt) {
  LaunchPlan apart = plan(false);
  apart.filter.sharing = false;
  for (const long number : {SYS_shmget, SYS_msgsnd, SYS_semop, SYS_mq_open}) {
    EXPECT_EQ(refused_with(apart, call(number)), ENOSYS);
    EXPECT_TRUE(name_refusal(apart, call(number))->suggestion.starts_with("Use --allow=ipc "));
  }
  EXPECT_EQ(refused_with(apart, call(SYS_sched_setaffinity, {42})), EPERM);
  const auto other = name_refusal(apart, call(SYS_sched_setaffinity, {42}));
  EXPECT_TRUE(other->suggestion.starts_with("Use --allow=ipc "));
}

}  // namespace
}  // namespace sefaca
