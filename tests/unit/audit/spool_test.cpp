// The spool: what is appended is read in batches, in its order, once; what a crash leaves is read
// again; and the message for syslog.
#include "core/audit/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "core/audit/syslog_sink.h"
#include "tests/unit/audit/samples.h"
#include "tests/unit/audit/temporary_directory.h"

namespace sefaca {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::size_t kMega = std::size_t{1} << 20;

class Spool : public ::testing::Test {
 protected:
  void append(const std::string& line) {
    const auto spooled = append_to_spool(path_, line, kMega);
    ASSERT_TRUE(spooled);
    EXPECT_EQ(*spooled, Spooled::kept);
  }
  static std::string text_of(SpoolReader& reader, std::size_t lines, std::size_t bytes = kMega) {
    const auto batch = reader.next(lines, bytes);
    return batch ? batch->text : "error: " + batch.error().what;
  }
  [[nodiscard]] bool there(const std::string& name) const {
    return access((path_ + "/" + name).c_str(), F_OK) == 0;
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.at("spool");
};

TEST_F(Spool, IsReadInItsOrder) {
  for (const char* line : {R"({"n":1})", R"({"n":2})", R"({"n":3})"}) append(line);
  SpoolReader reader(path_);
  EXPECT_EQ(text_of(reader, 2), "{\"n\":1}\n{\"n\":2}\n");
  EXPECT_EQ(text_of(reader, 2), "{\"n\":1}\n{\"n\":2}\n");  // not said to be done
  EXPECT_EQ(text_of(reader, 1), "{\"n\":1}\n");
  ASSERT_TRUE(reader.done());
  append(R"({"n":4})");  // while it is being sent
  EXPECT_EQ(text_of(reader, 9), "{\"n\":2}\n{\"n\":3}\n");
  ASSERT_TRUE(reader.done());
  EXPECT_EQ(text_of(reader, 9), "{\"n\":4}\n");
  ASSERT_TRUE(reader.done());
  EXPECT_EQ(text_of(reader, 9), "");
  EXPECT_FALSE(there("sending.ndjson"));
  EXPECT_FALSE(there("sending.done"));
  EXPECT_EQ(state_of_spool(path_).waiting_bytes, 0U);
}

TEST_F(Spool, AnotherGoesOnWhereOneEnded) {
  for (const char* line : {R"({"n":1})", R"({"n":2})"}) append(line);
  {
    SpoolReader first(path_);
    EXPECT_EQ(text_of(first, 1), "{\"n\":1}\n");
    ASSERT_TRUE(first.done());
    EXPECT_EQ(text_of(first, 1), "{\"n\":2}\n");  // killed here
  }
  SpoolReader second(path_);
  EXPECT_EQ(text_of(second, 9), "{\"n\":2}\n");
}

TEST_F(Spool, AnOffsetOfAnotherFileIsNotBelieved) {
  append(R"({"n":1})");
  std::ofstream(path_ + "/sending.done") << "00000000000000000007 00000000000000000004\n";
  SpoolReader reader(path_);
  EXPECT_EQ(text_of(reader, 9), "{\"n\":1}\n");
}

TEST_F(Spool, BytesBoundABatchButNotItsFirstLine) {
  append("{\"n\":\"" + std::string(100, 'a') + "\"}");
  append(R"({"n":2})");
  SpoolReader reader(path_);
  EXPECT_EQ(text_of(reader, 9, 50).size(), 109U);
  ASSERT_TRUE(reader.done());
  EXPECT_EQ(text_of(reader, 9, 50), "{\"n\":2}\n");
}

TEST_F(Spool, TornLinesArePassedOver) {
  append(R"({"n":1})");
  std::ofstream(path_ + "/waiting.ndjson", std::ios::app) << "{\"torn\":";
  append(R"({"n":2})");
  std::ofstream(path_ + "/waiting.ndjson", std::ios::app) << "{\"torn";
  SpoolReader reader(path_);
  const auto batch = reader.next(9, kMega);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->text, "{\"n\":1}\n{\"n\":2}\n");
  EXPECT_EQ(batch->skipped, 2U);
  ASSERT_TRUE(reader.done());
  EXPECT_EQ(text_of(reader, 9), "");
  EXPECT_FALSE(there("sending.ndjson"));
}

TEST_F(Spool, NothingButTornLinesIsNothing) {
  append("torn");
  SpoolReader reader(path_);
  EXPECT_EQ(text_of(reader, 9), "");
  EXPECT_EQ(state_of_spool(path_).waiting_bytes, 0U);
}

TEST_F(Spool, WhatIsRefusedIsSetAside) {
  append(R"({"n":1})");
  append(R"({"n":2})");
  SpoolReader reader(path_);
  EXPECT_EQ(text_of(reader, 1), "{\"n\":1}\n");
  ASSERT_TRUE(reader.set_aside());
  EXPECT_EQ(text_of(reader, 9), "{\"n\":2}\n");
  std::ifstream file(path_ + "/refused.ndjson");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), "{\"n\":1}\n");
}

