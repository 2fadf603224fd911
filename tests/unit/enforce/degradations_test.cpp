// The table of degradations: each row says all that it has to, and each is given by some policy on
// some host; no gap of a plan is anything else.
#include "core/enforce/degradations.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/enforce/launch_plan.h"
#include "core/policy/builder.h"
#include "tests/unit/fake_file_system.h"

namespace sefaca {
namespace {

using testing::FakeFileSystem;

Capabilities everything() {
  Capabilities host;
  host.landlock_abi = 7;
  host.seccomp_filter = host.user_notification = true;
  host.descriptor_copies = host.killable_wait = true;
  return host;
}

std::vector<Capabilities> hosts() {
  std::vector<Capabilities> out;
  const auto with = [&](const auto& change) {
    Capabilities host = everything();
    change(host);
    out.push_back(host);
    host.lose(Step::id_maps, EPERM);
    out.push_back(host);
  };
  with([](Capabilities&) {});
  for (int abi = 0; abi < 6; ++abi)
    with([&](Capabilities& host) {
      host.landlock_abi = abi;
      host.landlock_errno = ENOSYS;
    });
  with([](Capabilities& host) {
    host.landlock_abi = 0;
    host.landlock_errno = EOPNOTSUPP;
  });
  with([](Capabilities& host) {
    host.seccomp_filter = host.user_notification = false;
    host.descriptor_copies = host.killable_wait = false;
  });
  with([](Capabilities& host) {
    host.user_notification = host.descriptor_copies = host.killable_wait = false;
  });
  with([](Capabilities& host) { host.descriptor_copies = false; });
  with([](Capabilities& host) { host.listener_taken = true; });
  with([](Capabilities& host) { host.pid_namespace = false; });
  return out;
}

// Lists of options, each a policy.
const std::vector<std::vector<std::pair<std::string, std::string>>> kPolicies = {
    {},
    {{"level", "default"}},
    {{"level", "strict"}},
    {{"level", "permissive"}},
    {{"preset", "testing"}},
    {{"network", "allow"}, {"tmp", "host"}},
    {{"network", "host-loopback"}},
    {{"allow", "signals"}},
    {{"keep_background", "true"}},
    {{"log", "/work/log"}},
    {{"readonly", "/work/kept"}, {"tmp", "host"}, {"network", "deny"}},
    {{"timeout", "60"}, {"memory", "1g"}, {"pids", "100"}},
};

// All gaps of all policies on all hosts.
std::vector<Gap> all_gaps() {
  FakeFileSystem files;
  files.directory("/work/kept").directory("/tmp").directory("/dev/shm").file("/usr/bin/true");
  files.directory("/work/.git/hooks").file("/work/.git/HEAD", "ref: refs/heads/main\n");
  files.file("/work/.git/config");
  std::vector<Gap> out;
  for (const std::string cwd : {"/work", "/tmp", "/"}) {
    Surroundings surroundings;
    surroundings.cwd = cwd;
    surroundings.home = "/home/somebody";
    surroundings.environment = {{"PATH", "/usr/bin"}, {"HOME", "/home/somebody"}};
    surroundings.machine_memory_bytes = 1ULL << 30;
    surroundings.files = &files;
    const Surroundings plain = surroundings;
    const Command command{.argv = {"true"}};
    for (const auto& options : kPolicies) {
      surroundings = plain;
      if (options.empty()) {  // below a fakeroot
        surroundings.environment.emplace("FAKEROOTKEY", "1");
        surroundings.environment.emplace("LD_PRELOAD", "libfakeroot-sysv.so");
      }
      PolicyBuilder builder(surroundings);
      for (const auto& [key, value] : options) {
        Assignment assignment;
        assignment.key = key;
        assignment.values = {value};
        assignment.layer = Layer::command_line;
        assignment.origin = concat("--", key);
        builder.set(std::move(assignment));
      }
      const auto policy = builder.build(command);
      if (!policy) {
        ADD_FAILURE() << policy.error().what;
        continue;
      }
      for (const Capabilities& host : hosts()) {
        for (const auto how : {Supervision::supervised, Supervision::in_place}) {
          const LaunchPlan plan = make_launch_plan({.policy = *policy,
                                                    .command = command,
                                                    .program = "/usr/bin/true",
                                                    .capabilities = host,
                                                    .supervision = how,
                                                    .private_directory = "/tmp/s-1",
                                                    .keep_fds = {}},
                                                   surroundings);
          out.insert(out.end(), plan.gaps.begin(), plan.gaps.end());
        }
      }
    }
  }
  return out;
}

bool is_of(const Gap& gap, const Degradation& row) {
  return gap.what == row.what && gap.why.starts_with(row.lost) && gap.effect == row.effect() &&
         gap.instead == row.instead;
}

// Known only while the command runs or after it, or to the door: see where they are given.
const std::set<Lack> kNotOfAPlan = {
    Lack::unnamed_killed,     Lack::guard_unstarted,  Lack::inner_records_dropped,
    Lack::plan_in_build_tree, Lack::covers_replaced,  Lack::passed_through,
    Lack::exempted,           Lack::enclosing_decides};

TEST(Degradations, EachRowSaysAllOfIt) {
  std::set<std::string> lost;
  for (const Degradation& row : degradations()) {
    EXPECT_TRUE(lost.insert(concat(row.what, ": ", row.lost)).second) << row.lost;
    EXPECT_STRNE(row.missing, "") << row.lost;
    // What has nothing in its place leaves something open.
    EXPECT_TRUE(*row.instead != '\0' || *row.open != '\0') << row.lost;
    EXPECT_EQ(row.cure == Cure::text || row.cure == Cure::kernel, *row.remedy != '\0') << row.lost;
    EXPECT_EQ(all_remedies(row.cure, row.remedy).empty(), row.cure == Cure::none) << row.lost;
  }
}

TEST(Degradations, EachRowIsGivenAndNothingElseIs) {
  std::set<Lack> given;
  for (const Gap& gap : all_gaps()) {
    bool known = false;
    for (const Degradation& row : degradations()) {
      if (!is_of(gap, row)) continue;
      known = true;
      given.insert(row.lack);
    }
    ASSERT_TRUE(known) << gap.what << ": " << gap.why;
  }
  for (const Degradation& row : degradations())
    EXPECT_EQ(given.contains(row.lack), !kNotOfAPlan.contains(row.lack))
        << row.what << ": " << row.lost;
}

std::string remedy(Cure cure, const Capabilities& host, const FileSystem& files,
                   const char* text = "") {
  return remedy_for(cure, text, {host, files});
}

TEST(Remedies, AreCommandsForThisVeryHost) {
  Capabilities refused = everything();
  refused.lose(Step::id_maps, EPERM);
  FakeFileSystem ubuntu;
  ubuntu.file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n")
      .file("/etc/os-release", "ID=ubuntu\nVERSION_ID=\"24.04\"\n");
  EXPECT_EQ(remedy(Cure::namespaces, refused, ubuntu),
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
  EXPECT_EQ(remedy(Cure::kernel, refused, ubuntu, "6.12"),
            "a kernel from 6.12 on: sudo apt install linux-generic-hwe-24.04");
  EXPECT_EQ(remedy(Cure::namespaces, everything(), ubuntu), "");

  FakeFileSystem docker;
  docker.file("/.dockerenv").file("/proc/sys/user/max_user_namespaces", "0\n");
  EXPECT_EQ(remedy(Cure::namespaces, refused, docker),
            "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
            "--security-opt systempaths=unconfined … and, on the machine itself: "
            "sudo sysctl -w user.max_user_namespaces=10000");
  EXPECT_EQ(remedy(Cure::fresh_proc, everything(), docker),
            "docker run --security-opt systempaths=unconfined …");
  EXPECT_EQ(remedy(Cure::kernel, refused, docker, "6.12"),
            "on the machine itself: a kernel from 6.12 on");
  Capabilities no_copies = everything();
  no_copies.descriptor_copies = false;
  EXPECT_EQ(remedy(Cure::performing, no_copies, docker), "docker run --cap-add=SYS_PTRACE …");

  FakeFileSystem podman;
  podman.file("/run/.containerenv");
  EXPECT_EQ(remedy(Cure::fresh_proc, everything(), podman),
            "podman run --security-opt unmask=ALL …");
  FakeFileSystem debian;
  debian.file("/etc/os-release", "ID=debian\nVERSION_CODENAME=bookworm\n");
  EXPECT_EQ(remedy(Cure::kernel, refused, debian, "6.2"),
            "a kernel from 6.2 on: sudo apt install -t bookworm-backports linux-image-amd64");
  refused.enclosed = true;
  EXPECT_EQ(remedy(Cure::namespaces, refused, ubuntu),
            "run it outside of the sefaca that it runs in");
  EXPECT_EQ(remedy_for(Cure::performing, "", {everything(), debian, false}), "sefaca run");
  // Inside of a container that sefaca made, a command line for the engine would be nobody's.
  Capabilities own = no_copies;
  own.contained = true;
  own.lose(Step::namespaces, EPERM);
  EXPECT_EQ(remedy(Cure::namespaces, own, podman), "--backend=linux");
  EXPECT_EQ(remedy(Cure::performing, own, podman),
            "an engine whose filter lets pidfd_getfd(2) through, or --backend=linux");
}

}  // namespace
}  // namespace sefaca
