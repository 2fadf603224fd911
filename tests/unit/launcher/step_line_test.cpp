// What of a custom step's line goes to a shell inside, in the words of CMake's generators.
#include "launcher/step_line.h"

#include <gtest/gtest.h>

#include "core/base/text.h"

namespace sefaca {
namespace {

const std::string kRule =
    "_sf_target=--target=T _sf_output=--output=\"a b\" _sf_dir=--dir=/b && _sf_own=no && ";
const RuleMarks kMarks{". '/p/custom.sh' && _sf ", ". '/p/step.sh' && "};

// A line as a shell has it; `@` stands for the rule in front of a COMMAND.
std::string line(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '@' ? concat(kRule, kMarks.custom) : std::string(1, c);
  return out;
}
std::string rest(std::string_view text, int nth = 1) {
  auto got = shell_rest(line(text), kMarks, nth);
  return got ? *got : concat("error: ", got.error().what);
}

TEST(StepLine, APlainCommandIsLaunchedByItself) {
  EXPECT_EQ(rest("cd /b && @/usr/bin/cmake -E touch x"), "");
  EXPECT_EQ(rest("cd '/b c' && @gen \"a b\" 'c;d' e\\ f --x=y"), "");
}

TEST(StepLine, WhatOnlyAShellDoesGoesInWhole) {
  EXPECT_EQ(rest("cd /b && @cd sub && tool x"), "cd sub && tool x");
  EXPECT_EQ(rest("cd /b && @gen | sort > out"), "gen | sort > out");
  EXPECT_EQ(rest("@VAR=1 tool"), "VAR=1 tool");
  EXPECT_EQ(rest("@gen > out"), "gen > out");
  EXPECT_EQ(rest("@gen $(other)"), "gen $(other)");
  EXPECT_EQ(rest("@gen || true"), "gen || true");
  EXPECT_EQ(rest("@gen & other"), "gen & other");
  EXPECT_EQ(rest("@gen *.c"), "gen *.c");
  EXPECT_EQ(rest("@:"), ":");
}

// Ninja has all of a rule in one line.
TEST(StepLine, EachCommandOfALineForItself) {
  const char* const two = "cd /b && @mkdir x && cd /b/sub && @gen x/y && @cd a && tool";
  EXPECT_EQ(rest(two, 1), "");
  EXPECT_EQ(rest(two, 2), "");
  EXPECT_EQ(rest(two, 3), "cd a && tool");
  EXPECT_EQ(rest("@mkdir x && @gen x"), "");
}

TEST(StepLine, WhatFollowsGoesInTooAndHasNoRulesThere) {
  EXPECT_EQ(rest("cd /b && @cd sub && a && @b | c && cd /b && @d"),
            "cd sub && a && b | c && cd /b && d");
}

TEST(StepLine, LinkStepsStayLaunched) {
  const std::string link = ". '/p/step.sh' && '/p/sefaca-launch' --role=link -- ld a.o && :";
  EXPECT_EQ(rest(concat("@touch before && ", link)), "");
  EXPECT_EQ(rest(concat("@touch a > b && ", link)), concat("touch a > b && ", link));
  // After a link step.
  EXPECT_EQ(rest(concat(": && ", link, " && cd /b && @prog > out")), "prog > out");
}

TEST(StepLine, QuotedOperatorsAreWords) {
  EXPECT_EQ(rest("@gen \"a && b\" 'c | d' && @other"), "");
  EXPECT_EQ(rest("@gen \"a && cd x\" && @other"), "");
}

TEST(StepLine, WhatIsNotThereIsAnError) {
  EXPECT_EQ(rest("cd /b && gen").substr(0, 6), "error:");
  EXPECT_EQ(rest("@gen", 2).substr(0, 6), "error:");
}

}  // namespace
}  // namespace sefaca
