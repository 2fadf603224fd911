// Where reads need no look: the machine's own /usr, against pretended plans.
#include "core/notify/quiet_trees.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

namespace sefaca {
namespace {

class QuietTreesTest : public ::testing::Test {
 protected:
  QuietTreesTest() {
    plan.landlock_abi = 7;
    plan.paths = {{.path = "/usr", .access = Access::read}};
    plan.landlock.rules = {{"/usr", landlock_rights_for(Access::read)}};
  }
  bool lets_read(const std::string& path) const {
    const NativeRights native(plan);
    return QuietTrees(plan, native).lets_read(path);
  }
  LaunchPlan plan;
};

TEST_F(QuietTreesTest, WhatTheSystemHasIsRead) {
  EXPECT_TRUE(lets_read("/usr/include/stdio.h"));
  EXPECT_TRUE(lets_read("/usr/lib/gcc/x/12/../../../x/crt1.o"));
  EXPECT_TRUE(lets_read("/usr"));
  EXPECT_TRUE(lets_read("/usr//lib/./libc.so"));
}

TEST_F(QuietTreesTest, ALinkOfTheRootDirectoryIsTheTreeItLeadsTo) {
  EXPECT_TRUE(lets_read("/lib/x86_64-linux-gnu/libc.so.6"));
  EXPECT_FALSE(lets_read("/lib/../../root/.ssh/id_rsa"));
  plan.landlock.rules = {{"/lib", landlock_rights_for(Access::read)}};  // the link's own name
  EXPECT_FALSE(lets_read("/lib/x86_64-linux-gnu/libc.so.6"));
}

TEST_F(QuietTreesTest, HeadersOfTheHostsOwnAreReadWhereOnlyRootWrites) {
  const auto by_root = [](const char* directory) {
    struct stat info {};
    return ::stat(directory, &info) == 0 && info.st_uid == 0 && (info.st_mode & 022) == 0;
  };
  const bool all_by_root = by_root("/usr/local") && by_root("/usr/local/include");
  EXPECT_EQ(lets_read("/usr/local/include/stdio.h"), all_by_root);
  EXPECT_FALSE(lets_read("/usr/local/include/../bin/tool"));
}

TEST_F(QuietTreesTest, WhatLeadsOutOfTheTreeIsLookedAt) {
  EXPECT_FALSE(lets_read("/usr/../etc/shadow"));
  EXPECT_FALSE(lets_read("/usr/lib/../../root/.ssh/id_rsa"));
  EXPECT_FALSE(lets_read("/usrlocal/file"));
  EXPECT_FALSE(lets_read("/etc/passwd"));
}

TEST_F(QuietTreesTest, WhereOthersMayWriteIsLookedAt) {
  EXPECT_FALSE(lets_read("/usr/local/share/file"));
  EXPECT_FALSE(lets_read("/usr/lib/../local/share/file"));
}

TEST_F(QuietTreesTest, ATreeWithOtherRulesInsideIsLookedAt) {
  plan.paths.push_back({.path = "/usr/src/project", .access = Access::write});
  EXPECT_FALSE(lets_read("/usr/include/stdio.h"));
  plan.paths.back() = {.path = "/usr/share/keys", .access = Access::hide};
  EXPECT_FALSE(lets_read("/usr/include/stdio.h"));
}

TEST_F(QuietTreesTest, ATreeThatIsNotGrantedOrThatIsWritableIsLookedAt) {
  plan.landlock.rules = {{"/usr", landlock_rights_for(Access::write)}};
  EXPECT_FALSE(lets_read("/usr/include/stdio.h"));
  plan.landlock.rules = {{"/usr/lib", landlock_rights_for(Access::read)}};
  EXPECT_FALSE(lets_read("/usr/include/stdio.h"));
}

TEST_F(QuietTreesTest, APlaceOfItsOwnIsLookedAt) {
  plan.notify.own_places = {"/usr/tmp"};
  EXPECT_FALSE(lets_read("/usr/include/stdio.h"));
}

}  // namespace
}  // namespace sefaca
