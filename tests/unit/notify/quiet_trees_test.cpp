// Where reads need no look: the machine's own /usr, against pretended plans.
#include "core/notify/quiet_trees.h"

#include <gtest/gtest.h>

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
