// What is understood of a recipe's line: the plain ones, the programs, and what is not understood.
#include "core/policy/recipe_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.h"

namespace sefaca {
namespace {

using ::testing::ElementsAre;

std::string programs(std::string_view line) {
  const RecipeLine read = read_recipe_line(line);
  return concat(join(read.programs, " "), read.complete ? "" : " ?");
}

TEST(RecipeLine, APlainLineIsItsWords) {
  EXPECT_THAT(read_recipe_line("gcc -c -o a.o a.c").argv,
              ElementsAre("gcc", "-c", "-o", "a.o", "a.c"));
  EXPECT_THAT(read_recipe_line("  gcc\t-c  ").argv, ElementsAre("gcc", "-c"));
  EXPECT_THAT(read_recipe_line("gcc \\\n  -c").argv, ElementsAre("gcc", "-c"));
}

TEST(RecipeLine, QuotesAreTakenAwayAsAShellDoes) {
  EXPECT_THAT(read_recipe_line(R"(cc -DN='"a b"' -DX=\"q\" "x y" '')").argv,
              ElementsAre("cc", "-DN=\"a b\"", "-DX=\"q\"", "x y", ""));
  EXPECT_THAT(read_recipe_line(R"(cc "a\"b\\c\n" a\ b)").argv,
              ElementsAre("cc", "a\"b\\c\\n", "a b"));
}

TEST(RecipeLine, WhatAShellMustDoIsNotPlain) {
  for (const char* line : {"a; b",
                           "a && b",
                           "a | b",
                           "a > f",
                           "a < f",
                           "a 2>&1",
                           "a &",
                           "(a)",
                           "{ a; }",
                           "a $X",
                           "a \"$X\"",
                           "a `b`",
                           "a $(b)",
                           "a *.c",
                           "a a?c",
                           "a [ab]",
                           "a ~/x",
                           "a {b,c}",
                           "X=1 a",
                           "cd x",
                           "echo a",
                           "test -f a",
                           ": a",
                           "! a",
                           "exec a",
                           "a # comment",
                           "if a; then b; fi",
                           "a 'unfinished",
                           "a \"unfinished",
                           "a \\",
                           "a\nb",
                           "X=1",
                           "",
                           "true",
                           "[ -f x ]",
                           "command a",
                           "=x a b; c"}) {
    EXPECT_THAT(read_recipe_line(line).argv, ElementsAre()) << line;
  }
}

TEST(RecipeLine, ProgramsOfEachCommand) {
  EXPECT_EQ(programs("cd sub && /usr/bin/gcc -c a.c || exit 1"), "cd gcc exit");
  EXPECT_EQ(programs("if test -f x; then cc -c x; else ld x; fi"), "test cc ld");
  EXPECT_EQ(programs("X=1 Y='2 3' cc -c a.c >/dev/null 2>&1"), "cc");
  EXPECT_EQ(programs("for i in a b c; do cc $i; done"), "cc");
  EXPECT_EQ(programs("gcc -c -o a.o `test -f 'a.c' || echo './'`a.c"), "test echo gcc");
  EXPECT_EQ(programs("gcc $(pkg-config --cflags x) a.c"), "pkg-config gcc");
  EXPECT_EQ(programs("(make -C sub)"), "make");
  EXPECT_EQ(programs("/bin/bash ./libtool --tag=CC --mode=compile gcc -c a.c"), "libtool");
  EXPECT_EQ(programs("[ -d x ] || mkdir x"), "[ mkdir");
  EXPECT_EQ(programs("env A=b cc x"), "cc");
}

TEST(RecipeLine, WhatMayRunSomethingElseIsNotComplete) {
  for (const char* line : {"$CC -c a.c", "\"$X\" a", "eval cc", "f() { cc; }", "cat <<E\nx\nE",
                           "sh -c 'cc a.c'", "xargs cc", "case x in x) cc;; esac", "cc <(a)", "sh",
                           "`a` b", ". ./x", "cc ${X:-`a`}", "a $'\\n'"}) {
    EXPECT_FALSE(read_recipe_line(line).complete) << line;
  }
  EXPECT_TRUE(read_recipe_line("cc $FLAGS ${MORE} a.c").complete);
}

TEST(RecipeLine, TheWordsThatArePlainAreThere) {
  EXPECT_THAT(read_recipe_line("cd x && cc -I../include $F ../src/a.c").words,
              ElementsAre("cd", "x", "cc", "-I../include", "../src/a.c"));
}

TEST(RecipeLine, NestingHasAnEnd) {
  std::string line = "a";
  for (int i = 0; i < 2000; ++i) line = concat("a $(", line, ")");
  EXPECT_FALSE(read_recipe_line(line).complete);
  EXPECT_FALSE(read_recipe_line(std::string(5000, '(')).argv.size() > 0);
}

}  // namespace
}  // namespace sefaca
