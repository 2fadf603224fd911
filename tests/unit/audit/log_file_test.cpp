// The log file: how it is made, what is refused, a full disk, rotation.
#include "core/audit/log_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <sstream>

#include "tests/unit/audit/temporary_directory.h"

namespace sefaca {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int kSkipped = 77;

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

mode_t mode_of(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

// Runs `body` in a process of its own, for what can't be undone; its exit status is the answer.
int in_a_process(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

TEST(LogFile, IsMadeForTheOwnerAlone) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("a/b/audit.jsonl");
  auto log = LogFile::open(path);
  ASSERT_TRUE(log);
  EXPECT_EQ(log->path(), path);
  EXPECT_TRUE(log->append("one"));
  EXPECT_TRUE(log->append("two"));
  EXPECT_EQ(content(path), "one\ntwo\n");
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(mode_of(directory.at("a")), 0700U);
  EXPECT_EQ(mode_of(directory.at("a/b")), 0700U);
}

TEST(LogFile, WiderRightsAreTakenAway) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  std::ofstream(path) << "old\n";
  chmod(path.c_str(), 0666);
  auto log = LogFile::open(path);
  ASSERT_TRUE(log && log->append("new"));
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(content(path), "old\nnew\n");
}

TEST(LogFile, IsNotInherited) {
  const TemporaryDirectory directory;
  auto log = LogFile::open(directory.at("audit.jsonl"));
  ASSERT_TRUE(log);
  EXPECT_EQ(fcntl(log->descriptor(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

TEST(LogFile, OnesOwnLinkIsFollowed) {
  const TemporaryDirectory directory;
  mkdir(directory.at("d").c_str(), 0700);
  ASSERT_EQ(symlink("d/real.jsonl", directory.at("link.jsonl").c_str()), 0);
  auto log = LogFile::open(directory.at("link.jsonl"));
  ASSERT_TRUE(log && log->append("x"));
  EXPECT_EQ(log->path(), directory.at("d/real.jsonl"));
  EXPECT_EQ(content(directory.at("d/real.jsonl")), "x\n");
}

TEST(LogFile, LinksInACircleAreAnError) {
  const TemporaryDirectory directory;
  ASSERT_EQ(symlink("b", directory.at("a").c_str()), 0);
  ASSERT_EQ(symlink("a", directory.at("b").c_str()), 0);
  auto log = LogFile::open(directory.at("a"));
  ASSERT_FALSE(log);
  EXPECT_THAT(log.error().what, HasSubstr("ELOOP"));
}

TEST(LogFile, AnothersLinkAndFileAreRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can make another's file";
  const TemporaryDirectory directory;
  ASSERT_EQ(symlink("real.jsonl", directory.at("link.jsonl").c_str()), 0);
  ASSERT_EQ(lchown(directory.at("link.jsonl").c_str(), 12345, 12345), 0);
  auto link = LogFile::open(directory.at("link.jsonl"));
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().what,
            "the log '" + directory.at("link.jsonl") + "' is a symbolic link that user 12345 made");
  EXPECT_THAT(link.error().remedy, HasSubstr("--log=FILE"));
  EXPECT_NE(access(directory.at("real.jsonl").c_str(), F_OK), 0);

  const std::string file = directory.at("file.jsonl");
  std::ofstream(file) << "";
  ASSERT_EQ(chown(file.c_str(), 12345, 12345), 0);
  auto foreign = LogFile::open(file);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().what, "the log '" + file + "' belongs to user 12345");
}

TEST(LogFile, WhatIsNoFileIsRefusedAtOnce) {
  const TemporaryDirectory directory;
  ASSERT_EQ(mkfifo(directory.at("fifo").c_str(), 0600), 0);
  for (const std::string& path :
       {directory.at("fifo"), directory.path(), std::string("/dev/null")}) {
    auto log = LogFile::open(path);
    ASSERT_FALSE(log) << path;
    EXPECT_EQ(log.error().what, "the log '" + path + "' is not a regular file");
    EXPECT_EQ(log.error().remedy, "name another log with --log=FILE");
  }
}

TEST(LogFile, ErrorsNamePathAndRemedy) {
  auto log = LogFile::open("/proc/no/such/log");
  ASSERT_FALSE(log);
  EXPECT_THAT(log.error().what,
              StartsWith("can't make the directory of the log '/proc/no/such/log': "));
  EXPECT_THAT(log.error().remedy, HasSubstr("--log=FILE"));
  EXPECT_NE(log.error().errno_value, 0);
  EXPECT_FALSE(LogFile::open(""));
  EXPECT_FALSE(LogFile::open("relative.jsonl"));
}

TEST(LogFile, ATornLineStaysByItself) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  std::ofstream(path) << "whole\ntor";
  auto log = LogFile::open(path);
  ASSERT_TRUE(log && log->append("next"));
  EXPECT_EQ(content(path), "whole\ntor\nnext\n");
}

TEST(LogFile, RotatesBySize) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  auto log = LogFile::open(path, {.max_bytes = 10, .keep = 2});
  ASSERT_TRUE(log);
  for (const char* line : {"aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff", "gggg"})
    ASSERT_TRUE(log->append(line));
  EXPECT_EQ(content(path), "gggg\n");
  EXPECT_EQ(content(path + ".1"), "eeee\nffff\n");
  EXPECT_EQ(content(path + ".2"), "cccc\ndddd\n");
  EXPECT_NE(access((path + ".3").c_str(), F_OK), 0);
  EXPECT_EQ(mode_of(path), 0600U);
}

TEST(LogFile, ALineLargerThanTheLimitIsKeptWhole) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  auto log = LogFile::open(path, {.max_bytes = 10, .keep = 2});
  ASSERT_TRUE(log);
  const std::string line(100, 'x');
  ASSERT_TRUE(log->append(line));
  ASSERT_TRUE(log->append("y"));
  EXPECT_EQ(content(path + ".1"), line + "\n");
  EXPECT_EQ(content(path), "y\n");
}

