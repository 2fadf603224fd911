// Files that are asked once: the same answers as the kernel's, with fewer questions.
#include "core/policy/remembering_files.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "core/base/path.h"
#include "core/base/text.h"
#include "tests/unit/fake_file_system.h"

namespace sefaca {
namespace {

class RememberedFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sefaca-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    top_ = std::filesystem::canonical(pattern).string();
    std::filesystem::create_directories(top_ + "/a/b");
    std::ofstream(top_ + "/a/b/file") << "content";
    for (const auto& [name, target] :
         std::initializer_list<std::pair<const char*, std::string>>{{"/absolute", top_ + "/a/b"},
                                                                    {"/relative", "a/b/file"},
                                                                    {"/a/up", "../a/./b"},
                                                                    {"/a/b/up", "../../a/b/file"},
                                                                    {"/chain", "a/up/up"},
                                                                    {"/through", "relative/.."},
                                                                    {"/slash", "a/b/"},
                                                                    {"/slashed_file", "a/b/file/"},
                                                                    {"/dot", "a/b/."},
                                                                    {"/self", "self"},
                                                                    {"/ring", "gnir"},
                                                                    {"/gnir", "ring"},
                                                                    {"/dangling", "nowhere/at/all"},
                                                                    {"/a/..x", "b"}})
      std::filesystem::create_symlink(target, top_ + name);
    for (int i = 0; i < 30; ++i)
      std::filesystem::create_symlink(i == 0 ? "a" : concat("deep", std::to_string(i - 1)),
                                      concat(top_, "/deep", std::to_string(i)));
  }
  void TearDown() override { std::filesystem::remove_all(top_); }

  std::string top_;
  RealFileSystem real_;
};

constexpr const char* kPaths[] = {
    "",          "/a",          "/a/b",      "/a/b/file", "/absolute",      "/absolute/file",
    "/relative", "/a/up",       "/a/up/up",  "/a/b/up",   "/chain",         "/through",
    "/slash",    "/slash/file", "/dot/file", "/self",     "/ring",          "/gnir/x",
    "/dangling", "/a/..x",      "/a/..x/up", "/none",     "/none/deeper",   "/a/b/file/x",
    "/deep0",    "/deep29/b",   "/a/../a/b", "/a/b/..",   "/absolute/../b", "/slashed_file"};

TEST_F(RememberedFiles, AnswerLikeTheKernel) {
  for (const bool listed : {false, true}) {
    const RememberingFiles files(real_);
    if (listed) {
      for (const char* directory : {"", "/a", "/a/b", "/none", "/absolute"})
        static_cast<void>(files.names_in(top_ + directory));
    }
    for (int round = 0; round < 2; ++round) {
      for (const char* path : kPaths) {
        const std::string whole = top_ + path;
        EXPECT_EQ(files.real_path(whole), real_.real_path(whole)) << path;
        const auto link = files.link_info(whole), real_link = real_.link_info(whole);
        ASSERT_EQ(link.has_value(), real_link.has_value()) << path;
        EXPECT_EQ(link.value_or(FileInfo{}).inode, real_link.value_or(FileInfo{}).inode) << path;
        EXPECT_EQ(files.link_type(whole), real_.link_type(whole)) << path;
        const auto info = files.info(whole), real_info = real_.info(whole);
        ASSERT_EQ(info.has_value(), real_info.has_value()) << path;
        EXPECT_EQ(info.value_or(FileInfo{}).inode, real_info.value_or(FileInfo{}).inode) << path;
      }
    }
  }
}

// Counts what is asked of the tree below it.
class Counted final : public FileSystem {
 public:
  explicit Counted(const FileSystem& files) : files_(files) {}
  std::optional<FileInfo> info(const std::string& path) const override {
    ++questions;
    return files_.info(path);
  }
  std::optional<FileInfo> link_info(const std::string& path) const override {
    ++questions;
    return files_.link_info(path);
  }
  std::optional<std::string> real_path(const std::string& path) const override {
    ++questions;
    return files_.real_path(path);
  }
  Result<std::string> read(const std::string& path, std::size_t most) const override {
    ++questions;
    return files_.read(path, most);
  }
  std::vector<std::string> list(const std::string& path) const override {
    ++questions;
    return files_.list(path);
  }
  bool executable(const std::string& path) const override { return files_.executable(path); }
  std::shared_ptr<const DirectoryNames> names_in(const std::string& path) const override {
    ++questions;
    return files_.names_in(path);
  }
  mutable int questions = 0;

 private:
  const FileSystem& files_;
};

TEST(RememberedQuestions, WhatAListedDirectoryLacksIsNotAskedFor) {
  testing::FakeFileSystem tree;
  tree.file("/home/u/.bashrc");
  const Counted counted(tree);
  const RememberingFiles files(counted);
  static_cast<void>(files.names_in("/home/u"));
  const int before = counted.questions;
  for (const char* path : {"/home/u/.ssh", "/home/u/.ssh/id", "/home/u/.config/a/b"}) {
    EXPECT_FALSE(files.link_info(path).has_value());
    EXPECT_FALSE(files.real_path(path).has_value());
  }
  // Of real_path only the parts above the listed directory are looked at, each once.
  EXPECT_LE(counted.questions - before, 2);
  EXPECT_TRUE(files.link_info("/home/u/.bashrc").has_value());
}

TEST(RememberedQuestions, ALargeDirectoryIsNotListed) {
  testing::FakeFileSystem tree;
  tree.directory("/big");
  class Large final : public FileSystem {
   public:
    explicit Large(const FileSystem& files) : files_(files) {}
    std::optional<FileInfo> info(const std::string& path) const override { return link_info(path); }
    std::optional<FileInfo> link_info(const std::string& path) const override {
      auto found = files_.link_info(path);
      if (found) found->size = 1 << 20;
      return found;
    }
    std::optional<std::string> real_path(const std::string& path) const override {
      return files_.real_path(path);
    }
    Result<std::string> read(const std::string& path, std::size_t most) const override {
      return files_.read(path, most);
    }
    std::vector<std::string> list(const std::string& path) const override {
      return files_.list(path);
    }
    bool executable(const std::string& path) const override { return files_.executable(path); }
    std::shared_ptr<const DirectoryNames> names_in(
        const std::string& /*directory*/) const override {
      ADD_FAILURE() << "it was listed";
      return nullptr;
    }

   private:
    const FileSystem& files_;
  } const large(tree);
  const RememberingFiles files(large);
  EXPECT_EQ(files.names_in("/big"), nullptr);
  EXPECT_FALSE(files.link_info("/big/none").has_value());
}

}  // namespace
}  // namespace sefaca
