// Splitting, quoting, spelling and matching.
#include "core/base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace sefaca {
namespace {

using ::testing::ElementsAre;

TEST(Split, KeepsEmptyPieces) {
  EXPECT_THAT(split("a:b", ':'), ElementsAre("a", "b"));
  EXPECT_THAT(split(":a::", ':'), ElementsAre("", "a", "", ""));
  EXPECT_THAT(split("", ':'), ElementsAre(""));
}

TEST(Join, PutsTheSeparatorBetween) {
  EXPECT_EQ(join(std::vector<std::string>{}, ", "), "");
  EXPECT_EQ(join(std::vector<std::string>{"a"}, ", "), "a");
  EXPECT_EQ(join(std::vector<std::string>{"a", "", "b"}, ", "), "a, , b");
}

TEST(Trim, BothEnds) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
}

TEST(ShellQuote, OnlyWhereNeeded) {
  EXPECT_EQ(shell_quote("a/b.c-d_e"), "a/b.c-d_e");
  EXPECT_EQ(shell_quote(""), "''");
  EXPECT_EQ(shell_quote("a b"), "'a b'");
  EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quote("$(id)"), "'$(id)'");
  EXPECT_EQ(shell_quote("~"), "'~'");
  EXPECT_EQ(shell_quote("a\nb"), "'a\nb'");
}

TEST(ShellJoin, AFirstWordIsNoAssignment) {
  EXPECT_EQ(shell_join(std::vector<std::string>{"a=b", "c=d"}), "'a=b' c=d");
  EXPECT_EQ(shell_join(std::vector<std::string>{"echo", "", "x y"}), "echo '' 'x y'");
}

TEST(Printable, NothingDrivesATerminal) {
  EXPECT_EQ(printable("plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80");
  EXPECT_EQ(printable("\x1B[31m\n"), "\\x1b[31m\\x0a");
  EXPECT_EQ(printable("\x7F"), "\\x7f");
  EXPECT_EQ(printable("\xC2\x9B"), "\\xc2\\x9b");           // the C1 form of ESC [
  EXPECT_EQ(printable("\xC0\x80"), "\\xc0\\x80");           // overlong
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(printable("\xE2\x82"), "\\xe2\\x82");           // cut short
  EXPECT_EQ(printable("\xF5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(CutTo, IsCutBeforeACharacterAndSaysSo) {
  EXPECT_EQ(cut_to("abc", 3), "abc");
  EXPECT_EQ(cut_to("abcd", 3), "abc\xE2\x80\xA6");
  EXPECT_EQ(cut_to("ab\xE2\x82\xAC"
                   "d",
                   4),
            "ab\xE2\x80\xA6");  // not within the euro sign
}

TEST(Nearest, FindsASlipOfTheFingers) {
  const std::string_view known[] = {"strict", "default", "permissive"};
  EXPECT_EQ(nearest("strickt", known), "strict");
  EXPECT_EQ(nearest("STRICT", known), "strict");
  EXPECT_EQ(nearest("defualt", known), "default");
  EXPECT_EQ(nearest("permisive", known), "permissive");
  EXPECT_EQ(nearest("x", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("nothing-like-it", known), "");
}

TEST(SpellingHint, NamesOneOrAll) {
  const std::string_view known[] = {"strict", "default"};
  EXPECT_EQ(spelling_hint("strickt", known), "did you mean 'strict'?");
  EXPECT_EQ(spelling_hint("xyz", known), "one of: strict, default");
}

TEST(ErrnoText, NameAndSentence) {
  EXPECT_EQ(errno_text(EACCES), "EACCES (Permission denied)");
  EXPECT_EQ(errno_text(123456), "error 123456");
}

TEST(WildcardMatch, StarsAndQuestionMarks) {
  struct Row {
    const char* pattern;
    const char* text;
    bool expected;
  };
  const Row rows[] = {
      {"*_TOKEN", "GITHUB_TOKEN", true},
      {"*_TOKEN", "TOKENIZERS", false},
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"*a*b*", "xxaxxbxx", true},
      {"*a*b*", "xxbxxa", false},
      {"a*", "a", true},
      {"**a", "ba", true},
      {"[a]", "a", false},
  };
  for (const Row& row : rows)
    EXPECT_EQ(wildcard_match(row.pattern, row.text), row.expected)
        << row.pattern << " " << row.text;
}

}  // namespace
}  // namespace sefaca
