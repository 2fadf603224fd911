// `sefaca log` on logs that the test writes: what is shown, which records, exit codes.
#include "launcher/log_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "core/audit/record.h"
#include "tests/unit/audit/samples.h"
#include "tests/unit/audit/temporary_directory.h"

namespace sefaca {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct Answer {
  int code = 0;
  std::string out, err;
};

class LogCommand : public ::testing::Test {
 protected:
  void write(const Record& record) { append(to_json(record) + "\n"); }
  void append(const std::string& text) { std::ofstream(log_, std::ios::app) << text; }

  // Words without a --log= are given the test's own log.
  Answer run(std::vector<std::string> words) const {
    words.push_back("--log=" + log_);
    return run_as_given(words);
  }
  Answer run_as_given(const std::vector<std::string>& words) const {
    Surroundings surroundings;
    surroundings.cwd = directory_.path();
    surroundings.home = directory_.at("home");
    surroundings.files = &files_;
    char* out_text = nullptr;
    char* err_text = nullptr;
    std::size_t out_size = 0;
    std::size_t err_size = 0;
    FILE* out = open_memstream(&out_text, &out_size);
    FILE* err = open_memstream(&err_text, &err_size);
    Answer answer;
    answer.code = log_command(words, surroundings, out, err);
    std::fclose(out);
    std::fclose(err);
    answer.out.assign(out_text, out_size);
    answer.err.assign(err_text, err_size);
    std::free(out_text);
    std::free(err_text);
    return answer;
  }

