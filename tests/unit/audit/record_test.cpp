// A record's JSON, field by field, and back.
#include "core/audit/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/audit/samples.h"

namespace sefaca {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Record, TheSpecificationsRunIsWrittenAsItPrintsIt) {
  EXPECT_EQ(to_json(specification_record()),
            R"({"timestamp":"2025-07-27T19:30:00Z","pid":12345,"user":"jwalsh",)"
            R"("command":["python","script.py"],)"
            R"("config":{"level":"default","network":"localhost","timeout":"120",)"
            R"("memory":"1073741824"},)"
            R"("resources":{"max_memory":"1073741824","cpu_time":"45.2"},)"
            R"("result":{"exit_code":0,"duration":"45.2","signal":null},"violations":[],)"
            R"("id":"01984d7e-5040-7abc-8def-0123456789ab","parent":null,)"
            R"("cwd":"/home/jwalsh/project","door":"run","target":null,"preset":null,)"
            R"("backend":"linux",)"
            R"("enforced":{"filesystem":"landlock abi 7","network":"network namespace"},)"
            R"("not_enforced":[],"withheld_env":[],"origins":{"timeout":"--timeout"}})");
}

TEST(Record, AViolationIsWrittenAsTheSpecificationPrintsIt) {
  Violation violation;
  violation.kind = ViolationKind::network_access_denied;
  violation.attempted_host = "malicious.example.com";
  violation.suggestion = "Use --network flag if network access needed";
  EXPECT_EQ(to_json(violation),
            R"({"violation":"network_access_denied","attempted_host":"malicious.example.com",)"
            R"("action":"blocked","suggestion":"Use --network flag if network access needed",)"
            R"("count":1})");
}

TEST(Record, WhatAppliesToAViolationIsThere) {
  const Record record = full_record();
  EXPECT_EQ(to_json(record.violations[0]),
            R"({"violation":"network_access_denied","attempted_host":"malicious.example.com",)"
            R"("action":"blocked","suggestion":"Use --network flag if network access needed",)"
            R"("operation":"connect","port":443,"address":"203.0.113.7","pid":12346,)"
            R"("program":"/usr/bin/curl","count":3})");
  EXPECT_EQ(to_json(record.violations[1]),
            R"({"violation":"filesystem_write_denied","attempted_host":null,"action":"logged",)"
            "\"suggestion\":null,\"path\":\"/etc/caf\xEF\xBF\xBD\","
            R"("operation":"open","count":1,"raw":{"/path":"L2V0Yy9jYWbp"}})");
  EXPECT_THAT(to_json(record.violations[2]), HasSubstr(R"("limit":1073741824,"peak":1073745920)"));
}

TEST(Record, UnsetLimitsAreNull) {
  Record record = specification_record();
  for (const char* unset : {"", "none"}) {
    record.timeout = record.memory = unset;
    EXPECT_THAT(to_json(record), HasSubstr(R"("timeout":null,"memory":null)"));
  }
  record.timeout = "1500ms";
  record.memory = "512m";
  EXPECT_THAT(to_json(record), HasSubstr(R"("timeout":"1.5","memory":"536870912")"));
}

TEST(Record, ASignalLeavesNoExitCode) {
  EXPECT_THAT(to_json(full_record()),
              HasSubstr(R"("result":{"exit_code":null,"duration":"45.2","signal":"SIGSEGV"})"));
}

TEST(Record, AnUnfinishedRunHasNoResult) {
  Record record = specification_record();
  record.outcome.reset();
  EXPECT_THAT(to_json(record),
              HasSubstr(R"("resources":{"max_memory":null,"cpu_time":null},"result":null)"));
}

TEST(Record, ShortTimesKeepTheirMilliseconds) {
  Record record = specification_record();
  record.outcome->duration_ms = 7;
  record.outcome->cpu_time_ms = 0;
  EXPECT_THAT(to_json(record), HasSubstr(R"("cpu_time":"0.0")"));
  EXPECT_THAT(to_json(record), HasSubstr(R"("duration":"0.007")"));
  record.outcome->duration_ms = 3000;
  EXPECT_THAT(to_json(record), HasSubstr(R"("duration":"3.0")"));
}

TEST(Record, IsOneLineWhateverItHolds) {
  Record record = specification_record();
  record.command = {"printf", "a\nb\r\x01\x1b[31m\"\\"};
  record.cwd = "/new\nline";
  const std::string line = to_json(record);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(parse_record(line)->command, record.command);
}

