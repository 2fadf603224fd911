// A CI job's summary: nothing of a run's text is Markdown, HTML or a command to the runner; all of
// it is below what GitHub takes.
#include "launcher/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/text.h"

namespace sefaca {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Record run_of(std::vector<std::string> command, int exit_code = 0) {
  Record record;
  record.command = std::move(command);
  record.level = "default";
  record.network = "deny";
  record.enforced = {{"files", "landlock"}};
  record.outcome.emplace();
  record.outcome->exit_code = exit_code;
  return record;
}

Violation write_to(std::string path) {
  Violation violation;
  violation.kind = ViolationKind::filesystem_write_denied;
  violation.suggestion = concat("Use --readwrite=", path, " if it needs to write there");
  violation.path = std::move(path);
  violation.program = "/usr/bin/touch";
  return violation;
}

JobSummary summary_of(std::vector<Record> records) {
  JobSummary summary;
  for (Record& record : records) summary.add(std::move(record));
  return summary;
}

TEST(Summary, GreenAndBlockedSaysSo) {
  Record record = run_of({"make"});
  EXPECT_THAT(summary_of({record}).markdown(), Not(HasSubstr("Green")));
  record.violations = {write_to("/x")};
  const std::string text = summary_of({record}).markdown();
  EXPECT_THAT(text, HasSubstr("1 run, 0 failed, 1 thing blocked"));
  EXPECT_THAT(text, HasSubstr("**Green, and yet blocked:** 1 run"));
  EXPECT_THAT(text, HasSubstr("Use --readwrite=/x if it needs to write there"));
}

TEST(Summary, TextOfARunIsNoMarkup) {
  Record record = run_of({"bash", "-c", "echo <img src=x> `a` | b\n\n# head"}, 1);
  record.violations = {write_to("/a|b](http://x)<script>\n::error::x")};
  const JobSummary summary = summary_of({record});
  const std::string text = summary.markdown();
  for (const char* raw : {"<img", "`", "](", "<script", "\n# head", "\n::"})
    EXPECT_THAT(text, Not(HasSubstr(raw))) << raw;
  const std::string lines = summary.annotations("/w", false);
  EXPECT_THAT(lines, StartsWith("::error "));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1);
}

TEST(Summary, StaysBelowAMebibyteAndCounts) {
  JobSummary summary;
  for (int i = 0; i < 20000; ++i) {
    Record record = run_of({"step", std::string(200, '<'), std::to_string(i)}, 1);
    record.violations = {write_to(concat("/", std::string(200, '|'), std::to_string(i)))};
    summary.add(record);
  }
  const std::string text = summary.markdown();
  EXPECT_LT(text.size(), std::size_t{1} << 20);
  EXPECT_THAT(text, HasSubstr("rows are left out here"));
  EXPECT_THAT(summary.outputs(), HasSubstr("violations=20000\n"));
}

TEST(Summary, AtMostTenAnnotationsOfAType) {
  Record failed = run_of({"false"}, 1);
  Record green = run_of({"true"});
  for (int i = 0; i < 25; ++i) {
    failed.violations.push_back(write_to(concat("/f", std::to_string(i))));
    green.violations.push_back(write_to(concat("/g", std::to_string(i))));
  }
  const auto count = [](const std::string& text, std::string_view word) {
    std::size_t found = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
  };
  const JobSummary summary = summary_of({failed, green});
  const std::string lines = summary.annotations("", false);
  EXPECT_EQ(count(lines, "::error "), 10U);
  EXPECT_EQ(count(lines, "::warning "), 10U);
  EXPECT_THAT(lines, HasSubstr("16 more"));
  EXPECT_EQ(count(summary.annotations("", true), "::warning "), 0U);
}

TEST(Summary, FileAndLineOfThePolicy) {
  Record record = run_of({"make"}, 1);
  record.violations = {write_to("/x")};
  const auto with_origin = [&](const char* origin) {
    record.origins["readwrite"] = origin;
    return summary_of({record}).annotations("/w/p", false);
  };
  EXPECT_THAT(with_origin("/w/p/.sefaca.toml:12:3"),
              StartsWith("::error file=.sefaca.toml,line=12,title=sefaca::blocked"));
  EXPECT_THAT(with_origin("/w/p/a,b:c.toml:7"), StartsWith("::error file=a%2Cb%3Ac.toml,line=7,"));
  EXPECT_THAT(with_origin("preset strange (/w/p/.sefaca.toml:4:1)"),
              StartsWith("::error file=.sefaca.toml,line=4,"));
  for (const char* elsewhere : {"built-in", "--readwrite", "/etc/sefaca/config.toml:3:1"})
    EXPECT_THAT(with_origin(elsewhere), StartsWith("::error title=sefaca::")) << elsewhere;
}

TEST(Summary, WhatWasEnforced) {
  Record full = run_of({"a"}), gap = run_of({"b"}), none = run_of({"c"});
  gap.not_enforced = {{Gap::Effect::weaker, "files", "no Landlock", "a newer kernel"}};
  none.enforced.clear();
  EXPECT_THAT(summary_of({full}).outputs(), HasSubstr("enforced=full\n"));
  EXPECT_THAT(summary_of({full, gap}).outputs(), HasSubstr("enforced=partial\n"));
  EXPECT_THAT(summary_of({full, none}).outputs(), HasSubstr("enforced=partial\n"));
  EXPECT_THAT(summary_of({none}).outputs(), HasSubstr("enforced=none\n"));
  EXPECT_THAT(summary_of({gap}).markdown(), HasSubstr("a newer kernel"));
  EXPECT_THAT(summary_of({none}).markdown(), HasSubstr("Nothing was enforced"));
}

}  // namespace
}  // namespace sefaca
