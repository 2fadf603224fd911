// Which preset a recipe's line gets.
#include "core/policy/make_rules.h"

#include <gtest/gtest.h>

#include "core/base/text.h"

namespace sefaca {
namespace {

struct Asked {
  std::string target;
  std::string line;
  std::vector<std::string> goals{};
  std::vector<MakeRule> rules{};
};

// "compiler", "development offline unlimited" …
std::string chosen(const Asked& asked) {
  const MakeChoice choice =
      choose_for_line(asked.rules, asked.target, read_recipe_line(asked.line), asked.goals);
  return concat(choice.preset, choice.offline ? " offline" : "",
                choice.unlimited ? " unlimited" : "");
}

TEST(MakeRules, CompilersAndTheirKin) {
  for (const char* line :
       {"gcc -c a.c", "/usr/bin/x86_64-linux-gnu-gcc-12 -c a.c", "clang++-14 a.cc", "ar rcs a b",
        "cc -c a.c && mv -f a.Tpo a.Po", "/bin/bash ../libtool --mode=compile gcc -c a.c",
        "bison -d x.y", "source='a.c' object='a.o' /bin/bash ../depcomp gcc -c a.c",
        "rm -f liba.a && ar cru liba.a a.o && ranlib liba.a"}) {
    EXPECT_EQ(chosen({"", line}), "compiler") << line;
  }
}

TEST(MakeRules, AnythingElseIsDevelopmentWithoutTheNetwork) {
  for (const char* line :
       {"./gen > x.h", "cc -o gen gen.c && ./gen", "python3 x.py", "echo hello", "$CC -c a.c",
        "cc a.c | tee log", "curl x; cc a.c", "./configure", "sh -c 'cc a.c'", "rm -f x"}) {
    EXPECT_EQ(chosen({"", line}), "development offline unlimited") << line;
  }
}

TEST(MakeRules, ARecursiveMakeHasNoLimits) {
  EXPECT_EQ(chosen({"", "make -C sub all"}), "development offline unlimited");
  EXPECT_EQ(chosen({"check", "cd sub && make check-am"}), "testing unlimited");
}

TEST(MakeRules, WhereTestsWereAskedForAnyLineMayBeOne) {
  EXPECT_EQ(chosen({"", "./t", {"check"}}), "development unlimited");
  EXPECT_EQ(chosen({"", "make check-am", {"all", "test"}}), "development unlimited");
  EXPECT_EQ(chosen({"", "gcc -c a.c", {"check"}}), "compiler");
  EXPECT_EQ(chosen({"", "./t", {"all"}}), "development offline unlimited");
}

TEST(MakeRules, Targets) {
  EXPECT_EQ(chosen({"test", "./t"}), "testing");
  EXPECT_EQ(chosen({"check-local", "./t"}), "testing");
  EXPECT_EQ(chosen({"check", "gcc -c a.c"}), "testing");
  EXPECT_EQ(chosen({"tests/a.o", "gcc -c a.c"}), "compiler");  // a file, no goal
  EXPECT_EQ(chosen({"test-a.o", "gcc -c a.c"}), "compiler");
  EXPECT_EQ(chosen({"contest", "gcc -c a.c"}), "compiler");
}

TEST(MakeRules, OnlyWhatTheUserAskedForIsPassedThrough) {
  EXPECT_EQ(chosen({"install", "cp a /usr/bin", {"install"}}), "pass");
  EXPECT_EQ(chosen({"install-am", "cp a /usr/bin", {"all", "install"}}), "pass");
  EXPECT_EQ(chosen({"uninstall", "rm a", {"uninstall"}}), "pass");
  // `all: install` in a Makefile.
  EXPECT_EQ(chosen({"install", "cp a /usr/bin", {"all"}}), "development offline unlimited");
  EXPECT_EQ(chosen({"install", "cp a /usr/bin"}), "development offline unlimited");
  EXPECT_EQ(chosen({"all", "gcc -c a.c", {"install"}}), "compiler");
}

TEST(MakeRules, FilesRulesComeFirst) {
  const auto rule = [](MakeRule::Kind kind, const char* pattern, const char* preset) {
    return MakeRule{.kind = kind, .pattern = pattern, .preset = preset, .origin = "/c:1:1"};
  };
  const std::vector<MakeRule> rules{
      rule(MakeRule::Kind::target, "install", "development"),
      rule(MakeRule::Kind::target, "deploy-*", "pass"),
      rule(MakeRule::Kind::target, "bench", "mine"),
      rule(MakeRule::Kind::program, "gen-*", "compiler"),
  };
  EXPECT_EQ(chosen({"install", "cp a b", {"install"}, rules}), "development");
  EXPECT_EQ(chosen({"bench", "./b", {}, rules}), "mine");
  EXPECT_EQ(chosen({"deploy-it", "./b", {"deploy-it"}, rules}), "pass");
  EXPECT_EQ(chosen({"", "./gen-x a && cc b.c", {}, rules}), "compiler");
}

TEST(MakeRules, TheChoiceSaysWhy) {
  const auto why = [](const char* target, const char* line) {
    return choose_for_line({}, target, read_recipe_line(line), {}).why;
  };
  EXPECT_EQ(why("check", "x"), "target check");
  EXPECT_EQ(why("", "cd x && gcc a.c"), "program gcc");
  EXPECT_EQ(why("", "make x"), "a recursive make");
  EXPECT_EQ(why("", "x"), "anything else");
}

}  // namespace
}  // namespace sefaca
