// The plan of a policy on pretended hosts: what is enforced, what is a gap, and of which kind.
#include "core/enforce/launch_plan.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>

#include "core/base/text.h"
#include "core/enforce/degradations.h"
#include "core/enforce/flat_plan.h"
#include "core/policy/builder.h"

namespace sefaca {
namespace {

class Plan {
 public:
  Plan(const std::string& key, const std::string& value, const Environment& variables = {}) {
    surroundings_.cwd = "/usr";
    surroundings_.home = "/nonexistent";
    surroundings_.environment = {{"PATH", "/usr/bin"}, {"HOME", "/nonexistent"}};
    for (const auto& [name, text] : variables) surroundings_.environment[name] = text;
    surroundings_.machine_memory_bytes = 1ULL << 30;
    surroundings_.files = &files_;
    PolicyBuilder builder(surroundings_);
    Assignment assignment;
    assignment.key = key;
    assignment.values = {value};
    assignment.layer = Layer::command_line;
    assignment.origin = concat("--", key);
    builder.set(std::move(assignment));
    command_.argv = {"true"};
    auto built = builder.build(command_);
    if (built) {
      policy_ = std::make_unique<Policy>(std::move(*built));
    } else {
      ADD_FAILURE() << built.error().what;
    }
  }

  LaunchPlan on(const Capabilities& host, Supervision supervision = Supervision::supervised) const {
    return make_launch_plan({.policy = *policy_,
                             .command = command_,
                             .program = "/usr/bin/true",
                             .capabilities = host,
                             .supervision = supervision,
                             .private_directory = {},
                             .keep_fds = {9, 5}},
                            surroundings_);
  }

