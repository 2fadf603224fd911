// What a mount namespace is to show: of thousands of kept paths their directories.
#include "core/enforce/mount_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.h"
#include "tests/unit/fake_file_system.h"

namespace sefaca {
namespace {

using ::testing::ElementsAre;

class MountViewTest : public ::testing::Test {
 protected:
  MountViewTest() {
    surroundings.cwd = "/b";
    surroundings.files = &files;
    paths = {{.path = "/", .access = Access::read}, {.path = "/b", .access = Access::write}};
    keep("/b/Makefile");
  }
  void keep(const std::string& path) {
    files.file(path);
    paths.push_back(
        {.path = path, .access = Access::read, .kind = PathRule::Kind::protected_, .reason = "r"});
  }
  // A build tree's targets, each with two files.
  void keep_targets(int count) {
    for (int i = 0; i < count; ++i) {
      keep(concat("/b/CMakeFiles/t", std::to_string(i), ".dir/build.make"));
      keep(concat("/b/CMakeFiles/t", std::to_string(i), ".dir/flags.make"));
    }
  }
  MountView view(bool protect) const {
    return make_mount_view({.paths = paths,
                            .command = command,
                            .program = "/bin/true",
                            .private_directory = "",
                            .protect = protect},
                           surroundings);
  }
  testing::FakeFileSystem files;
  Surroundings surroundings;
  Command command{.argv = {"true"}};
  std::vector<PathRule> paths;
};

TEST_F(MountViewTest, WhatIsKeptHasAMountEach) {
  keep_targets(2);
  const MountView few = view(true);
  EXPECT_TRUE(few.joined.empty());
  for (std::size_t i = 2; i < paths.size(); ++i) EXPECT_TRUE(few.holds(paths[i])) << paths[i].path;
}

TEST_F(MountViewTest, OfThousandsTheirDirectoriesAre) {
  keep_targets(3000);
  const MountView many = view(true);
  EXPECT_LT(many.entries.size(), 300U);
  EXPECT_THAT(many.joined, ElementsAre("/b/CMakeFiles"));
  for (std::size_t i = 2; i < paths.size(); ++i) ASSERT_TRUE(many.holds(paths[i])) << paths[i].path;
  EXPECT_FALSE(many.holds(
      {.path = "/b/other/Makefile", .access = Access::read, .kind = PathRule::Kind::protected_}));
}

TEST_F(MountViewTest, WhatTheRulesetKeepsHasNone) {
  keep_targets(3000);
  const MountView none = view(false);
  EXPECT_LT(none.entries.size(), 4U);
  EXPECT_FALSE(none.holds(paths.back()));
}

}  // namespace
}  // namespace sefaca
