// How an error is shown.
#include "launcher/diagnostics.h"

#include <gtest/gtest.h>

#include "tests/unit/config/fake_tree.h"

namespace sefaca {
namespace {

TEST(Diagnostics, PlaceExcerptAndRemedy) {
  const Error error{.what = "unknown key 'memroy'",
                    .where = "/p/.sefaca.toml:2:1",
                    .excerpt = "memroy = 1\n^",
                    .remedy = "did you mean 'memory'?"};
  EXPECT_EQ(error_text(error, false),
            "sefaca: /p/.sefaca.toml:2:1: unknown key 'memroy'\n"
            "    memroy = 1\n"
            "    ^\n"
            "  -> did you mean 'memory'?\n");
}

TEST(Diagnostics, NothingButTheClause) {
  EXPECT_EQ(error_text(Error{.what = "no command"}, false), "sefaca: no command\n");
}

TEST(Diagnostics, ErrnoIsTranslatedOnce) {
  EXPECT_EQ(error_text(Error{.what = "can't be opened", .where = "/x", .errno_value = 13}, false),
            "sefaca: /x: can't be opened: EACCES (Permission denied)\n");
}

TEST(Diagnostics, APathCanNotDriveTheTerminal) {
  const auto text = error_text(Error{.what = "is not there", .where = "/a\x1b[2J"}, false);
  EXPECT_EQ(text, "sefaca: /a\\x1b[2J: is not there\n");
}

TEST(Diagnostics, ColourOnlyWhereItIsAskedFor) {
  EXPECT_EQ(error_text(Error{.what = "x"}, true), "\x1b[1;31msefaca:\x1b[0m \x1b[1mx\x1b[0m\n");
  const auto tree = test::usual_tree();
  auto surroundings = test::surroundings_on(tree);
  surroundings.environment["TERM"] = "xterm";
  FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  EXPECT_FALSE(use_colour(file, surroundings));
  std::fclose(file);
}

}  // namespace
}  // namespace sefaca