TEST(Record, OtherBytesThanUtf8AreKept) {
  Record record = specification_record();
  record.command = {"cat", "caf\xE9", "caf\xC3\xA9", "\xED\xA0\x80"};
  record.cwd = "/\xFF~/\x80";
  record.enforced = {{"a/b~c", "\xFE"}};
  const std::string line = to_json(record);
  EXPECT_THAT(line, HasSubstr(R"("/command/1":"Y2Fm6Q==")"));
  EXPECT_THAT(line, HasSubstr(R"("/enforced/a~1b~0c")"));
  const auto back = parse_record(line);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->command, record.command);
  EXPECT_EQ(back->cwd, record.cwd);
  EXPECT_EQ(back->enforced, record.enforced);
}

TEST(Record, ReadsBackWithEveryField) {
  const Record record = full_record();
  const auto back = parse_record(to_json(record));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->id, record.id);
  EXPECT_EQ(back->start_ms, record.start_ms);
  EXPECT_EQ(back->pid, record.pid);
  EXPECT_EQ(back->target, "app");
  EXPECT_EQ(back->preset, "compiler");
  EXPECT_EQ(back->withheld_env, record.withheld_env);
  EXPECT_EQ(back->outcome->signal, "SIGSEGV");
  EXPECT_EQ(back->outcome->max_memory_bytes, 1'073'741'824U);
  EXPECT_EQ(back->outcome->cpu_time_ms, 45'200U);
  ASSERT_EQ(back->violations.size(), 3U);
  EXPECT_EQ(back->violations[1].path, "/etc/caf\xE9");
  EXPECT_FALSE(back->violations[1].blocked);
  EXPECT_EQ(back->violations[0].port, 443);
  ASSERT_EQ(back->not_enforced.size(), 2U);
  EXPECT_EQ(back->not_enforced[0].effect, Gap::Effect::narrower);
  // What is read and written again does not change.
  EXPECT_EQ(to_json(*back), to_json(record));
}

TEST(Record, SecretsAreNowhere) {
  const std::string secret = "hunter2-and-more";
  Record record = full_record();
  record.secret_values = {secret};
  record.command = {"deploy", secret, "--key=" + secret, "sh -c 'x " + secret + "'"};
  record.cwd = "/srv/" + secret;
  record.target = secret;
  record.violations[0].attempted_host = secret + ".example.com";
  record.violations[0].address = secret;
  record.violations[0].program = "/bin/" + secret;
  record.violations[0].suggestion = "Use --readonly=/" + secret;
  record.violations[1].path = "/etc/\xE9" + secret;
  record.not_enforced[0].why = secret;
  record.not_enforced[0].remedy = secret;
  record.enforced["filesystem"] = secret;
  record.origins["env"] = "--env=" + secret;
  EXPECT_THAT(to_json(record), Not(HasSubstr(secret)));
  EXPECT_EQ(parse_record(to_json(record))->violations[1].path, "/etc/\xE9[redacted]");
}

TEST(Record, WhatIsNoneIsRefused) {
  for (const char* bad :
       {"", "x", "{}", "[]", "null", "{\"timestamp\":1,\"command\":[]}",
        "{\"timestamp\":\"2025-07-27T19:30:00Z\"}", "{\"timestamp\":\"2025-07-27T19:30:00Z\",",
        "{\"timestamp\":\"2025-07-27T19:30:00Z\",\"command\":[[[[[[[[[[[[]]]]]]]]]]]]}"})
    EXPECT_FALSE(parse_record(bad)) << bad;
}

TEST(Record, WrongTypesReadAsNothing) {
  const auto record = parse_record(
      R"({"timestamp":"2025-07-27T19:30:00Z","command":["a",1,null,"b"],"pid":"x","config":7,)"
      R"("result":{"exit_code":99999999999,"duration":"-1e400","signal":[]},"resources":[],)"
      R"("violations":[{"violation":"invented"},{"violation":"exec_denied","port":70000},3],)"
      R"("raw":{"no pointer":"YQ==","/command/0":"?","/command/9":"YQ==","/pid":"YQ=="}})");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->command, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(record->pid, 0);
  EXPECT_EQ(record->outcome->exit_code, std::nullopt);
  EXPECT_EQ(record->outcome->duration_ms, 0U);
  ASSERT_EQ(record->violations.size(), 1U);
  EXPECT_EQ(record->violations[0].port, std::nullopt);
}

}  // namespace
}  // namespace sefaca
