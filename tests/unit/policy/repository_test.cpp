// Finding repositories: plain ones, worktrees, submodules, and `.git` files that lie.
#include "core/policy/repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fake_file_system.h"

namespace sefaca {
namespace {

using ::testing::ElementsAre;
using testing::FakeFileSystem;
using ::testing::UnorderedElementsAre;

FakeFileSystem with_worktree() {
  FakeFileSystem files;
  files.file("/main/.git/HEAD").file("/main/.git/worktrees/w/HEAD");
  files.file("/main/.git/worktrees/w/commondir", "../..\n");
  files.file("/main/.git/worktrees/w/gitdir", "/w/.git\n");
  files.file("/w/.git", "gitdir: /main/.git/worktrees/w\n").directory("/w/src");
  return files;
}

TEST(FindRepository, PlainFromBelow) {
  FakeFileSystem files;
  files.file("/r/.git/HEAD").directory("/r/a/b").directory("/elsewhere");
  const auto found = find_repository("/r/a/b", files);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->top, "/r");
  EXPECT_EQ(found->git_directory, "/r/.git");
  EXPECT_FALSE(found->linked);
  EXPECT_FALSE(find_repository("/elsewhere", files).has_value());
}

TEST(FindRepository, Worktree) {
  const FakeFileSystem files = with_worktree();
  const auto found = find_repository("/w/src", files);
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->linked);
  EXPECT_EQ(found->top, "/w");
  EXPECT_EQ(found->git_directory, "/main/.git/worktrees/w");
  EXPECT_EQ(found->common_directory, "/main/.git");
  EXPECT_THAT(git_directories(*found, files), ElementsAre("/main/.git", "/main/.git/worktrees/w"));
}

TEST(FindRepository, Submodule) {
  FakeFileSystem files;
  files.file("/r/.git/HEAD")
      .file("/r/.git/config")
      .file("/r/sub/.git", "gitdir: ../.git/modules/s");
  files.file("/r/.git/modules/s/HEAD");
  files.file("/r/.git/modules/s/config", "[core]\n\tworktree = ../../../sub\n");
  files.file("/r/.git/modules/third/party/config").file("/r/.git/modules/s/modules/n/config");
  const auto inner = find_repository("/r/sub", files);
  EXPECT_EQ(inner->common_directory, "/r/.git/modules/s");
  const auto outer = find_repository("/r", files);
  EXPECT_THAT(git_directories(*outer, files),
              UnorderedElementsAre("/r/.git", "/r/.git/modules/s", "/r/.git/modules/s/modules/n",
                                   "/r/.git/modules/third/party"));
}

TEST(FindRepository, ALinkThatIsNotPointedBackToGivesNothing) {
  // Untrusted code writes `.git` files too: none of these may make another directory writable.
  for (const char* line : {"gitdir: /home/u", "gitdir: /main/.git",
                           "gitdir: /main/.git/worktrees/w", "gitdir: /nowhere", "nonsense", ""}) {
    FakeFileSystem files = with_worktree();
    files.directory("/home/u").file("/evil/.git", line);
    const auto found = find_repository("/evil", files);
    ASSERT_TRUE(found.has_value()) << line;
    EXPECT_TRUE(found->linked);
    EXPECT_EQ(found->git_directory, "") << line;
    EXPECT_TRUE(git_directories(*found, files).empty());
  }
}

TEST(FindRepository, ACommonDirectoryThatDoesNotHoldTheWorktree) {
  FakeFileSystem files = with_worktree();
  files.directory("/victim");
  files.file("/evil/g/HEAD")
      .file("/evil/g/commondir", "/victim")
      .file("/evil/g/gitdir", "/evil/.git");
  files.file("/evil/.git", "gitdir: g");
  EXPECT_EQ(find_repository("/evil", files)->common_directory, "");
}

TEST(HoldsCredentials, InTheConfiguration) {
  FakeFileSystem files;
  files.file("/r/.git/config", "[remote \"origin\"]\n\turl = https://github.com/a/b\n");
  EXPECT_FALSE(holds_credentials(*find_repository("/r", files), files));
  files.file("/r/.git/config",
             "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic eA==\n");
  EXPECT_TRUE(holds_credentials(*find_repository("/r", files), files));
  files.file("/r/.git/config", "[remote \"o\"]\n\turl = https://u:tok@github.com/a/b\n");
  EXPECT_TRUE(holds_credentials(*find_repository("/r", files), files));
}

}  // namespace
}  // namespace sefaca
