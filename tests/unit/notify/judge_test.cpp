// The judge on calls of this very process, against pretended plans.
#include "core/notify/judge.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>

#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

using Verdict = Judged::Verdict;

class JudgeTest : public ::testing::Test {
 protected:
  JudgeTest() {
    std::string name = "/var/tmp/sefaca-judge.XXXXXX";
    root = std::filesystem::canonical(::mkdtemp(name.data())).string();
    for (const char* directory : {"/w", "/r", "/h"})
      std::filesystem::create_directory(root + directory);
    std::ofstream(root + "/w/file") << "x";
    std::ofstream(root + "/r/file") << "x";
    std::ofstream(root + "/h/key") << "x";
    std::filesystem::create_symlink("../h/key", root + "/w/innocent");
    plan.landlock_abi = 7;
    plan.paths = {{.path = "/", .access = Access::read},
                  {.path = root + "/w", .access = Access::write},
                  {.path = root + "/w/late", .access = Access::write},
                  {.path = root + "/h", .access = Access::hide, .kind = PathRule::Kind::secret}};
    plan.notify.working_directory = root + "/w";
    const std::uint64_t read = landlock_rights_for(Access::read);
    plan.landlock.rules = {{root + "/r", read}, {root + "/w", landlock_rights_for(Access::write)}};
  }
  ~JudgeTest() override { std::filesystem::remove_all(root); }

  Judged judge(long number, std::array<std::uint64_t, 6> args) {
    if (!judge_) judge_ = std::make_unique<Judge>(plan);
    seccomp_data data{};
    data.nr = static_cast<int>(number);
    for (std::size_t i = 0; i < args.size(); ++i) data.args[i] = args[i];
    return judge_->judge(Target(::gettid()), *call_shape(number), data);
  }
  static std::uint64_t at(const std::string& text) {
    return reinterpret_cast<std::uint64_t>(text.c_str());
  }
  Judged open(const std::string& path, int flags) {
    return judge(SYS_openat, {static_cast<std::uint64_t>(AT_FDCWD), at(path),
                              static_cast<std::uint64_t>(flags)});
  }

  std::string root;
  LaunchPlan plan;

 private:
  std::unique_ptr<Judge> judge_;
};

TEST_F(JudgeTest, WhatLandlockLetsThroughIsNative) {
  EXPECT_EQ(open(root + "/r/file", O_RDONLY).verdict, Verdict::native);
  EXPECT_EQ(open(root + "/w/file", O_RDWR | O_TRUNC).verdict, Verdict::native);
  EXPECT_EQ(open(root + "/w/new", O_WRONLY | O_CREAT).verdict, Verdict::native);
  EXPECT_EQ(judge(SYS_mkdirat, {static_cast<std::uint64_t>(AT_FDCWD), at(root + "/w/d")}).verdict,
            Verdict::native);
}

TEST_F(JudgeTest, WhatItStopsIsNamedByTheResolvedPath) {
  const Judged write = open(root + "/r/file", O_WRONLY);
  EXPECT_EQ(write.verdict, Verdict::stopped);
  ASSERT_TRUE(write.violation);
  EXPECT_EQ(write.violation->path, root + "/r/file");
  EXPECT_EQ(write.violation->kind, ViolationKind::filesystem_write_denied);
  const Judged secret = open(root + "/w/innocent", O_RDONLY);
  ASSERT_TRUE(secret.violation);
  EXPECT_EQ(secret.violation->kind, ViolationKind::filesystem_read_denied);
  EXPECT_EQ(secret.violation->path, root + "/h/key");
  const Judged made = open(root + "/r/new", O_WRONLY | O_CREAT);
  ASSERT_TRUE(made.violation);
  EXPECT_EQ(made.violation->path, root + "/r/new");
}

TEST_F(JudgeTest, ALinkOfADescriptorIsTheFileBehindIt) {
  const UniqueFd file(::open((root + "/r/file").c_str(), O_RDONLY | O_CLOEXEC));
  const std::string link = concat("/dev/fd/", std::to_string(file.get()));
  const Judged write = open(link, O_WRONLY);
  EXPECT_EQ(write.verdict, Verdict::stopped);
  ASSERT_TRUE(write.violation);
  EXPECT_EQ(write.violation->path, root + "/r/file");
  EXPECT_FALSE(open(link, O_WRONLY | O_NOFOLLOW).violation);  // ELOOP
}

