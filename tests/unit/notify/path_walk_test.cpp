// Paths as the target's kernel would find them, on a real tree.
#include "core/notify/path_walk.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/base/text.h"

namespace sefaca {
namespace {

Target self() {
  return Target(::gettid());
}

class PathWalk : public ::testing::Test {
 protected:
  PathWalk() {
    std::string name = "/var/tmp/sefaca-walk.XXXXXX";
    root = std::filesystem::canonical(::mkdtemp(name.data())).string();
    std::filesystem::create_directories(root + "/real/deep");
    std::ofstream(root + "/real/file") << "x";
    std::filesystem::create_directory_symlink("real", root + "/way");
    std::filesystem::create_symlink("real/file", root + "/link");
    std::filesystem::create_symlink(root + "/real/unborn", root + "/dangling");
    std::filesystem::create_symlink("loop", root + "/loop");
  }
  ~PathWalk() override { std::filesystem::remove_all(root); }
  std::string root;
};

TEST_F(PathWalk, LinksAreFollowedWhereTheCallFollowsThem) {
  const auto file = walk(self(), root + "/way/../link", true);
  EXPECT_EQ(file.end, WalkedPath::End::found);
  EXPECT_EQ(file.path, root + "/real/file");
  const auto link = walk(self(), root + "/link", false);
  EXPECT_EQ(link.end, WalkedPath::End::found);
  EXPECT_EQ(link.path, root + "/link");
}

TEST_F(PathWalk, WhatMustBeThereIsFoundOrNowhere) {
  EXPECT_EQ(walk_to_existing(self(), root + "/way/../link", true).path, root + "/real/file");
  EXPECT_EQ(walk_to_existing(self(), root + "/link", false).path, root + "/link");
  const auto missing = walk_to_existing(self(), root + "/way/deep/../new", true);
  EXPECT_EQ(missing.end, WalkedPath::End::nowhere);
  EXPECT_EQ(missing.error, ENOENT);
  EXPECT_EQ(walk_to_existing(self(), root + "/loop", true).error, ELOOP);
}

TEST_F(PathWalk, AMissingNameStandsInItsRealDirectory) {
  const auto missing = walk(self(), root + "/way/deep/../new", true);
  EXPECT_EQ(missing.end, WalkedPath::End::missing);
  EXPECT_EQ(missing.path, root + "/real/new");
  // Created is what a dangling link names.
  EXPECT_EQ(walk(self(), root + "/dangling", true).path, root + "/real/unborn");
  EXPECT_EQ(walk(self(), root + "/dangling", true).end, WalkedPath::End::missing);
  EXPECT_EQ(walk(self(), root + "/dangling", false).end, WalkedPath::End::found);
}

TEST_F(PathWalk, NowhereIsNowhere) {
  EXPECT_EQ(walk(self(), root + "/no/such", true).end, WalkedPath::End::nowhere);
  EXPECT_EQ(walk(self(), root + "/loop", true).end, WalkedPath::End::nowhere);
  EXPECT_EQ(walk(self(), root + "/real/file/x", true).end, WalkedPath::End::nowhere);
  EXPECT_EQ(walk_to_parent(self(), "/").end, WalkedPath::End::nowhere);
  EXPECT_EQ(walk_to_parent(self(), root + "/real/..").end, WalkedPath::End::nowhere);
}

TEST_F(PathWalk, TheParentOfAName) {
  const auto name = walk_to_parent(self(), root + "/way/file/");
  EXPECT_EQ(name.path, root + "/real/file");
  EXPECT_EQ(path_of_descriptor(name.fd.get()), root + "/real");
  EXPECT_EQ(walk_to_parent(self(), "/etc").path, "/etc");
}

TEST_F(PathWalk, RelativePathsStartWhereTheTargetStands) {
  UniqueFd directory(::open((root + "/way").c_str(), O_RDONLY | O_DIRECTORY));
  EXPECT_EQ(absolute_in_target(self(), directory.get(), "x/../y"), root + "/real/x/../y");
  EXPECT_EQ(absolute_in_target(self(), AT_FDCWD, "x"),
            concat(std::filesystem::current_path().string(), "/x"));
  EXPECT_EQ(absolute_in_target(self(), 12345, "x"), "");
  EXPECT_EQ(absolute_in_target(self(), 12345, "/x"), "/x");
}

TEST(OwnDescriptor, TheVeryLinkAlone) {
  EXPECT_EQ(own_descriptor("/dev/stdin"), 0);
  EXPECT_EQ(own_descriptor("/dev/stderr"), 2);
  EXPECT_EQ(own_descriptor("/dev/fd/17"), 17);
  EXPECT_EQ(own_descriptor("/proc/self/fd/3"), 3);
  EXPECT_EQ(own_descriptor("/proc/thread-self/fd/3"), 3);
  for (const char* path : {"/dev/fd/", "/dev/fd/1/x", "/dev/fd/-1", "/dev/fd/99999999999",
                           "/proc/1/fd/3", "/proc/self/fd", "/dev/stdout/x"})
    EXPECT_FALSE(own_descriptor(path)) << path;
}

TEST(ProcessRelative, WhatLeadsThroughTheTargetsOwnProcesses) {
  for (const char* path : {"/proc", "/proc/self/fd/3", "/dev/fd/0", "/dev/stdout"})
    EXPECT_TRUE(is_process_relative(path)) << path;
  for (const char* path : {"/process", "/dev/null", "/dev/fdx"})
    EXPECT_FALSE(is_process_relative(path)) << path;
}

}  // namespace
}  // namespace sefaca
