// Which process stands for a build, on process tables that are made up; and that one of many steps
// is the first.
#include "core/audit/first_of_build.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <vector>

#include "tests/unit/audit/temporary_directory.h"

namespace sefaca {
namespace {

TEST(ProcessStat, ANameMayHoldAnything) {
  const auto stat = parse_process_stat(
      "4242 (a) R 1 (b c)) S 100 200 300 34816 200 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, 4242);
  EXPECT_EQ(stat->parent, 100);
  EXPECT_EQ(stat->group, 200);
  EXPECT_EQ(stat->session, 300);
  EXPECT_EQ(stat->terminal, 34816);
  EXPECT_EQ(stat->started, 987654U);
  EXPECT_FALSE(parse_process_stat(""));
  EXPECT_FALSE(parse_process_stat("1 (x) S 1 2"));
  EXPECT_FALSE(parse_process_stat("x (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"));
}

TEST(ProcessStat, OurOwn) {
  const auto stat = process_stat(getpid());
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, getpid());
  EXPECT_EQ(stat->parent, getppid());
  EXPECT_EQ(stat->group, getpgrp());
  EXPECT_EQ(stat->session, getsid(0));
}

class BuildOf : public ::testing::Test {
 protected:
  void add(pid_t pid, pid_t parent, pid_t group, pid_t session, int terminal) {
    table_[pid] = {"make", pid, parent, group, session, terminal, 1};
  }
  [[nodiscard]] pid_t build(pid_t self) const {
    const auto found = build_of(self, [this](pid_t pid) {
      const auto row = table_.find(pid);
      return row == table_.end() ? std::nullopt : std::optional(row->second);
    });
    return found ? found->pid : 0;
  }
  std::map<pid_t, ProcessStat> table_;
};

TEST_F(BuildOf, AtATerminalTheJob) {
  add(10, 1, 10, 10, 34816);   // bash
  add(20, 10, 20, 10, 34816);  // make
  add(21, 20, 20, 10, 34816);  // make, below
  add(22, 21, 20, 10, 34816);  // sh
  add(23, 22, 20, 10, 34816);  // sefaca
  add(30, 10, 30, 10, 34816);  // ninja
  add(31, 30, 31, 10, 34816);  // sh, in a group of its own
  add(32, 31, 31, 10, 34816);  // sefaca
  add(40, 10, 40, 10, 34816);  // sefaca by itself
  EXPECT_EQ(build(23), 20);
  EXPECT_EQ(build(32), 30);
  EXPECT_EQ(build(40), 40);
}

TEST_F(BuildOf, InAScriptTheSession) {
  add(10, 1, 10, 10, 0);   // the CI job's shell
  add(20, 10, 10, 10, 0);  // ninja
  add(21, 20, 21, 10, 0);  // sh, in a group of its own
  add(22, 21, 21, 10, 0);  // sefaca
  add(30, 10, 10, 10, 0);  // sefaca by itself
  EXPECT_EQ(build(22), 10);
  EXPECT_EQ(build(30), 10);
  EXPECT_EQ(build(10), 10);
}

TEST_F(BuildOf, AContainersFirstProcessAtATerminal) {
  add(1, 0, 1, 1, 34816);  // make
  add(7, 1, 1, 1, 34816);  // sh
  add(8, 7, 1, 1, 34816);  // sefaca
  EXPECT_EQ(build(8), 1);
}

TEST_F(BuildOf, WhatCantBeSeen) {
  EXPECT_EQ(build(5), 0);
  add(5, 4, 5, 3, 0);  // its session's leader is hidden
  EXPECT_EQ(build(5), 0);
  add(3, 1, 3, 3, 34816);
  EXPECT_EQ(build(5), 3);  // its parent is
  add(4, 1, 4, 9, 0);      // left behind: the parent is of another session
  EXPECT_EQ(build(5), 3);
}

int count_firsts(const Surroundings& surroundings, int steps) {
  int firsts = 0;
  std::vector<pid_t> children;
  for (int i = 0; i < steps; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(first_of_build("test", surroundings) ? 1 : 0);
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    firsts += WEXITSTATUS(status);
  }
  return firsts;
}

// Runs `steps` steps in a session of their own.
int build_with(const Surroundings& surroundings, int steps) {
  const pid_t leader = fork();
  if (leader == 0) {
    setsid();
    _exit(count_firsts(surroundings, steps));
  }
  int status = 0;
  waitpid(leader, &status, 0);
  return WEXITSTATUS(status);
}

TEST(FirstOfBuild, OneOfManySteps) {
  const TemporaryDirectory directory;
  RealFileSystem files;
  Surroundings surroundings;
  surroundings.files = &files;
  surroundings.environment["XDG_RUNTIME_DIR"] = directory.path();
  EXPECT_EQ(build_with(surroundings, 50), 1);
  EXPECT_EQ(build_with(surroundings, 50), 1);
  // What the first build left was removed by the second.
  int left = 0;
  const std::string own = directory.at("sefaca-" + std::to_string(geteuid()));
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(own)) ++left;
  EXPECT_EQ(left, 1);
}

TEST(FirstOfBuild, AForeignOrOpenDirectoryIsNotUsed) {
  const TemporaryDirectory directory;
  RealFileSystem files;
  Surroundings surroundings;
  surroundings.files = &files;
  surroundings.environment["XDG_RUNTIME_DIR"] = directory.path();
  const std::string own = directory.at("sefaca-" + std::to_string(geteuid()));
  ASSERT_EQ(mkdir(own.c_str(), 0700), 0);
  ASSERT_EQ(chmod(own.c_str(), 0777), 0);
  EXPECT_EQ(build_with(surroundings, 3), 1);  // the one below /tmp is used
  EXPECT_TRUE(std::filesystem::is_empty(own));
}

}  // namespace
}  // namespace sefaca