TEST(LogFile, FollowsARotationOfAnother) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  auto mine = LogFile::open(path);
  auto other = LogFile::open(path);
  ASSERT_TRUE(mine && other);
  ASSERT_TRUE(mine->append("one"));
  ASSERT_EQ(rename(path.c_str(), (path + ".1").c_str()), 0);
  ASSERT_TRUE(other->append("two"));
  ASSERT_TRUE(mine->append("three"));
  EXPECT_EQ(content(path), "two\nthree\n");
  ASSERT_EQ(unlink(path.c_str()), 0);
  ASSERT_TRUE(mine->append("four"));
  EXPECT_EQ(content(path), "four\n");
}

TEST(LogFile, AFileSizeLimitLeavesNoTornLine) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  const int code = in_a_process([&] {
    auto log = LogFile::open(path);
    if (!log || !log->append("whole")) return 1;
    const rlimit limit{20, 20};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    auto status = log->append(std::string(100, 'x'));
    if (status) return 3;
    if (status.error().errno_value != EFBIG) return 4;
    return log->append("fits") ? 0 : 5;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(content(path), "whole\nfits\n");
}

TEST(LogFile, AFullDiskLeavesNoTornLineAndIsNamed) {
  const TemporaryDirectory directory;
  const int code = in_a_process([&] {
    if (unshare(CLONE_NEWNS) != 0) return kSkipped;
    if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return kSkipped;
    if (mount("none", directory.path().c_str(), "tmpfs", 0, "size=64k") != 0) return kSkipped;
    const std::string path = directory.at("audit.jsonl");
    auto log = LogFile::open(path);
    if (!log) return 1;
    const std::string line(5000, 'x');
    std::size_t whole = 0;
    for (; whole < 100; ++whole) {
      auto status = log->append(line);
      if (status) continue;
      if (status.error().errno_value != ENOSPC) return 2;
      if (status.error().remedy.find("make room") == std::string::npos) return 3;
      break;
    }
    if (whole == 0 || whole == 100) return 4;
    return content(path).size() == whole * (line.size() + 1) ? 0 : 5;
  });
  if (code == kSkipped) GTEST_SKIP() << "no mount namespace here";
  EXPECT_EQ(code, 0);
}

TEST(LogFile, KnowsWhichRecordsItHolds) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  auto log = LogFile::open(path, {.max_bytes = 64, .keep = 2});
  ASSERT_TRUE(log);
  EXPECT_FALSE(log->holds("one"));
  ASSERT_TRUE(log->append(R"({"id":"one","parent":"zero"})"));
  EXPECT_TRUE(log->holds("one"));
  EXPECT_FALSE(log->holds("zero"));
  EXPECT_FALSE(log->holds("on"));
  ASSERT_TRUE(log->append(R"({"id":"two","more":"so much that it does not fit"})"));
  EXPECT_TRUE(log->holds("one"));  // in the file before
  EXPECT_TRUE(log->holds("two"));
  std::ofstream(path, std::ios::app) << R"({"id":"torn")";
  EXPECT_FALSE(log->holds("torn"));
}

TEST(LogFile, AStoppedLockHolderCostsNoRecord) {
  const TemporaryDirectory directory;
  const std::string path = directory.at("audit.jsonl");
  auto log = LogFile::open(path);
  ASSERT_TRUE(log);
  const UniqueFd other(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(flock(other.get(), LOCK_EX), 0);
  EXPECT_TRUE(log->append("late"));  // after five seconds
  EXPECT_EQ(content(path), "late\n");
}

}  // namespace
}  // namespace sefaca
