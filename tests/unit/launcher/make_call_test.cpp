// make's words for its shell.
#include "launcher/make_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sefaca {
namespace {

using ::testing::ElementsAre;

ShellCall call(const std::vector<std::string>& words) {
  return parse_shell_call(words);
}

TEST(MakeCall, TheLineOfMakesWords) {
  const ShellCall plain = call({"-c", "a b"});
  EXPECT_EQ(plain.line, "a b");
  EXPECT_TRUE(plain.bare);
  EXPECT_THAT(plain.words, ElementsAre("-c", "a b"));
  EXPECT_EQ(call({"-ec", "a"}).line, "a");
  EXPECT_TRUE(call({"-ec", "a"}).bare);
  EXPECT_TRUE(call({"-e", "-c", "a"}).bare);
}

TEST(MakeCall, OptionsThatTakeAWord) {
  const ShellCall strict = call({"-eu", "-o", "pipefail", "-c", "a"});
  EXPECT_EQ(strict.line, "a");
  EXPECT_FALSE(strict.bare);
  EXPECT_THAT(strict.words, ElementsAre("-eu", "-o", "pipefail", "-c", "a"));
  EXPECT_EQ(call({"-euo", "pipefail", "-c", "a"}).line, "a");
  EXPECT_EQ(call({"-xc", "a"}).bare, false);
}

TEST(MakeCall, FurtherArgumentsAreTheLines) {
  const ShellCall more = call({"-c", "echo $1", "name", "-x", "--target=y"});
  EXPECT_EQ(more.line, "echo $1");
  EXPECT_FALSE(more.bare);
  EXPECT_THAT(more.words, ElementsAre("-c", "echo $1", "name", "-x", "--target=y"));
  EXPECT_FALSE(more.target);
}

TEST(MakeCall, OurOptionsAreTakenAway) {
  const ShellCall ours = call({"--target=a b", "--makefiles= Makefile  x.mk", "-c", "a"});
  EXPECT_EQ(ours.target, "a b");
  EXPECT_THAT(ours.makefiles, ElementsAre("Makefile", "x.mk"));
  EXPECT_THAT(ours.words, ElementsAre("-c", "a"));
  EXPECT_TRUE(ours.bare);
  EXPECT_EQ(call({"--target=", "-c", "a"}).target, "");  // $(shell …)
}

TEST(MakeCall, WhatIsNotMakesIsPassedOn) {
  EXPECT_FALSE(call({"script.sh", "-c", "x"}).line);
  EXPECT_THAT(call({"script.sh", "-c", "x"}).words, ElementsAre("script.sh", "-c", "x"));
  EXPECT_FALSE(call({}).line);
  EXPECT_FALSE(call({"-c"}).line);
  EXPECT_FALSE(call({"-i"}).line);
  EXPECT_EQ(call({"-c", "--", "a"}).line, "a");
  EXPECT_FALSE(call({"--posix", "-c", "a"}).bare);
}

}  // namespace
}  // namespace sefaca