  TemporaryDirectory directory_;
  RealFileSystem files_;
  std::string log_ = directory_.at("audit.jsonl");
};

TEST_F(LogCommand, ShowsARunAndItsViolations) {
  write(specification_record());
  write(full_record());
  const Answer answer = run({"show"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.err, "");
  EXPECT_EQ(answer.out,
            "2025-07-27T19:30:00Z  ok          45.2s    1.0g  default     python script.py\n"
            "2025-07-27T19:30:00Z  memory      45.2s    1.0g  compiler    python script.py\n"
            "    blocked network_access_denied  malicious.example.com:443 (connect, by "
            "/usr/bin/curl, 3 times)\n"
            "      Use --network flag if network access needed\n"
            "    logged  filesystem_write_denied  /etc/caf\\xe9 (open)\n"
            "    blocked memory_limit_exceeded (limit 1.0g, reached 1.0g)\n"
            "      Use --memory=2g if more memory is needed\n");
}

TEST_F(LogCommand, NoByteDrivesTheTerminal) {
  Record record = specification_record();
  record.command = {"printf", "\x1b[2J\nfake line"};
  record.preset = "\x1b]0;x\x07";
  Violation violation;
  violation.path = "/x\x1b[31m";
  violation.program = "/y\n";
  violation.suggestion = "z\x07";
  record.violations.push_back(violation);
  write(record);
  for (const char* action : {"show", "stats"}) {
    const std::string out = run({action}).out;
    EXPECT_THAT(out, Not(HasSubstr("\x1b")));
    EXPECT_THAT(out, Not(HasSubstr("\x07")));
    EXPECT_THAT(out, Not(HasSubstr("\nfake")));
  }
}

TEST_F(LogCommand, Filters) {
  Record record = specification_record();
  record.start_ms = 1'000'000'000'000;  // 2001-09-09
  record.command = {"old"};
  write(record);
  record = specification_record();
  record.command = {"failing"};
  record.outcome->exit_code = 3;
  write(record);
  record.command = {"waiting"};
  record.outcome.reset();
  write(record);
  write(full_record());  // compiler, a signal, violations
  EXPECT_THAT(run({"show", "--since=2002-01-01"}).out, Not(HasSubstr("old")));
  EXPECT_EQ(run({"show", "--since=1h"}).code, 1);
  EXPECT_EQ(run({"show", "--since", "9999w"}).code, 0);
  const std::string failed = run({"show", "--failed", "--json"}).out;
  EXPECT_THAT(failed, HasSubstr("failing"));
  EXPECT_THAT(failed, HasSubstr("SIGSEGV"));
  EXPECT_THAT(failed, Not(HasSubstr("waiting")));
  EXPECT_EQ(run({"show", "--violations", "--json"}).out, to_json(full_record()) + "\n");
  EXPECT_EQ(run({"show", "--preset=compiler", "--json"}).out, to_json(full_record()) + "\n");
  const Answer none = run({"show", "--preset=testing"});
  EXPECT_EQ(none.code, 1);
  EXPECT_EQ(none.out, "");
  EXPECT_THAT(none.err, HasSubstr("no record in"));
}

TEST_F(LogCommand, TailShowsTheLast) {
  Record record = specification_record();
  for (int i = 0; i < 30; ++i) {
    record.command = {"number", std::to_string(i)};
    write(record);
  }
  const std::string out = run({"tail"}).out;
  EXPECT_THAT(out, HasSubstr("number 20\n"));
  EXPECT_THAT(out, HasSubstr("number 29\n"));
  EXPECT_THAT(out, Not(HasSubstr("number 19\n")));
  EXPECT_THAT(run({"tail", "-n", "1"}).out, HasSubstr("number 29\n"));
  EXPECT_THAT(run({"tail", "--lines=1"}).out, Not(HasSubstr("number 28\n")));
}

TEST_F(LogCommand, OneRecordByIdOrTheLast) {
  Record record = full_record();
  for (const char* id : {"01984d7e-0000-7abc-8def-0123456789ab",
                         "01984d7f-1111-7abc-8def-012345678"
                         "9ab"}) {
    record.id = id;
    record.command = {"id", id};
    write(record);
  }
  EXPECT_THAT(run({"show", "--id=01984d7e"}).out, HasSubstr("id 01984d7e-0000"));
  EXPECT_THAT(run({"show", "--id=01984d7e"}).out, Not(HasSubstr("id 01984d7f")));
  EXPECT_THAT(run({"show", "last"}).out, HasSubstr("id 01984d7f-1111"));
  EXPECT_THAT(run({"show", "last"}).out, Not(HasSubstr("id 01984d7e")));
  EXPECT_EQ(run({"show", "--id=01984d70"}).code, 1);
}

TEST_F(LogCommand, SuggestsFromTheLastRunThatWasStopped) {
  Record record = full_record();
  record.command = {"first"};
  write(record);
  record.command = {"second"};
  record.violations.resize(1);  // the network alone
  write(record);
  write(specification_record());  // without violations
  EXPECT_THAT(run({"suggest"}).out, HasSubstr("[presets.compiler]\n"));
  EXPECT_EQ(run({"suggest", "--command"}).out,
            "sefaca run --preset=compiler --network=allow -- second\n"
            "# Withheld, and passed by --env=NAME if the command needs it: "
            "AWS_SECRET_ACCESS_KEY, GITHUB_TOKEN\n");
  EXPECT_THAT(run({"suggest", "--preset=compiler", "--command"}).out,
              HasSubstr("sefaca run --preset=compiler --memory=2g --network=allow -- COMMAND\n"));
  // The last run of all was stopped in nothing.
  const Answer last = run({"suggest", "last"});
  EXPECT_EQ(last.code, 1);
  EXPECT_THAT(last.err, HasSubstr("nothing was denied"));
  EXPECT_EQ(run({"suggest", "--preset=none-such"}).code, 1);
  EXPECT_THAT(run({"suggest", "--json"}).out, StartsWith(R"({"runs":1,"violations":1,)"));
}

TEST_F(LogCommand, StatsAddUp) {
  for (int i = 0; i < 3; ++i) write(full_record());
  write(specification_record());
  const std::string out = run({"stats"}).out;
  EXPECT_THAT(out, HasSubstr("runs          4 (3 failed, 3 with violations, 0 without a result)"));
  EXPECT_THAT(out, HasSubstr("3m00s in all"));
  EXPECT_THAT(out, HasSubstr("largest 1.0g"));
  EXPECT_THAT(out, HasSubstr("none 1, compiler 3"));
  EXPECT_THAT(out, HasSubstr("      9  network_access_denied  malicious.example.com:443 (3 runs)\n"
                             "         Use --network flag if network access needed\n"));
  const std::string json = run({"stats", "--json"}).out;
  EXPECT_THAT(json, StartsWith(R"({"runs":4,"failed":3,)"));
}

TEST_F(LogCommand, TornLinesAreMentioned) {
  append("{\"torn\n");
  write(specification_record());
  const Answer answer = run({"show"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_THAT(answer.err, HasSubstr("1 line of"));
}

TEST_F(LogCommand, NoLogIsANegativeAnswer) {
  const Answer answer = run({"show"});
  EXPECT_EQ(answer.code, 1);
  EXPECT_THAT(answer.err, HasSubstr("there is no log at '" + log_ + "' yet"));
}

TEST_F(LogCommand, ARelativeLogStandsOnTheWorkingDirectory) {
  write(specification_record());
  EXPECT_EQ(run_as_given({"show", "--log=audit.jsonl"}).code, 0);
}

TEST_F(LogCommand, WrongUsage) {
  const std::vector<std::vector<std::string>> wrong = {
      {"suggest", "x"},      {"show", "--command"}, {"shwo"},
      {"show", "--id=xyz"},  {"show", "-n", "3"},   {"stats", "last"},
      {"show", "x"},         {"show", "--sinc"},    {"show", "--since="},
      {"show", "--since=x"}, {"tail", "-n", "x"},   {"show", "-f"},
      {"tail", "-n"},        {"--json=1"},          {"show", "--since=none"}};
  for (const auto& words : wrong) {
    const Answer answer = run_as_given(words);
    EXPECT_EQ(answer.code, 2) << words.front();
    EXPECT_THAT(answer.err, StartsWith("sefaca: "));
    EXPECT_EQ(answer.out, "");
  }
  EXPECT_THAT(run_as_given({"shwo"}).err, HasSubstr("did you mean 'show'?"));
  EXPECT_EQ(run_as_given({}).code, 2);
  const Answer help = run_as_given({"show", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("--since="));
  EXPECT_THAT(help.err, IsEmpty());
}

}  // namespace
}  // namespace sefaca
