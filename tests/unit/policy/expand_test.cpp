// What a person writes for a path.
#include "core/policy/expand.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using testing::Host;

TEST(ExpandPath, EveryForm) {
  Host host;
  host.set("X", "/x");
  host.set("REL", "rel");
  struct Row {
    const char* text;
    const char* base;
    const char* expected;
  };
  const Row rows[] = {
      {".", "", "/home/u/p"},
      {"./a", "", "/home/u/p/a"},
      {"a/./b", "", "/home/u/p/a/b"},
      {"a", "/base", "/base/a"},
      {"/a//b/", "/base", "/a/b"},
      {"~", "/base", "/home/u"},
      {"~/a", "/base", "/home/u/a"},
      {"~a", "/base", "/base/~a"},
      {"$X/b", "", "/x/b"},
      {"${X}b", "", "/xb"},
      {"$REL", "/base", "/base/rel"},
      {"$TMPDIR", "", "/tmp"},
      {"$HOME/.cache", "", "/home/u/.cache"},
      {"~/$REL", "", "/home/u/rel"},
      {"..", "", "/home/u/p/.."},
      {"a b", "", "/home/u/p/a b"},
  };
  for (const Row& row : rows) {
    const auto path = expand_path(row.text, row.base, host.surroundings);
    ASSERT_TRUE(path.ok()) << row.text;
    EXPECT_EQ(*path, row.expected) << row.text;
  }
}

TEST(ExpandPath, Errors) {
  Host host;
  const auto error = [&](const char* text) {
    const auto path = expand_path(text, "", host.surroundings);
    return path ? *path : concat(path.error().what, "; ", path.error().remedy);
  };
  EXPECT_EQ(error(""), "a path is empty; write '.' for the working directory");
  EXPECT_EQ(error("$NOPE/x"),
            "'$NOPE/x' names the variable NOPE, which is not set; "
            "set it, or write the path itself");
  EXPECT_EQ(error("a$"), "'a$' has a '$' that names no variable; write $NAME or ${NAME}");
  EXPECT_EQ(error("${X"), "'${X' has a '$' that names no variable; write $NAME or ${NAME}");
  EXPECT_EQ(error("${}"), "'${}' has a '$' that names no variable; write $NAME or ${NAME}");
  host.surroundings.home.clear();
  EXPECT_EQ(error("~/x"),
            "'~/x' needs a home, and there is none; "
            "set HOME, or write the path itself");
}

TEST(ExpandPath, TmpdirFollowsTheVariable) {
  Host host;
  host.set("TMPDIR", "/var/tmp/x");
  EXPECT_EQ(*expand_path("$TMPDIR", "", host.surroundings), "/var/tmp/x");
  host.set("TMPDIR", "relative");
  EXPECT_EQ(*expand_path("$TMPDIR", "", host.surroundings), "/tmp");
}

}  // namespace
}  // namespace sefaca