TEST_F(JudgeTest, NothingIsInvented) {
  EXPECT_FALSE(open(root + "/h/missing", O_RDONLY).violation);
  EXPECT_FALSE(open(root + "/no/such", O_WRONLY | O_CREAT).violation);
  EXPECT_FALSE(open(root + "/r/file", O_WRONLY | O_CREAT | O_EXCL).violation);  // EEXIST
  EXPECT_FALSE(open(root + "/h/key", O_PATH).violation);
  EXPECT_FALSE(open("/proc/self/status", O_RDONLY).violation);
  const auto cwd = static_cast<std::uint64_t>(AT_FDCWD);
  EXPECT_FALSE(judge(SYS_unlinkat, {cwd, at(root + "/r/missing")}).violation);
  EXPECT_FALSE(judge(SYS_mkdirat, {cwd, at(root + "/r")}).violation);
  EXPECT_FALSE(judge(SYS_openat, {cwd, 8, O_RDONLY}).violation);  // unreadable memory
}

TEST_F(JudgeTest, APlainRefusalByTheUsersOwnRightsIsNone) {
  // Root's own rights refuse nothing.
  const bool root_runs = ::geteuid() == 0;
  std::filesystem::permissions(root, std::filesystem::perms(0755));
  std::filesystem::permissions(root + "/r/file", std::filesystem::perms::owner_read);
  std::filesystem::permissions(root + "/h/key", std::filesystem::perms::none);
  constexpr uid_t kNobody = 65534;
  if (root_runs) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const Judged write = open(root + "/r/file", O_WRONLY);
  const Judged read = open(root + "/h/key", O_RDONLY);
  if (root_runs) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_EQ(write.verdict, Verdict::stopped);
  EXPECT_FALSE(write.violation);
  EXPECT_FALSE(read.violation);
}

TEST_F(JudgeTest, RenameAndLinkLookAtBothEnds) {
  const auto cwd = static_cast<std::uint64_t>(AT_FDCWD);
  const auto move = [&](const std::string& from, const std::string& to) {
    return judge(SYS_renameat2, {cwd, at(from), cwd, at(to), 0});
  };
  EXPECT_EQ(move(root + "/w/file", root + "/w/other").verdict, Verdict::native);
  const Judged out = move(root + "/w/file", root + "/r/file2");
  ASSERT_TRUE(out.violation);
  EXPECT_EQ(out.violation->path, root + "/r/file2");
  const Judged in = move(root + "/r/file", root + "/w/file2");
  ASSERT_TRUE(in.violation);
  EXPECT_EQ(in.violation->path, root + "/r/file");
  const Judged linked = judge(SYS_linkat, {cwd, at(root + "/h/key"), cwd, at(root + "/w/key"), 0});
  ASSERT_TRUE(linked.violation);
  EXPECT_EQ(linked.violation->path, root + "/h/key");
}

TEST_F(JudgeTest, WhatThePolicyGrantsBeyondLandlockIsTheBrokers) {
  plan.landlock.rules = {{root, landlock_rights_for(Access::read)}};
  EXPECT_EQ(open(root + "/w/new", O_WRONLY | O_CREAT).verdict, Verdict::granted);
  EXPECT_EQ(open(root + "/r/new", O_WRONLY | O_CREAT).verdict, Verdict::stopped);
}

TEST_F(JudgeTest, AtPermissiveWritesOutsideAndSecretsAreLogged) {
  plan.notify.level = Level::permissive;
  plan.notify.watched = {{.path = root + "/h", .access = Access::hide}};
  plan.landlock.rules = {{"/", landlock_rights_for(Access::write)}};
  plan.paths = {{.path = "/", .access = Access::write}};
  const Judged outside = open(root + "/r/file", O_WRONLY);
  EXPECT_EQ(outside.verdict, Verdict::native);
  ASSERT_TRUE(outside.violation);
  EXPECT_FALSE(outside.violation->blocked);
  ASSERT_TRUE(open(root + "/h/key", O_RDONLY).violation);
  EXPECT_FALSE(open(root + "/w/file", O_WRONLY).violation);
  EXPECT_FALSE(open(root + "/r/file", O_RDONLY).violation);
  EXPECT_FALSE(open("/dev/null", O_WRONLY).violation);
}

}  // namespace
}  // namespace sefaca
