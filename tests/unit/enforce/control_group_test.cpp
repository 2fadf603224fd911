// Which cgroup is made, with what in it, on hosts that are directories of the test's own; and that
// it holds, on the real kernel where that lets us.
#include "core/enforce/control_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace sefaca {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::SizeIs;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

class ControlGroupTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "group-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  // A group below a mount, as it looks from inside; `given`: controllers for the groups below it.
  void group(const std::string& path, const std::string& given = "") {
    write(root_ / path / "cgroup.procs", "");
    write(root_ / path / "cgroup.subtree_control", given);
  }
  void mounted(const std::string& point, const std::string& type, const std::string& options,
               const std::string& root = "/") {
    mountinfo_ += "30 20 0:26 " + root + " " + (root_ / point).string() + " rw,nosuid shared:4 - " +
                  type + " cgroup rw," + options + "\n";
  }
  void in(const std::string& line) { groups_ += line + "\n"; }

  ControlGroup make(const ControlGroup::Wanted& wanted) {
    write(root_ / "proc/cgroup", groups_);
    write(root_ / "proc/mountinfo", mountinfo_);
    return ControlGroup::make(wanted, root_ / "proc", [&](const std::string& directory) {
      made_.emplace_back(directory);
      for (const char* name :
           {"cgroup.procs", "tasks", "memory.max", "memory.swap.max", "memory.oom.group",
            "memory.events", "memory.stat", "memory.peak", "memory.limit_in_bytes",
            "memory.memsw.limit_in_bytes", "memory.oom_control", "memory.max_usage_in_bytes",
            "pids.max", "pids.events", "pids.current"})
        write(fs::path(directory) / name, "");
    });
  }

  fs::path root_;
  std::string groups_, mountinfo_;
  std::vector<fs::path> made_;
};

constexpr ControlGroup::Wanted kBoth{.memory_bytes = 64 << 20, .tasks = 20};

TEST_F(ControlGroupTest, IsMadeBesideTheScopeOfAUsersManager) {
  mounted("fs", "cgroup2", "nsdelegate");
  in("0::/user@1000.service/app.slice/run-1.scope");
  group("fs/user@1000.service/app.slice", "memory pids\n");
  group("fs/user@1000.service/app.slice/run-1.scope");
  const ControlGroup made = make(kBoth);
  ASSERT_THAT(made_, SizeIs(1));
  EXPECT_EQ(made_[0].parent_path(), root_ / "fs/user@1000.service/app.slice");
  EXPECT_EQ(made.memory_held_by(), "cgroup v2");
  EXPECT_EQ(made.tasks_held_by(), "cgroup v2");
  EXPECT_THAT(made.entries(), SizeIs(1));
  EXPECT_EQ(read(made_[0] / "memory.max"), "67108864");
  EXPECT_EQ(read(made_[0] / "memory.swap.max"), "0");
  EXPECT_EQ(read(made_[0] / "memory.oom.group"), "1");
  EXPECT_EQ(read(made_[0] / "pids.max"), "20");
}

TEST_F(ControlGroupTest, TakesWhatEachHierarchyHas) {
  mounted("pids", "cgroup", "pids");
  mounted("memory", "cgroup", "memory", "/docker/abc");
  mounted("unified", "cgroup2", "nsdelegate");
  in("8:pids:/");
  in("4:memory:/docker/abc/job");
  in("0::/");
  group("pids");
  group("memory/job");
  group("unified", "hugetlb\n");
  const ControlGroup made = make(kBoth);
  ASSERT_THAT(made_, SizeIs(2));
  EXPECT_EQ(made_[0].parent_path(), root_ / "memory/job");
  EXPECT_EQ(made_[1].parent_path(), root_ / "pids");
  EXPECT_EQ(made.memory_held_by(), "cgroup v1");
  EXPECT_EQ(read(made_[0] / "memory.limit_in_bytes"), "67108864");
  EXPECT_EQ(read(made_[0] / "memory.memsw.limit_in_bytes"), "67108864");
  EXPECT_EQ(read(made_[0] / "pids.max"), "");
  EXPECT_EQ(read(made_[1] / "pids.max"), "20");
}

