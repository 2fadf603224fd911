// SEFACA_* variables to assignments or exact errors.
#include "core/config/environment.h"

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/policy/keys.h"
#include "tests/unit/config/fake_tree.h"

namespace sefaca {
namespace {

using test::text_of;

Result<std::vector<Assignment>> read(const Environment& environment) {
  static const test::FakeTree tree = test::usual_tree();
  Surroundings surroundings = test::surroundings_on(tree);
  surroundings.environment = environment;
  return read_variables(surroundings);
}

TEST(Variables, TheSpecificationsFour) {
  auto read_ones = read({{"SEFACA_LEVEL", "strict"},
                         {"SEFACA_TIMEOUT", "60"},
                         {"SEFACA_MEMORY", "512m"},
                         {"SEFACA_NETWORK", "deny"}});
  ASSERT_TRUE(read_ones) << text_of(read_ones.errors());
  std::string listed;
  for (const auto& each : *read_ones) {
    listed += concat(each.key, "=", each.values.front(), " from ", each.origin, "\n");
    EXPECT_EQ(each.layer, Layer::variable);
  }
  EXPECT_EQ(listed,
            "level=strict from $SEFACA_LEVEL\nmemory=512m from $SEFACA_MEMORY\n"
            "network=deny from $SEFACA_NETWORK\ntimeout=60 from $SEFACA_TIMEOUT\n");
}

TEST(Variables, ListsAddAndFlagsTakeOneAndZero) {
  auto assignments = read({{"SEFACA_READWRITE", "/a:/b"},
                           {"SEFACA_LOG_SYSLOG", "1"},
                           {"SEFACA_LOG_FILE", "/l"},
                           {"SEFACA_KEEP_BACKGROUND", "0"}});
  ASSERT_TRUE(assignments) << text_of(assignments.errors());
  ASSERT_EQ(assignments->size(), 4U);
  EXPECT_EQ((*assignments)[0].values.front(), "false");
  EXPECT_EQ((*assignments)[1].key, "log");
  EXPECT_EQ((*assignments)[2].values.front(), "true");
  EXPECT_TRUE((*assignments)[3].add);
  EXPECT_EQ((*assignments)[3].values, (std::vector<std::string>{"/a", "/b"}));
}

TEST(Variables, EveryKeyHasOne) {
  for (const Key& key : all_keys()) {
    std::string value = "x";
    if (!choices(key).empty()) value = choices(key).front();
    if (key.type == KeyType::duration || key.type == KeyType::bytes || key.type == KeyType::count ||
        key.type == KeyType::descriptors) {
      value = "7";
    }
    if (key.type == KeyType::https_url) value = "https://x";
    auto assignments = read({{variable_name(key), value}});
    ASSERT_TRUE(assignments) << key.name << text_of(assignments.errors());
    ASSERT_EQ(assignments->size(), 1U);
    EXPECT_EQ(assignments->front().key, key.name);
  }
}

TEST(Variables, AnEndpointIsAnHttpsAddressWithoutCredentials) {
  for (const char* good : {"https://x", "https://x:8443/api/logs?a=b@c", "https://[::1]/"}) {
    EXPECT_TRUE(read({{"SEFACA_LOG_ENDPOINT", good}})) << good;
  }
  for (const char* wrong : {"http://x", "https://", "https:///x", "https://user:pw@x/y", "x",
                            "https://t@x", "https://x /y", "https://x\n", "HTTPS://x"}) {
    EXPECT_FALSE(read({{"SEFACA_LOG_ENDPOINT", wrong}})) << wrong;
  }
}

TEST(Variables, EmptyReservedAndForeignOnesAreLeftAlone) {
  auto assignments = read({{"SEFACA_PRESET", ""},
                           {"SEFACA_LOG_TOKEN", "abc123"},
                           {"SEFACA_CONFIG", "/x"},
                           {"SEFACA_DIR", "/usr/lib/cmake"},
                           {"SEFACA_SOMETHING_ELSE", "1"},
                           {"OTHER", "1"}});
  ASSERT_TRUE(assignments) << text_of(assignments.errors());
  EXPECT_TRUE(assignments->empty());
}

TEST(Variables, MalformedOnesAreNamedAllAtOnce) {
  auto assignments = read({{"SEFACA_LEVEL", "strickt"},
                           {"SEFACA_MEMROY", "1g"},
                           {"SEFACA_READONLY", "/a::/b"},
                           {"SEFACA_KEEP_BACKGROUND", "yes"}});
  ASSERT_FALSE(assignments);
  EXPECT_EQ(text_of(assignments.errors()),
            "$SEFACA_KEEP_BACKGROUND: unknown value 'yes' for keep_background [one of: true, "
            "false]\n"
            "$SEFACA_LEVEL: unknown value 'strickt' for level [did you mean 'strict'?]\n"
            "$SEFACA_MEMROY: unknown variable [did you mean 'SEFACA_MEMORY'?]\n"
            "$SEFACA_READONLY: an empty part in the list '/a::/b' [write '.' for the working "
            "directory]\n");
}

}  // namespace
}  // namespace sefaca
