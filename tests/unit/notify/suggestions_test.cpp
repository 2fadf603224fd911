// The flag that would allow what was denied, or none. Real-kernel tests apply them.
#include "core/notify/suggestions.h"

#include <gtest/gtest.h>

namespace sefaca {
namespace {

class Suggestions : public ::testing::Test {
 protected:
  Suggestions() {
    rule("/", Access::read, PathRule::Kind::baseline);
    rule("/w", Access::write, PathRule::Kind::grant);
    rule("/h/.ssh", Access::hide, PathRule::Kind::secret);
    rule("/w/.git/hooks", Access::read, PathRule::Kind::protected_);
    plan.paths.push_back({.path = "/h/.local/state/sefaca",
                          .access = Access::hide,
                          .kind = PathRule::Kind::secret,
                          .reason = "sefaca's own log and configuration",
                          .origin = "built-in"});
    plan.paths.push_back({.path = "/mine",
                          .access = Access::hide,
                          .kind = PathRule::Kind::grant,
                          .reason = "hidden",
                          .origin = "--hide"});
  }
  void rule(const char* path, Access access, PathRule::Kind kind) {
    plan.paths.push_back(
        {.path = path, .access = access, .kind = kind, .reason = "r", .origin = "built-in"});
  }
  LaunchPlan plan;
};

TEST_F(Suggestions, NameTheSmallestThingThatWouldDo) {
  EXPECT_EQ(suggest_write(plan, "/x/f", "", true),
            "Use --readwrite=/x/f if it needs to write there");
  EXPECT_EQ(suggest_write(plan, "/x/f", "/x", false),
            "Use --readwrite=/x if it needs to write there");
  EXPECT_EQ(suggest_read(plan, "/x/f"), "Use --readonly=/x/f if it needs to read that");
}

TEST_F(Suggestions, OpenNoWholeHomeForANewNameInIt) {
  plan.notify.homes = {"/h"};
  EXPECT_EQ(
      suggest_write(plan, "/h/.npm", "/h", false),
      "Use --readwrite=/h/.npm if it needs to write there; make it first, since it is not there");
  EXPECT_EQ(suggest_write(plan, "/h/.npm/x", "/h/.npm", false),
            "Use --readwrite=/h/.npm if it needs to write there");
}

TEST_F(Suggestions, ASecretIsNamedAsTheTableNamesIt) {
  EXPECT_EQ(suggest_read(plan, "/h/.ssh/id"), "Use --readonly=/h/.ssh if it needs to read that");
  EXPECT_EQ(suggest_write(plan, "/h/.ssh/new", "/h/.ssh", false),
            "Use --readwrite=/h/.ssh if it needs to write that");
  EXPECT_EQ(suggest_write(plan, "/w/.git/hooks/x", "/w/.git/hooks", true),
            "Use --readwrite=/w/.git/hooks if it needs to write that");
  EXPECT_EQ(suggest_write(plan, "/h/.ssh", "/h", true), "");  // moving the secret itself
}

// The others in there steer other steps.
TEST_F(Suggestions, OfARunnersFilesTheOneIsNamed) {
  rule("/t/_runner_file_commands", Access::read, PathRule::Kind::protected_);
  const std::string file = "/t/_runner_file_commands/set_output_1";
  EXPECT_EQ(suggest_write(plan, file, "", true),
            "Use --readwrite=/t/_runner_file_commands/set_output_1 if it needs to write that");
  EXPECT_EQ(suggest_write(plan, file, "/t/_runner_file_commands", true), "");
  EXPECT_EQ(suggest_write(plan, "/t/_runner_file_commands/x", "/t/_runner_file_commands", false),
            "");
}

TEST_F(Suggestions, AProtectedNameIsLiftedWhereItCanBePerformed) {
  EXPECT_EQ(suggest_write(plan, "/w/.git/hooks", "/w/.git", true), "");
  plan.notify.performs = true;
  EXPECT_EQ(suggest_write(plan, "/w/.git/hooks", "/w/.git", true),
            "Use --readwrite=/w/.git/hooks if it needs to write that");
  EXPECT_EQ(suggest_write(plan, "/w/.git/hooks", "/w/.git", false), "");  // nothing to be named
  EXPECT_EQ(suggest_write(plan, "/w/.git", "/w", true), "");  // it would take the hooks with it
}

TEST_F(Suggestions, OurOwnPlacesAndWhatAPersonHidStayClosed) {
  EXPECT_EQ(suggest_read(plan, "/h/.local/state/sefaca/audit.jsonl"), "");
  EXPECT_EQ(suggest_write(plan, "/h/.local/state/sefaca/x", "/h/.local/state/sefaca", false), "");
  EXPECT_EQ(suggest_read(plan, "/mine"), "");
}

TEST_F(Suggestions, TheHiddenTemporaryDirectoryIsTheHosts) {
  plan.notify.hidden_tmp = "/tmp";
  EXPECT_EQ(suggest_write(plan, "/tmp/x", "/tmp", false),
            "Use --tmp=host if it needs the host's temporary directory");
  EXPECT_EQ(suggest_write(plan, "/tmpx/x", "/tmpx", false),
            "Use --readwrite=/tmpx if it needs to write there");
}

TEST_F(Suggestions, ValuesAreQuotedForAShell) {
  EXPECT_EQ(suggest_read(plan, "/x/a b"), "Use --readonly='/x/a b' if it needs to read that");
  EXPECT_EQ(suggest_read(plan, "/x/a:b"), "");  // no option can say it
}

}  // namespace
}  // namespace sefaca