// What a dry run says is what a run would have; and nothing was made for that.
TEST_F(ControlGroupTest, IsOnlyLookedFor) {
  mounted("fs", "cgroup2", "nsdelegate");
  in("0::/app.slice/run-1.scope");
  group("fs/app.slice", "memory pids\n");
  group("fs/app.slice/run-1.scope");
  write(root_ / "proc/cgroup", groups_);
  write(root_ / "proc/mountinfo", mountinfo_);
  {
    const ControlGroup seen = ControlGroup::look(kBoth, root_ / "proc");
    EXPECT_EQ(seen.memory_held_by(), "cgroup v2");
    EXPECT_EQ(seen.tasks_held_by(), "cgroup v2");
    EXPECT_THAT(seen.entries(), IsEmpty());
  }
  EXPECT_FALSE(ControlGroup::look({}, root_ / "proc").any());
  std::size_t found = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root_ / "fs"))
    found += entry.path().filename().string().starts_with("sf-") ? 1 : 0;
  EXPECT_EQ(found, 0U);
  EXPECT_TRUE(fs::exists(root_ / "fs/app.slice/cgroup.procs"));
}

TEST_F(ControlGroupTest, MakesNothingThatNoLimitAsksFor) {
  mounted("memory", "cgroup", "memory");
  in("4:memory:/");
  group("memory");
  EXPECT_FALSE(make({}).any());
  EXPECT_FALSE(make({.memory_bytes = {}, .tasks = 5}).any());
  EXPECT_THAT(made_, IsEmpty());
}

// In a container without a namespace of its own the path leads out of what is mounted.
TEST_F(ControlGroupTest, HoldsNothingWhereItsOwnGroupCantBeSeen) {
  mounted("memory", "cgroup", "memory", "/docker/abc");
  mounted("fs", "cgroup2", "nsdelegate");
  in("4:memory:/docker/other");
  in("0::/../elsewhere");
  group("memory");
  group("fs", "memory pids\n");
  EXPECT_FALSE(make(kBoth).any());
}

TEST_F(ControlGroupTest, ReadsWhatTheKernelCounts) {
  mounted("fs", "cgroup2", "");
  in("0::/job");
  group("fs", "memory pids\n");
  group("fs/job");
  const ControlGroup made = make(kBoth);
  ASSERT_THAT(made_, SizeIs(1));
  EXPECT_FALSE(made.memory_exceeded());
  EXPECT_FALSE(made.tasks_exceeded());
  write(made_[0] / "memory.events", "low 0\noom 3\noom_kill 1\noom_group_kill 1\n");
  write(made_[0] / "memory.stat", "anon 4096\nanon_thp 99\nfile 7\nshmem 100\n");
  write(made_[0] / "memory.peak", "5000\n");
  write(made_[0] / "pids.events", "max 2\n");
  write(made_[0] / "pids.current", "7\n");
  EXPECT_TRUE(made.memory_exceeded());
  EXPECT_TRUE(made.tasks_exceeded());
  EXPECT_EQ(made.memory_now(), 4196U);
  EXPECT_EQ(made.memory_peak(), 5000U);
  EXPECT_EQ(made.tasks_now(), 7U);
}

TEST(ControlGroupOnThisKernel, IsMadeAndRemoved) {
  std::vector<std::string> directories;
  {
    const ControlGroup made =
        ControlGroup::make({.memory_bytes = 64 << 20, .tasks = 20}, "/proc/self",
                           [&](const std::string& directory) { directories.push_back(directory); });
    if (!made.any()) GTEST_SKIP() << "no cgroup can be written here";
    for (const std::string& directory : directories) EXPECT_TRUE(fs::exists(directory));
  }
  for (const std::string& directory : directories) EXPECT_FALSE(fs::exists(directory));
}

}  // namespace
}  // namespace sefaca
