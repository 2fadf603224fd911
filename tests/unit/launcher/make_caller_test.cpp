// What a make's command line asks for.
#include "launcher/make_caller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sefaca {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

MakeCaller words(const std::vector<std::string>& given) {
  MakeCaller caller;
  read_make_words(given, caller);
  return caller;
}

TEST(MakeCaller, GoalsAreTheWordsThatAreNeitherOptionsNorAssignments) {
  EXPECT_THAT(words({"-j4", "all", "CC=gcc", "-k", "install"}).goals,
              ElementsAre("all", "install"));
  EXPECT_THAT(words({}).goals, IsEmpty());
  EXPECT_THAT(words({"--", "-x", "check"}).goals, ElementsAre("check"));
}

TEST(MakeCaller, ValuesOfOptionsAreNoGoals) {
  // A directory or file named `install` must not make a goal of it.
  EXPECT_THAT(words({"-C", "install", "-f", "install", "-I", "install"}).goals, IsEmpty());
  EXPECT_THAT(words({"-kC", "install", "--file", "install", "--directory", "install"}).goals,
              IsEmpty());
  EXPECT_THAT(words({"-Cinstall", "-j", "4", "-l", "2.5", "--jobs=3"}).goals, IsEmpty());
  EXPECT_THAT(words({"-j", "install"}).goals, ElementsAre("install"));
}

TEST(MakeCaller, MakefilesAndVariables) {
  EXPECT_THAT(words({"-f", "a.mk", "-kfb.mk", "--file=c.mk", "--makefile", "d.mk", "-f"}).makefiles,
              ElementsAre("a.mk", "b.mk", "c.mk", "d.mk"));
  EXPECT_THAT(words({"-C", "f", "all"}).makefiles, IsEmpty());
  EXPECT_THAT(words({"A=1", "B:=2", "A=3"}).variables,
              ElementsAre(std::pair("A", "3"), std::pair("B", "2")));
}

TEST(MakeCaller, DirectoriesOfOutput) {
  EXPECT_THAT(words({"O=/out", "BUILDDIR:=b", "OO=/no", "O="}).directories,
              ElementsAre("/out", "b"));
}

}  // namespace
}  // namespace sefaca
