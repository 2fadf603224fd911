// The Landlock compiler on a pretended tree: which rules come of which policy.
#include "core/enforce/landlock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/base/kernel_abi.h"

namespace sefaca {
namespace {

using ::testing::Contains;
using ::testing::Not;

// A tree of directories and files given by their paths; a trailing '@' makes a link.
class Tree final : public FileSystem {
 public:
  explicit Tree(std::initializer_list<std::string> paths) {
    for (std::string path : paths) {
      const bool link = path.ends_with('@');
      if (link) path.pop_back();
      types_[path] = link ? FileInfo::Type::symlink : FileInfo::Type::file;
      while (path != "/") {
        const auto slash = path.rfind('/');
        const std::string parent = slash == 0 ? "/" : path.substr(0, slash);
        children_[parent].insert(path.substr(slash + 1));
        types_.insert_or_assign(parent, FileInfo::Type::directory);
        path = parent;
      }
    }
  }
  std::optional<FileInfo> info(const std::string& path) const override { return link_info(path); }
  std::optional<FileInfo> link_info(const std::string& path) const override {
    const auto found = types_.find(path);
    if (found == types_.end()) return std::nullopt;
    return FileInfo{.type = found->second};
  }
  std::optional<std::string> real_path(const std::string& path) const override { return path; }
  Result<std::string> read(const std::string&, std::size_t) const override {
    return Error{.what = "no contents"};
  }
  std::vector<std::string> list(const std::string& path) const override {
    const auto found = children_.find(path);
    if (found == children_.end()) return {};
    return {found->second.begin(), found->second.end()};
  }
  bool executable(const std::string&) const override { return true; }

 private:
  std::map<std::string, FileInfo::Type> types_;
  std::map<std::string, std::set<std::string>> children_;
};

PathRule rule(std::string path, Access access, PathRule::Kind kind = PathRule::Kind::grant) {
  return {.path = std::move(path), .access = access, .kind = kind, .reason = {}, .origin = {}};
}

constexpr int kAbi = 7;
std::map<std::string, Access> granted(const LandlockRules& compiled) {
  std::map<std::string, Access> out;
  for (const LandlockRule& r : compiled.rules) {
    if ((r.rights & abi::kFsReadFile) == 0) continue;  // names alone
    out[r.path] = (r.rights & abi::kFsWriteFile) != 0 ? Access::write : Access::read;
  }
  return out;
}

TEST(Landlock, RightsGrowWithTheAbi) {
  EXPECT_EQ(landlock_file_rights(1), (1ULL << 13) - 1);
  EXPECT_EQ(landlock_file_rights(2), (1ULL << 14) - 1);
  EXPECT_EQ(landlock_file_rights(3), (1ULL << 15) - 1);
  EXPECT_EQ(landlock_file_rights(4), (1ULL << 15) - 1);
  EXPECT_EQ(landlock_file_rights(5), (1ULL << 16) - 1);
  EXPECT_EQ(landlock_tcp_rights(3), 0U);
  EXPECT_EQ(landlock_tcp_rights(4), 3U);
  EXPECT_EQ(landlock_scopes(5), 0U);
  EXPECT_EQ(landlock_scopes(7), 3U);
}

TEST(Landlock, DeviceNodesAreNeverMade) {
  EXPECT_EQ(landlock_rights_for(Access::write) & (abi::kFsMakeChar | abi::kFsMakeBlock), 0U);
}

TEST(Landlock, NamesShowEverywhere) {
  const Tree tree{"/usr/lib/x"};
  const auto compiled = compile_landlock_rules({rule("/usr", Access::read)}, kAbi, tree);
  ASSERT_FALSE(compiled.rules.empty());
  EXPECT_EQ(compiled.rules.front().path, "/");
  EXPECT_EQ(compiled.rules.front().rights, abi::kFsReadDir);
  EXPECT_EQ(granted(compiled), (std::map<std::string, Access>{{"/usr", Access::read}}));
}

TEST(Landlock, AWiderPathBelowIsOneMoreRule) {
  const Tree tree{"/home/u/work/a"};
  const auto compiled = compile_landlock_rules(
      {rule("/", Access::read), rule("/home/u/work", Access::write)}, kAbi, tree);
  EXPECT_EQ(granted(compiled),
            (std::map<std::string, Access>{{"/", Access::read}, {"/home/u/work", Access::write}}));
  EXPECT_TRUE(compiled.no_creation.empty());
}

TEST(Landlock, ASecretIsCarvedOutByItsSiblings) {
  const Tree tree{"/usr/bin/cc", "/home/u/.ssh/id", "/home/u/work/a", "/home/v/b", "/bin@"};
  const auto compiled = compile_landlock_rules(
      {rule("/", Access::read), rule("/home/u/.ssh", Access::hide, PathRule::Kind::secret)}, kAbi,
      tree);
  EXPECT_EQ(granted(compiled), (std::map<std::string, Access>{{"/usr", Access::read},
                                                              {"/home/v", Access::read},
                                                              {"/home/u/work", Access::read}}));
}

TEST(Landlock, AReadOnlyPathBelowAWritableOneKeepsReading) {
  const Tree tree{"/w/src/a", "/w/out/b"};
  const auto compiled =
      compile_landlock_rules({rule("/w", Access::write), rule("/w/src", Access::read)}, kAbi, tree);
  EXPECT_EQ(granted(compiled),
            (std::map<std::string, Access>{{"/w", Access::read}, {"/w/out", Access::write}}));
  EXPECT_THAT(compiled.no_creation, Contains("/w"));
}

TEST(Landlock, ATieGoesToTheNarrower) {
  const Tree tree{"/w/a"};
  const auto compiled =
      compile_landlock_rules({rule("/w", Access::write), rule("/w", Access::read)}, kAbi, tree);
  EXPECT_EQ(granted(compiled), (std::map<std::string, Access>{{"/w", Access::read}}));
}

TEST(Landlock, AGrantInsideAHiddenTreeHolds) {
  const Tree tree{"/home/u/.config/gh/hosts", "/home/u/.config/gh/x/y", "/home/u/z"};
  const auto compiled =
      compile_landlock_rules({rule("/", Access::read), rule("/home/u/.config", Access::hide),
                              rule("/home/u/.config/gh/x", Access::read)},
                             kAbi, tree);
  EXPECT_THAT(granted(compiled),
              Contains(std::pair<const std::string, Access>("/home/u/.config/gh/x", Access::read)));
  EXPECT_EQ(granted(compiled).count("/home/u/.config"), 0U);
}

TEST(Landlock, ProtectedPathsAreNotCarved) {
  const Tree tree{"/w/.git/hooks/x", "/w/a"};
  const auto compiled = compile_landlock_rules(
      {rule("/w", Access::write), rule("/w/.git/hooks", Access::read, PathRule::Kind::protected_)},
      kAbi, tree);
  EXPECT_EQ(granted(compiled), (std::map<std::string, Access>{{"/w", Access::write}}));
}

TEST(Landlock, RightsAreCutToTheAbi) {
  const Tree tree{"/w/a"};
  const auto compiled = compile_landlock_rules({rule("/w", Access::write)}, 1, tree);
  for (const LandlockRule& r : compiled.rules) EXPECT_EQ(r.rights & ~landlock_file_rights(1), 0U);
}

}  // namespace
}  // namespace sefaca