 private:
  RealFileSystem files_;
  Surroundings surroundings_;
  Command command_;
  std::unique_ptr<Policy> policy_;
};

Capabilities host(int abi, int why = 0, bool seccomp = true) {
  Capabilities out;
  out.landlock_abi = abi;
  out.landlock_errno = why;
  out.seccomp_filter = seccomp;
  return out;
}

const Gap* gap(const LaunchPlan& plan, std::string_view what) {
  for (const Gap& one : plan.gaps)
    if (one.what == what) return &one;
  return nullptr;
}

TEST(LaunchPlan, WithoutLandlockFilesAreAGapWithItsCause) {
  const Plan compiler("preset", "compiler");
  const LaunchPlan absent = compiler.on(host(0, ENOSYS));
  ASSERT_NE(gap(absent, "files"), nullptr);
  EXPECT_TRUE(gap(absent, "files")->why.starts_with("this kernel has no Landlock; "));
  EXPECT_EQ(gap(absent, "files")->effect, Gap::Effect::weaker);
  EXPECT_FALSE(absent.enforced.contains("files"));
  const LaunchPlan off = compiler.on(host(0, EOPNOTSUPP));
  EXPECT_TRUE(gap(off, "files")->why.starts_with("Landlock is switched off on this kernel; "));
  EXPECT_FALSE(off.enforces_nothing());
  EXPECT_TRUE(compiler.on(host(0, ENOSYS, false)).enforces_nothing());
}

TEST(LaunchPlan, NothingIsClaimedThatTheAbiLacks) {
  const Plan compiler("preset", "compiler");
  EXPECT_NE(gap(compiler.on(host(1)), "rename"), nullptr);
  EXPECT_NE(gap(compiler.on(host(2)), "truncate"), nullptr);
  EXPECT_NE(gap(compiler.on(host(4)), "device_ioctls"), nullptr);
  const LaunchPlan old = compiler.on(host(5));
  EXPECT_NE(gap(old, "signals"), nullptr);
  EXPECT_NE(gap(old, "supervisor_killed"), nullptr);
  EXPECT_FALSE(old.enforced.contains("signals"));
  const LaunchPlan now = compiler.on(host(7));
  for (const char* what : {"files", "rename", "truncate", "device_ioctls", "signals"})
    EXPECT_EQ(gap(now, what), nullptr) << what;
  EXPECT_TRUE(now.enforced.contains("signals"));
  EXPECT_TRUE(now.enforced.contains("abstract_sockets"));
}

Capabilities with_listener(Capabilities host) {
  host.user_notification = host.descriptor_copies = host.killable_wait = true;
  return host;
}

Capabilities without_namespaces(Capabilities host) {
  host.lose(Step::id_maps, EPERM);
  return host;
}

TEST(LaunchPlan, ALoopbackIsANetworkNamespace) {
  const LaunchPlan plan = Plan("level", "default").on(host(7));
  EXPECT_EQ(gap(plan, "network"), nullptr);
  EXPECT_TRUE(plan.namespaces.network);
  EXPECT_TRUE(plan.filter.network());
  EXPECT_EQ(plan.tcp, 0U);
  EXPECT_EQ(plan.enforced.at("namespaces"), "user, mount, pid, network, ipc");
  EXPECT_EQ(gap(plan, "metadata"), nullptr);
}

TEST(LaunchPlan, NoNamespaceIsPaidForThatThePolicyDoesNotNeed) {
  const LaunchPlan plan = Plan("preset", "compiler").on(host(7));
  EXPECT_FALSE(plan.namespaces.any());
  EXPECT_EQ(FlatPlan(plan).child().namespaces.flags, 0U);
}

TEST(LaunchPlan, WhatIsSharedIsApartRefusedOrNamed) {
  // Only what is listed can be reached: what is shared with the host's processes is not.
  for (const char* preset : {"compiler", "network-client"}) {
    const LaunchPlan plan = Plan("preset", preset).on(with_listener(host(7)));
    EXPECT_FALSE(plan.filter.sharing) << preset;
    EXPECT_FALSE(plan.weaker_than_policy()) << preset;
    EXPECT_EQ(plan.enforced.at("ipc"), "seccomp (refused)");
  }
  for (const char* preset : {"testing", "development"}) {
    const LaunchPlan plan = Plan("preset", preset).on(with_listener(host(7)));
    EXPECT_TRUE(plan.filter.sharing) << preset;
    EXPECT_FALSE(plan.weaker_than_policy()) << preset;
    EXPECT_EQ(plan.enforced.at("ipc"), "ipc namespace");
  }
  // Without namespaces tests go on working, and the remedy is the host's.
  const LaunchPlan plan = Plan("preset", "testing").on(without_namespaces(host(7)));
  for (const char* what : {"ipc", "scheduling"}) {
    ASSERT_NE(gap(plan, what), nullptr) << what;
    EXPECT_EQ(gap(plan, what)->remedy,
              remedy_for(Cure::namespaces, "", {without_namespaces(host(7)), RealFileSystem()}));
  }
  // Who allows it gets it, with no claim and no complaint.
  const LaunchPlan allowed = Plan("allow", "ipc").on(host(7));
  EXPECT_TRUE(allowed.filter.sharing);
  EXPECT_FALSE(allowed.namespaces.ipc);
  EXPECT_FALSE(allowed.enforced.contains("ipc"));
  EXPECT_EQ(gap(allowed, "ipc"), nullptr);
}

TEST(LaunchPlan, FakerootOutsideIsReachedAndNamed) {
  const Environment fakeroot = {{"FAKEROOTKEY", "123"}, {"LD_PRELOAD", "libfakeroot-sysv.so"}};
  for (const char* preset : {"compiler", "development"}) {
    const LaunchPlan plan = Plan("preset", preset, fakeroot).on(with_listener(host(7)));
    EXPECT_TRUE(plan.filter.sharing) << preset;
    EXPECT_FALSE(plan.namespaces.ipc) << preset;
    ASSERT_NE(gap(plan, "ipc"), nullptr) << preset;
    EXPECT_EQ(gap(plan, "ipc")->effect, Gap::Effect::weaker) << preset;
  }
  const Environment no_library = {{"FAKEROOTKEY", "123"}};
  EXPECT_FALSE(Plan("preset", "compiler", no_library).on(host(7)).filter.sharing);
}

TEST(LaunchPlan, RootWithItsCapabilitiesNeedsNoUserNamespace) {
  Capabilities root = host(7);
  root.root = root.admin = true;
  const LaunchPlan plan = Plan("level", "default").on(root);
  EXPECT_FALSE(plan.namespaces.user);
  EXPECT_TRUE(plan.namespaces.mount);
  root.admin = false;
  EXPECT_TRUE(Plan("level", "default").on(root).namespaces.maps_by_parent);
}

TEST(LaunchPlan, WithoutAFreshProcThereIsNoPidNamespace) {
  Capabilities masked = host(7);
  masked.lose(Step::proc, EPERM);
  const LaunchPlan plan = Plan("level", "default").on(masked);
  EXPECT_EQ(plan.enforced.at("namespaces"), "user, mount, network, ipc");
  ASSERT_NE(gap(plan, "scheduling"), nullptr);
  EXPECT_EQ(gap(plan, "scheduling")->remedy,
            remedy_for(Cure::fresh_proc, "", {host(7), RealFileSystem()}));
  EXPECT_EQ(gap(plan, "ipc"), nullptr);
  EXPECT_FALSE(plan.namespaces.fresh_proc);
}

TEST(LaunchPlan, ALoopbackFallsToNoNetworkAndSaysSo) {
  const LaunchPlan plan = Plan("level", "default").on(without_namespaces(host(7)));
  ASSERT_NE(gap(plan, "network"), nullptr);
  EXPECT_EQ(gap(plan, "network")->effect, Gap::Effect::narrower);
  EXPECT_FALSE(plan.filter.network());
  EXPECT_NE(plan.tcp, 0U);
}

TEST(LaunchPlan, WithoutNamespacesTheSupervisorDecidesALoopback) {
  const Capabilities weak = without_namespaces(with_listener(host(7)));
  const LaunchPlan plan = Plan("level", "default").on(weak);
  EXPECT_EQ(plan.filter.sockets, SocketCalls::decided);
  EXPECT_TRUE(plan.notify.decides);
  EXPECT_NE(plan.tcp, 0U);  // Landlock stands behind it
  // Who comes in from this machine can't be told apart.
  ASSERT_NE(gap(plan, "network"), nullptr);
  EXPECT_EQ(gap(plan, "network")->effect, Gap::Effect::weaker);
  // Without its supervisor there is none.
  const LaunchPlan alone = Plan("level", "default").on(weak, Supervision::in_place);
  EXPECT_EQ(alone.filter.sockets, SocketCalls::refused);
  EXPECT_EQ(gap(alone, "network")->effect, Gap::Effect::narrower);
}

TEST(LaunchPlan, TheHostsLoopbackIsDecidedWithNamespacesAndWithout) {
  for (const Capabilities& host :
       {with_listener(host(7)), without_namespaces(with_listener(host(7)))}) {
    const LaunchPlan plan = Plan("network", "host-loopback").on(host);
    EXPECT_FALSE(plan.namespaces.network);
    EXPECT_EQ(plan.filter.sockets, SocketCalls::decided);
    EXPECT_EQ(gap(plan, "network"), nullptr);
    EXPECT_NE(plan.tcp, 0U);
  }
  Capabilities no_copies = with_listener(host(7));
  no_copies.descriptor_copies = false;
  const LaunchPlan none = Plan("network", "host-loopback").on(no_copies);
  EXPECT_EQ(none.filter.sockets, SocketCalls::refused);
  EXPECT_EQ(gap(none, "network")->effect, Gap::Effect::narrower);
}

TEST(LaunchPlan, AnAllowedNetworkLeavesUnixSocketsOpen) {
  const LaunchPlan plan = Plan("network", "allow").on(host(7));
  EXPECT_TRUE(plan.filter.network());
  EXPECT_EQ(plan.tcp, 0U);
  ASSERT_NE(gap(plan, "unix_sockets"), nullptr);
  EXPECT_EQ(gap(plan, "unix_sockets")->effect, Gap::Effect::weaker);
  EXPECT_FALSE(plan.enforced.contains("unix_sockets"));
}

TEST(LaunchPlan, StrictHoldsWithoutNamespaces) {
  const LaunchPlan plan = Plan("level", "strict").on(without_namespaces(host(7)));
  EXPECT_FALSE(plan.weaker_than_policy());
  EXPECT_FALSE(plan.filter.metadata);
  EXPECT_EQ(plan.keep_capabilities, 0U);
  EXPECT_TRUE(Plan("level", "strict").on(without_namespaces(host(5))).weaker_than_policy());
}

TEST(LaunchPlan, InPlaceNothingIsPromisedThatNeedsASupervisor) {
  const LaunchPlan plan = Plan("preset", "compiler").on(host(7), Supervision::in_place);
  for (const char* what : {"timeout", "memory", "processes"}) {
    EXPECT_NE(gap(plan, what), nullptr) << what;
    EXPECT_FALSE(plan.enforced.contains(what)) << what;
  }
  EXPECT_FALSE(plan.die_with_parent);
}

TEST(LaunchPlan, KeptDescriptorsAreInOrder) {
  EXPECT_EQ(Plan("preset", "compiler").on(host(7)).keep_fds, (std::vector<int>{5, 9}));
}

TEST(LaunchPlan, TheFlatFormHoldsTheSame) {
  const LaunchPlan plan = Plan("preset", "compiler").on(host(7));
  FlatPlan flat(plan);
  EXPECT_STREQ(flat.child().program, "/usr/bin/true");
  EXPECT_STREQ(flat.child().argv[0], "true");
  EXPECT_EQ(flat.child().argv[1], nullptr);
  EXPECT_STREQ(flat.child().script_argv[0], "/bin/sh");
  EXPECT_EQ(flat.child().rule_count, plan.landlock.rules.size());
  EXPECT_EQ(flat.child().ruleset_size, 24U);
  const LaunchPlan third = Plan("preset", "compiler").on(host(3));
  EXPECT_EQ(FlatPlan(third).child().ruleset_size, 8U);
  const LaunchPlan fourth = Plan("preset", "compiler").on(host(4));
  EXPECT_EQ(FlatPlan(fourth).child().ruleset_size, 16U);
}

}  // namespace
}  // namespace sefaca
