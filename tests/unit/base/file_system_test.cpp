// The kernel's file system, in a directory of the test's own.
#include "core/base/file_system.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace sefaca {
namespace {

using ::testing::UnorderedElementsAre;

class RealFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sefaca-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    top_ = std::filesystem::canonical(pattern).string();
    std::ofstream(top_ + "/file") << "content";
    std::filesystem::create_directory(top_ + "/directory");
    std::filesystem::create_symlink("file", top_ + "/link");
    std::filesystem::create_symlink("nowhere", top_ + "/dangling");
    ASSERT_EQ(::mkfifo((top_ + "/fifo").c_str(), 0600), 0);
  }
  void TearDown() override { std::filesystem::remove_all(top_); }

  std::string top_;
  RealFileSystem files_;
};

TEST_F(RealFiles, InfoFollowsAndLinkInfoDoesNot) {
  EXPECT_EQ(files_.info(top_ + "/link")->type, FileInfo::Type::file);
  EXPECT_EQ(files_.link_info(top_ + "/link")->type, FileInfo::Type::symlink);
  EXPECT_EQ(files_.info(top_ + "/file")->size, 7U);
  EXPECT_EQ(files_.info(top_ + "/fifo")->type, FileInfo::Type::fifo);
  EXPECT_EQ(files_.info("/dev/null")->type, FileInfo::Type::device);
  EXPECT_FALSE(files_.info(top_ + "/dangling").has_value());
  EXPECT_TRUE(files_.link_info(top_ + "/dangling").has_value());
  EXPECT_TRUE(files_.is_directory(top_ + "/directory"));
}

TEST_F(RealFiles, RealPathResolves) {
  EXPECT_EQ(files_.real_path(top_ + "/directory/../link"), top_ + "/file");
  EXPECT_FALSE(files_.real_path(top_ + "/dangling").has_value());
}

TEST_F(RealFiles, ReadsUpToTheLimit) {
  EXPECT_EQ(*files_.read(top_ + "/file", 7), "content");
  EXPECT_EQ(*files_.read("/dev/null", 7), "");
  EXPECT_GT((*files_.read("/proc/self/status", 1 << 16)).size(), 100U);  // its size reads 0
  EXPECT_EQ(files_.read(top_ + "/file", 6).error().what,
            "can't read '" + top_ + "/file': larger than 6 bytes");
  EXPECT_EQ(files_.read(top_ + "/none", 6).error().what,
            "can't read '" + top_ + "/none': ENOENT (No such file or directory)");
  EXPECT_EQ(files_.read(top_ + "/directory", 6).error().errno_value, EISDIR);
  // A fifo without a writer would block for ever.
  EXPECT_EQ(files_.read(top_ + "/fifo", 6).error().what,
            "can't read '" + top_ + "/fifo': not a regular file");
}

TEST_F(RealFiles, Lists) {
  EXPECT_THAT(files_.list(top_),
              UnorderedElementsAre("file", "directory", "link", "dangling", "fifo"));
  EXPECT_TRUE(files_.list(top_ + "/none").empty());
}

TEST_F(RealFiles, Executable) {
  EXPECT_FALSE(files_.executable(top_ + "/file"));
  ASSERT_EQ(::chmod((top_ + "/file").c_str(), 0700), 0);
  EXPECT_TRUE(files_.executable(top_ + "/file"));
}

}  // namespace
}  // namespace sefaca
