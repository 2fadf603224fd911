// The trust store: bound to path and content, and believed only where nobody else can write.
#include "core/config/trust.h"

#include <gtest/gtest.h>

#include "tests/unit/config/fake_tree.h"

namespace sefaca {
namespace {

using test::text_of;

TEST(Trust, LiesInTheHomeOrBelowTheStateDirectory) {
  auto tree = test::usual_tree();
  auto surroundings = test::surroundings_on(tree);
  EXPECT_EQ(TrustStore::path_for(surroundings), "/home/u/.local/state/sefaca/trusted");
  surroundings.environment["XDG_STATE_HOME"] = "/s";
  EXPECT_EQ(TrustStore::path_for(surroundings), "/s/sefaca/trusted");
  surroundings.environment["XDG_STATE_HOME"] = "relative";
  EXPECT_EQ(TrustStore::path_for(surroundings), "/home/u/.local/state/sefaca/trusted");
  tree.directory("/home/u/.sefaca");
  EXPECT_EQ(TrustStore::path_for(surroundings), "/home/u/.sefaca/trusted");
  surroundings.home.clear();
  EXPECT_EQ(TrustStore::path_for(surroundings), "");
}

TEST(Trust, IsBoundToPathAndContent) {
  TrustStore store;
  store.add("/p/.sefaca.toml", "a");
  EXPECT_TRUE(store.trusts("/p/.sefaca.toml", "a"));
  EXPECT_FALSE(store.trusts("/p/.sefaca.toml", "b"));
  EXPECT_FALSE(store.trusts("/q/.sefaca.toml", "a"));
  store.add("/p/.sefaca.toml", "b");
  EXPECT_FALSE(store.trusts("/p/.sefaca.toml", "a"));
  EXPECT_EQ(store.entries().size(), 1U);
  EXPECT_TRUE(store.remove("/p/.sefaca.toml"));
  EXPECT_FALSE(store.remove("/p/.sefaca.toml"));
}

TEST(Trust, StoreIsReadBack) {
  TrustStore store;
  store.add("/a b/.sefaca.toml", "1");
  store.add("/new\nline\\n/.sefaca.toml", "2");
  auto tree = test::usual_tree();
  tree.file("/home/u/.sefaca/trusted", store.to_text() + "nonsense\n", 0600);
  auto loaded = TrustStore::load(test::surroundings_on(tree));
  ASSERT_TRUE(loaded) << text_of(loaded.errors());
  EXPECT_EQ(loaded->entries().size(), 2U);
  EXPECT_TRUE(loaded->trusts("/a b/.sefaca.toml", "1"));
  EXPECT_TRUE(loaded->trusts("/new\nline\\n/.sefaca.toml", "2"));
}

TEST(Trust, StoreThatOthersCanWriteIsNotBelieved) {
  const char* text =
      "/home/u/.sefaca/trusted: the list of trusted files can be written by others and is not "
      "believed [chmod go-w /home/u/.sefaca/trusted, or remove it]\n";
  for (mode_t mode : {0620U, 0602U}) {
    auto tree = test::usual_tree();
    tree.file("/home/u/.sefaca/trusted", "", mode);
    auto loaded = TrustStore::load(test::surroundings_on(tree));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(text_of(loaded.errors()), text);
  }
  auto tree = test::usual_tree();
  tree.file("/home/u/.sefaca/trusted", "", 0600, 1001);
  EXPECT_FALSE(TrustStore::load(test::surroundings_on(tree)));
}

TEST(Trust, FileOfAnotherOrForAnybodyIsUntrustworthy) {
  auto tree = test::usual_tree();
  tree.file("/p/mine", "", 0664).file("/p/roots", "", 0644, 0).file("/p/theirs", "", 0644, 1001);
  tree.file("/p/anybodys", "", 0666);
  const auto surroundings = test::surroundings_on(tree);
  EXPECT_FALSE(untrustworthy("/p/mine", surroundings));
  EXPECT_FALSE(untrustworthy("/p/roots", surroundings));
  EXPECT_EQ(text_of({*untrustworthy("/p/theirs", surroundings)}),
            "/p/theirs: the file belongs to user 1001, who could change what it says [chown u "
            "/p/theirs]\n");
  EXPECT_EQ(text_of({*untrustworthy("/p/anybodys", surroundings)}),
            "/p/anybodys: anybody can write to the file [chmod o-w /p/anybodys]\n");
}

}  // namespace
}  // namespace sefaca
