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
#include <map>

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

TEST_F(RealFiles, EntriesHaveTheirOwnTypes) {
  std::map<std::string, FileInfo::Type> found;
  for (const DirectoryEntry& entry : files_.entries(top_, SIZE_MAX)) found[entry.name] = entry.type;
  const std::map<std::string, FileInfo::Type> wanted = {{"file", FileInfo::Type::file},
                                                        {"directory", FileInfo::Type::directory},
                                                        {"link", FileInfo::Type::symlink},
                                                        {"dangling", FileInfo::Type::symlink},
                                                        {"fifo", FileInfo::Type::fifo}};
  EXPECT_EQ(found, wanted);
  EXPECT_TRUE(files_.entries(top_ + "/none", SIZE_MAX).empty());
  // The interface's own way, by list() and link_info(), gives the same.
  for (const DirectoryEntry& entry : files_.FileSystem::entries(top_))
    EXPECT_EQ(wanted.at(entry.name), entry.type) << entry.name;
}

TEST_F(RealFiles, OfALargeDirectoryNotAllEntriesAreRead) {
  constexpr std::size_t kMost = 100, kFiles = 2000;
  const std::string large = top_ + "/directory";
  for (std::size_t i = 0; i < kFiles; ++i) std::ofstream(large + "/f" + std::to_string(i));
  EXPECT_GE(files_.entries(large, kMost).size(), kMost);
  EXPECT_LT(files_.entries(large, kMost).size(), kFiles / 2);
  EXPECT_EQ(files_.entries(large, SIZE_MAX).size(), kFiles);
}

TEST_F(RealFiles, LinkTargetIsWhatTheLinkSays) {
  EXPECT_EQ(files_.link_target(top_ + "/link"), "file");
  EXPECT_EQ(files_.link_target(top_ + "/dangling"), "nowhere");
  EXPECT_FALSE(files_.link_target(top_ + "/file").has_value());
}

TEST_F(RealFiles, NamesInHoldsEachNameWithItsType) {
  const auto names = files_.names_in(top_);
  ASSERT_NE(names, nullptr);
  for (const DirectoryEntry& entry : files_.entries(top_, SIZE_MAX)) {
    const auto* found = names->find(entry.name);
    ASSERT_NE(found, nullptr) << entry.name;
    EXPECT_EQ(found->type.value_or(entry.type), entry.type) << entry.name;
  }
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(names->holds("absent-" + std::to_string(i)));
  for (const char* name : {"", ".", "..", "fil", "file ", "files"})
    EXPECT_FALSE(names->holds(name)) << name;
  ASSERT_NE(files_.names_in(top_ + "/none"), nullptr);
  EXPECT_FALSE(files_.names_in(top_ + "/none")->holds("file"));
  EXPECT_FALSE(files_.names_in(top_ + "/file")->holds("file"));
}

TEST_F(RealFiles, ManyNamesAreAllThere) {
  constexpr int kMany = 2000;  // several reads of the directory, and names that share a bit
  for (int i = 0; i < kMany; ++i) std::ofstream(top_ + "/directory/name-" + std::to_string(i));
  const auto names = files_.names_in(top_ + "/directory");
  ASSERT_NE(names, nullptr);
  for (int i = 0; i < kMany; ++i) EXPECT_TRUE(names->holds("name-" + std::to_string(i)));
  EXPECT_FALSE(names->holds("name-" + std::to_string(kMany)));
  EXPECT_EQ(files_.list(top_ + "/directory").size(), static_cast<std::size_t>(kMany));
}

TEST_F(RealFiles, LongLinkTargetsAreWhole) {
  const std::string target = "/" + std::string(3000, 'x') + "/y";
  std::filesystem::create_symlink(target, top_ + "/long");
  EXPECT_EQ(files_.link_target(top_ + "/long"), target);
  const std::string just(128, 'z');
  std::filesystem::create_symlink(just, top_ + "/just");
  EXPECT_EQ(files_.link_target(top_ + "/just"), just);
}

TEST_F(RealFiles, NamesOfADirectoryThatCannotBeListedAreUnknown) {
  ASSERT_EQ(::chmod(top_.c_str(), 0711), 0);
  ASSERT_EQ(::chmod((top_ + "/directory").c_str(), 0111), 0);
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;  // who may list everything
  if (root) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const auto names = files_.names_in(top_ + "/directory");
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_EQ(::chmod((top_ + "/directory").c_str(), 0700), 0);
  EXPECT_EQ(names, nullptr);
}

TEST_F(RealFiles, Executable) {
  EXPECT_FALSE(files_.executable(top_ + "/file"));
  ASSERT_EQ(::chmod((top_ + "/file").c_str(), 0700), 0);
  EXPECT_TRUE(files_.executable(top_ + "/file"));
}

}  // namespace
}  // namespace sefaca
