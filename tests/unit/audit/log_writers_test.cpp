// 200 processes append to one log at once, while it is rotated, on a file system without locks, and
// while some of them are killed: nothing is lost, nothing mixed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <filesystem>
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

int write_lines(const std::string& path, const LogRotation& rotation, int writer, bool reopen,
                int lines) {
  auto log = LogFile::open(path, rotation);
  for (int number = 0; number < lines; ++number) {
    if (reopen) log = LogFile::open(path, rotation);
    if (!log || !log->append(line_of(writer, number))) return 1;
  }
  return 0;
}

// From here on flock fails in this process as it does on an NFS mount without a lock daemon.
bool refuse_flock() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_flock, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOLCK),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{std::size(code), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 && flock(0, LOCK_SH) != 0 &&
         errno == ENOLCK;
}

void all_writers(const LogRotation& rotation, bool reopen, bool flock_is_there = true,
                 int lines = kLines) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      if (!flock_is_there && !refuse_flock()) _exit(2);
      _exit(write_lines(path, rotation, writer, reopen, lines));
    }
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
    for (int number = 0; number < lines; ++number)
      if (seen[line_of(writer, number)] != 1) ++missing;
  EXPECT_EQ(missing, 0);
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kWriters * lines));
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

TEST(LogWriters, TwoHundredWhileRotatingWhereThereAreNoLocks) {
  all_writers({.max_bytes = 100'000, .keep = 150}, false, false, 4);
}

TEST(LogWriters, ALockFileOfAKilledProcessIsTakenAway) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  std::ofstream(path + ".lock") << "";
  const timespec long_ago[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, (path + ".lock").c_str(), long_ago, 0), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto log = LogFile::open(path);
    _exit(refuse_flock() && log && log->append("one") && log->append("two") ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(text, "one\ntwo\n");
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory.path()))
    ++files;
  EXPECT_EQ(files, 1);  // neither the lock nor what it was made of
}

// Each writer tells of each line that was appended; every second one is killed in the middle.
TEST(LogWriters, WhatOthersWroteOutlivesThoseWhoAreKilled) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  const LogRotation rotation{.max_bytes = 100'000, .keep = 300};
  int told[2];
  ASSERT_EQ(pipe2(told, O_CLOEXEC), 0);
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto log = LogFile::open(path, rotation);
      for (int number = 0; number < kLines; ++number) {
        if (!log || !log->append(line_of(writer, number))) _exit(1);
        const int numbers[2] = {writer, number};
        if (write(told[1], numbers, sizeof numbers) != sizeof numbers) _exit(1);
      }
      if (writer % 2 == 0) pause();  // for those that were too quick to be killed in the middle
      _exit(0);
    }
    children.push_back(child);
  }
  close(told[1]);
  std::map<std::string, int> kept;
  int numbers[2];
  for (int seen = 0; read(told[0], numbers, sizeof numbers) == sizeof numbers; ++seen) {
    kept[line_of(numbers[0], numbers[1])] = 0;
    if (seen % kLines == 0 && seen / kLines * 2 < kWriters)
      kill(children[seen / kLines * 2], SIGKILL);
  }
  close(told[0]);
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
  }
  for (unsigned number = 0; number <= rotation.keep; ++number) {
    std::ifstream file(rotated_path(path, number));
    for (std::string line; std::getline(file, line);) ++kept[line];
  }
  EXPECT_GE(kept.size(), std::size_t{kWriters / 2 * kLines});
  int wrong = 0;
  for (const auto& [line, count] : kept) wrong += count == 1 ? 0 : 1;
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace sefaca
