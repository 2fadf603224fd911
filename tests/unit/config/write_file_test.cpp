// On the real file system: rename into place, modes, links.
#include "core/config/write_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace sefaca {
namespace {

namespace fs = std::filesystem;

class WriteFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "sefaca-write-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  static std::string read(const fs::path& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  static mode_t mode(const fs::path& path) {
    struct stat info {};
    ::stat(path.c_str(), &info);
    return info.st_mode & 07777U;
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }
  fs::path directory_;
};

TEST_F(WriteFile, MakesDirectoriesAndAnOwnerOnlyFile) {
  const auto path = directory_ / "a/b/config.toml";
  ASSERT_TRUE(write_file(path, "text\n"));
  EXPECT_EQ(read(path), "text\n");
  EXPECT_EQ(mode(path), 0600U);
  EXPECT_EQ(mode(directory_ / "a"), 0700U);
}

TEST_F(WriteFile, KeepsTheModeAndLeavesNothingBeside) {
  const auto path = directory_ / "config.toml";
  std::ofstream(path) << "old";
  ::chmod(path.c_str(), 0640);
  ASSERT_TRUE(write_file(path, "new"));
  EXPECT_EQ(read(path), "new");
  EXPECT_EQ(mode(path), 0640U);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(WriteFile, FollowsLinksAndKeepsThem) {
  fs::create_directory(directory_ / "dotfiles");
  fs::create_symlink("dotfiles/real.toml", directory_ / "link");
  fs::create_symlink("link", directory_ / "config.toml");
  ASSERT_TRUE(write_file(directory_ / "config.toml", "text"));
  EXPECT_TRUE(fs::is_symlink(directory_ / "config.toml"));
  EXPECT_TRUE(fs::is_symlink(directory_ / "link"));
  EXPECT_EQ(read(directory_ / "dotfiles/real.toml"), "text");
}

TEST_F(WriteFile, RefusesWhatIsNoFile) {
  fs::create_directory(directory_ / "config.toml");
  auto status = write_file(directory_ / "config.toml", "text");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().what, "is not a regular file");
  fs::create_symlink("loop", directory_ / "loop");
  status = write_file(directory_ / "loop", "text");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().what, "too many symbolic links");
}

}  // namespace
}  // namespace sefaca
