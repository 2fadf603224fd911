// Paths as bytes.
#include "core/base/path.h"

#include <gtest/gtest.h>

namespace sefaca {
namespace {

TEST(AbsolutePath, CleansAndStandsOnTheBase) {
  struct Row {
    const char* path;
    const char* base;
    const char* expected;
  };
  const Row rows[] = {
      {"/a/b", "/x", "/a/b"},
      {"a", "/x", "/x/a"},
      {".", "/x/y", "/x/y"},
      {"..", "/x/y", "/x"},
      {"../..", "/x/y", "/"},
      {"../../..", "/x/y", "/"},
      {"/a//b/./c/", "/", "/a/b/c"},
      {"", "/x", "/x"},
      {"/", "/x", "/"},
      {"./a/../b", "/", "/b"},
      {"a b\n", "/x", "/x/a b\n"},
      {"..a", "/x", "/x/..a"},
      {"/a/...", "/", "/a/..."},
      {"x", "/y/", "/y/x"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(absolute_path(row.path, row.base), row.expected) << row.path << " on " << row.base;
}

TEST(IsWithin, ComparesWholeParts) {
  EXPECT_TRUE(is_within("/a/b", "/a"));
  EXPECT_TRUE(is_within("/a", "/a"));
  EXPECT_TRUE(is_within("/a", "/"));
  EXPECT_TRUE(is_within("/", "/"));
  EXPECT_FALSE(is_within("/ab", "/a"));
  EXPECT_FALSE(is_within("/a", "/a/b"));
  EXPECT_FALSE(is_within("/", "/a"));
}

TEST(Parts, OfAPath) {
  EXPECT_EQ(parent_path("/a/b"), "/a");
  EXPECT_EQ(parent_path("/a"), "/");
  EXPECT_EQ(parent_path("/"), "/");
  EXPECT_EQ(base_name("/a/b"), "b");
  EXPECT_EQ(base_name("/"), "");
}

}  // namespace
}  // namespace sefaca
