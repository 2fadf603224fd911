// Reading a log back: rotated files, torn lines, following.
#include "core/audit/reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "core/audit/log_file.h"
#include "tests/unit/audit/samples.h"
#include "tests/unit/audit/temporary_directory.h"

namespace sefaca {
namespace {

std::string line_of(int pid) {
  Record record = specification_record();
  record.pid = pid;
  return to_json(record);
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

std::vector<pid_t> rest_of(LogReader& reader) {
  std::vector<pid_t> out;
  while (auto stored = reader.next()) out.push_back(stored->record.pid);
  return out;
}

TEST(LogReader, ReadsRotatedFilesOldestFirst) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  write_file(path + ".2", line_of(1) + "\n" + line_of(2) + "\n");
  write_file(path + ".1", line_of(3) + "\n");
  write_file(path, line_of(4) + "\n" + line_of(5) + "\n");
  auto reader = LogReader::open(path);
  ASSERT_TRUE(reader);
  auto first = reader->next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->line, line_of(1));
  EXPECT_EQ(rest_of(*reader), (std::vector<pid_t>{2, 3, 4, 5}));
  EXPECT_EQ(reader->torn_lines(), 0U);
}

TEST(LogReader, PassesOverWhatIsNoRecord) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  write_file(path + ".1", line_of(1) + "\n" + line_of(2).substr(0, 50));
  write_file(path,
             line_of(3).substr(0, 80) + "\n\n" + line_of(4) + "\n{\"x\":\xFF}\n" + line_of(5));
  auto reader = LogReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_EQ(rest_of(*reader), (std::vector<pid_t>{1, 4}));
  EXPECT_EQ(reader->torn_lines(), 3U);
  // The last line was only not at its end yet.
  write_file(path, "\n");
  EXPECT_EQ(rest_of(*reader), (std::vector<pid_t>{5}));
}

TEST(LogReader, LongLinesAndManyOfThem) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  Record record = specification_record();
  record.command.push_back(std::string(300'000, 'x'));
  for (int i = 0; i < 20; ++i) write_file(path, to_json(record) + "\n" + line_of(i) + "\n");
  auto reader = LogReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_EQ(rest_of(*reader).size(), 40U);
}

TEST(LogReader, ALineWithoutEndIsPassedOver) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  write_file(path, std::string(17U * 1024 * 1024, '{') + "\n" + line_of(7) + "\n");
  auto reader = LogReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_EQ(rest_of(*reader), (std::vector<pid_t>{7}));
  EXPECT_EQ(reader->torn_lines(), 1U);
}

TEST(LogReader, NoLogIsAnError) {
  const TemporaryDirectory directory;
  auto reader = LogReader::open(directory.at("audit.jsonl"));
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().errno_value, ENOENT);
  EXPECT_FALSE(LogReader::open(directory.path()));
}

TEST(LogReader, FollowsAppendsAndRotations) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  auto log = LogFile::open(path, {.max_bytes = 2 * line_of(10).size() + 2, .keep = 4});
  ASSERT_TRUE(log && log->append(line_of(10)));
  auto reader = LogReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_EQ(rest_of(*reader), (std::vector<pid_t>{10}));
  std::vector<pid_t> seen;
  for (int pid = 11; pid < 30; ++pid) {
    ASSERT_TRUE(log->append(line_of(pid)));
    if (pid % 5 != 0) continue;  // so that more than one rotation passes in between
    for (const pid_t one : rest_of(*reader)) seen.push_back(one);
    reader->look_for_rotation();
    for (const pid_t one : rest_of(*reader)) seen.push_back(one);
  }
  std::vector<pid_t> expected;
  for (int pid = 11; pid <= 25; ++pid) expected.push_back(pid);
  EXPECT_EQ(seen, expected);
}

TEST(LogReader, ForgetsALineThatAWriterTookBack) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  write_file(path, line_of(1) + "\n" + line_of(2).substr(0, 60));
  auto reader = LogReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_EQ(rest_of(*reader), (std::vector<pid_t>{1}));
  ASSERT_EQ(truncate(path.c_str(), static_cast<off_t>(line_of(1).size() + 1)), 0);
  EXPECT_EQ(rest_of(*reader), (std::vector<pid_t>{}));
  write_file(path, line_of(3) + "\n");
  EXPECT_EQ(rest_of(*reader), (std::vector<pid_t>{3}));
}

}  // namespace
}  // namespace sefaca