TEST_F(Spool, IsBoundedAndCountsWhatItDropped) {
  const std::string line = "{\"n\":\"" + std::string(91, 'a') + "\"}";  // 99 bytes and a newline
  for (int i = 0; i < 10; ++i) EXPECT_EQ(*append_to_spool(path_, line, 2000), Spooled::kept);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*append_to_spool(path_, line, 2000), Spooled::full);
  EXPECT_EQ(state_of_spool(path_).waiting_bytes, 1000U);
  EXPECT_EQ(state_of_spool(path_).dropped, 3U);
  // What is being sent leaves room for as much again, and no more.
  SpoolReader reader(path_);
  EXPECT_EQ(text_of(reader, 1), line + "\n");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(*append_to_spool(path_, line, 2000), Spooled::kept);
  EXPECT_EQ(*append_to_spool(path_, line, 2000), Spooled::full);
  EXPECT_EQ(state_of_spool(path_).waiting_bytes, 2000U);
}

TEST_F(Spool, OneShipsAtATime) {
  append(R"({"n":1})");
  EXPECT_FALSE(shipper_of(path_));
  int told[2];
  int go[2];
  ASSERT_EQ(pipe(told), 0);
  ASSERT_EQ(pipe(go), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(go[1]);
    const auto lock = lock_spool(path_);
    const char held = lock && *lock ? 'y' : 'n';
    char end = 0;
    _exit(write(told[1], &held, 1) == 1 && read(go[0], &end, 1) == 0 ? 0 : 1);
  }
  char held = 0;
  ASSERT_EQ(read(told[0], &held, 1), 1);
  EXPECT_EQ(held, 'y');
  EXPECT_EQ(shipper_of(path_), child);
  const auto second = lock_spool(path_);
  ASSERT_TRUE(second);
  EXPECT_FALSE(*second);
  close(go[1]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_FALSE(shipper_of(path_));
  const auto third = lock_spool(path_);
  ASSERT_TRUE(third);
  EXPECT_TRUE(*third);
  for (const int fd : {told[0], told[1], go[0]}) close(fd);
}

TEST(SyslogMessage, SaysHowItEnded) {
  Record record = specification_record();
  const std::string line = to_json(record);
  EXPECT_THAT(syslog_message(record, line), StartsWith("<14>Jul 27 "));
  EXPECT_THAT(syslog_message(record, line), HasSubstr(" sefaca[12345]: @cee: {\"timestamp\""));
  record.outcome->exit_code = 3;
  EXPECT_THAT(syslog_message(record, line), StartsWith("<13>"));
  EXPECT_THAT(syslog_message(full_record(), line), StartsWith("<12>"));
  record = full_record();
  for (Violation& violation : record.violations) violation.blocked = false;
  EXPECT_THAT(syslog_message(record, line), StartsWith("<13>"));  // only noted
}

TEST(SyslogMessage, IsShortenedWhole) {
  Record record = full_record();
  record.violations.resize(1);
  for (int i = 0; i < 200; ++i) {
    record.violations.front().path = "/some/path/" + std::to_string(i);
    record.violations.push_back(record.violations.front());
  }
  const std::string message = syslog_message(record, to_json(record));
  EXPECT_LE(message.size(), kMostSyslogBytes);
  const std::string json = message.substr(message.find('{'));
  const auto read = parse_record(json);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, record.id);
  EXPECT_GT(read->violations.size(), 5U);
  EXPECT_THAT(json, HasSubstr("\"shortened\":true"));
  EXPECT_THAT(json, Not(HasSubstr("\"origins\"")));
  record.cwd = std::string(20'000, 'x');
  EXPECT_LE(syslog_message(record, to_json(record)).size(), kMostSyslogBytes);
}

TEST(SyslogMessage, AnErrorNamesTheSocket) {
  const auto sent = send_to_syslog("/no/such/socket", "x");
  ASSERT_FALSE(sent);
  EXPECT_THAT(sent.error().what, HasSubstr("'/no/such/socket'"));
  EXPECT_FALSE(send_to_syslog("/" + std::string(200, 'x'), "x"));
}

}  // namespace
}  // namespace sefaca
