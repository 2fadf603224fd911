// Where a line of make may write and read, and what it may not write.
#include "launcher/make_paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using ::testing::ElementsAre;
using testing::Host;
using ::testing::IsEmpty;

class MakePathsTest : public ::testing::Test {
 protected:
  MakePathsTest() {
    for (const char* path : {"/home/u/p/.git", "/home/u/p/sub", "/home/u/out", "/home/u/lib/inc",
                             "/home/u/lib/src", "/srv/x/y/z", "/home/u/.ssh"})
      host.files.directory(path);
    for (const char* path :
         {"/home/u/p/Makefile", "/home/u/p/rules.mk", "/home/u/p/a.d", "/home/u/lib/src/a.c"})
      host.files.file(path);
    caller.directory = "/home/u/p";
  }
  DoorPaths paths(const std::string& line, ShellCall call = {}) {
    return make_paths(call, read_recipe_line(line), caller, host.surroundings);
  }
  Host host;
  MakeCaller caller;
};

TEST_F(MakePathsTest, TheTopAndTheNamedDirectoriesAreWritable) {
  caller.directories = {"../out", "/nowhere", "/home/u", "/"};
  host.surroundings.cwd = "/home/u/p/sub";
  EXPECT_THAT(paths("x").write, ElementsAre("/home/u/p", "/home/u/out"));
}

TEST_F(MakePathsTest, AHomeIsNoBuildsDirectory) {
  caller.directory = "/home/u";
  EXPECT_THAT(paths("x").write, IsEmpty());
}

TEST_F(MakePathsTest, TheTreeThatAConfigureScriptSetUp) {
  host.files.directory("/home/u/p/a/b").file("/home/u/p/config.status");
  caller.directory = "/home/u/p/a/b";
  EXPECT_THAT(paths("x").write, ElementsAre("/home/u/p/a/b"));  // not the user's own
  host.surroundings.uid = 0;
  EXPECT_THAT(paths("x").write, ElementsAre("/home/u/p/a/b", "/home/u/p"));
  EXPECT_THAT(paths("x").protect, ElementsAre("/home/u/p/a/b/.git", "/home/u/p/.git"));
  host.files.file("/home/u/config.status");
  caller.directory = "/home/u/q";
  EXPECT_THAT(paths("x").write, ElementsAre("/home/u/q"));  // a home is no build's directory
}

TEST_F(MakePathsTest, TheRepositoryIsProtected) {
  EXPECT_THAT(paths("x").protect, ElementsAre("/home/u/p/.git"));
}

TEST_F(MakePathsTest, MakefilesAreProtectedButForTheTargetsOwn) {
  const std::vector<std::string> list{"Makefile", "rules.mk", "a.d", "missing.mk"};
  EXPECT_THAT(paths("x", {.target = "all", .makefiles = list}).protect,
              ElementsAre("/home/u/p/.git", "/home/u/p/Makefile", "/home/u/p/rules.mk"));
  EXPECT_THAT(paths("x", {.target = "./Makefile", .makefiles = list}).protect,
              ElementsAre("/home/u/p/.git", "/home/u/p/rules.mk"));
}

TEST_F(MakePathsTest, WhatACompilerNamesOutsideIsReadable) {
  EXPECT_THAT(paths("cc -I../lib/inc -c ../lib/src/a.c -o a.o").read, ElementsAre("/home/u/lib"));
  EXPECT_THAT(paths("cc -I/usr/lib -Isub -c sub/a.c").read, IsEmpty());
  EXPECT_THAT(paths("cc -I/srv/x/y/z -c a.c").read, ElementsAre("/srv/x/y"));
  EXPECT_THAT(paths("cc -I../.. -I/ -I/home -c a.c").read, IsEmpty());
  for (const char* line :
       {"cc -Wl,--version-script,../lib/src/a.c", "cc -Wl,-O1,--version-script=../lib/src/a.c"})
    EXPECT_THAT(paths(line).read, ElementsAre("/home/u/lib")) << line;
}

}  // namespace
}  // namespace sefaca
