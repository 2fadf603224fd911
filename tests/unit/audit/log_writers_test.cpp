// 200 processes append to one log at once, while it is rotated: nothing is lost, nothing mixed.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "core/audit/log_file.h"
#include "tests/unit/audit/temporary_directory.h"

namespace sefaca {
namespace {

constexpr int kWriters = 200;
constexpr int kLines = 25;

// A line that shows by itself whether it is whole: "WRITER LINE xxxx… WRITER".
std::string line_of(int writer, int number) {
  const std::string name = std::to_string(writer);
  const auto filling = static_cast<std::size_t>(40 + (writer * 7 + number * 131) % 3000);
  return name + " " + std::to_string(number) + " " + std::string(filling, 'x') + " " + name;
}

int write_lines(const std::string& path, const LogRotation& rotation, int writer, bool reopen) {
  auto log = LogFile::open(path, rotation);
  for (int number = 0; number < kLines; ++number) {
    if (reopen) log = LogFile::open(path, rotation);
    if (!log || !log->append(line_of(writer, number))) return 1;
  }
  return 0;
}

void all_writers(const LogRotation& rotation, bool reopen) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(write_lines(path, rotation, writer, reopen));
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }

  std::map<std::string, int> seen;
  for (unsigned number = 0; number <= rotation.keep; ++number) {
    std::ifstream file(rotated_path(path, number));
    for (std::string line; std::getline(file, line);) ++seen[line];
  }
  int missing = 0;
  for (int writer = 0; writer < kWriters; ++writer)
    for (int number = 0; number < kLines; ++number)
      if (seen[line_of(writer, number)] != 1) ++missing;
  EXPECT_EQ(missing, 0);
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kWriters * kLines));
}

TEST(LogWriters, TwoHundredAtOnce) {
  all_writers({}, false);
}

TEST(LogWriters, TwoHundredAtOnceWhileRotating) {
  all_writers({.max_bytes = 100'000, .keep = 150}, false);
}

TEST(LogWriters, TwoHundredThatOpenAndAppendOnce) {
  all_writers({.max_bytes = 40'000, .keep = 300}, true);
}

}  // namespace
}  // namespace sefaca
