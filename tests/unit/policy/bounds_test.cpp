// [enforce] bounds every later layer.
#include "core/policy/bounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/policy/width.h"
#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using testing::access_of;
using testing::assign;
using testing::build;
using testing::errors_of;
using testing::flag;
using testing::Host;

Assignment bound(std::string key, std::vector<std::string> values) {
  return assign(Layer::system_file, std::move(key), std::move(values),
                "/etc/sefaca/config.toml:3:1");
}

TEST(Bounds, APersonsWiderValueIsAnErrorThatNamesBothPlaces) {
  Host host;
  const std::vector<Assignment> bounds{bound("network", {"deny"}), bound("memory", {"1g"}),
                                       bound("allow", {"signals"})};
  EXPECT_EQ(errors_of(build(host,
                            {flag("network", {"allow"}), flag("memory", {"none"}),
                             flag("allow", {"signals"}), flag("allow", {"userns"})},
                            {}, bounds)),
            "--network: network 'allow' is wider than what is enforced: deny; "
            "the bound stands in /etc/sefaca/config.toml:3:1\n"
            "--memory: memory 'none' is wider than what is enforced: 1g; "
            "the bound stands in /etc/sefaca/config.toml:3:1\n"
            "--allow: allow 'userns' is wider than what is enforced: signals; "
            "the bound stands in /etc/sefaca/config.toml:3:1\n");
}

TEST(Bounds, LevelsAndPresetsAreNarrowed) {
  Host host;
  const auto policy =
      build(host, {flag("preset", {"development"})}, {},
            {bound("network", {"deny"}), bound("timeout", {"60s"}), bound("caches", {"pip"})});
  ASSERT_TRUE(policy.ok()) << errors_of(policy);
  EXPECT_EQ((*policy)->network, Network::deny);
  EXPECT_EQ((*policy)->limits.timeout_ms, 60'000U);
  EXPECT_EQ((*policy)->values.at("caches"), "");
  EXPECT_EQ((*policy)->origins.at("network"), "/etc/sefaca/config.toml:3:1 (enforced)");
}

TEST(Bounds, NarrowerValuesStay) {
  Host host;
  const auto policy = build(host, {flag("network", {"deny"}), flag("memory", {"1g"})}, {},
                            {bound("network", {"localhost"}), bound("memory", {"2g"})});
  ASSERT_TRUE(policy.ok()) << errors_of(policy);
  EXPECT_EQ((*policy)->origins.at("network"), "--network");
  EXPECT_EQ((*policy)->limits.memory_bytes, 1ULL << 30);
}

TEST(Bounds, ALevelBoundsAllThatItSays) {
  Host host;
  host.files.directory("/a");
  const auto plain = build(host, {}, {}, {bound("level", {"strict"})});
  ASSERT_TRUE(plain.ok()) << errors_of(plain);
  EXPECT_EQ((*plain)->level, Level::strict);
  EXPECT_EQ((*plain)->network, Network::deny);
  EXPECT_EQ((*plain)->environment_rule, EnvironmentRule::none);
  EXPECT_EQ(access_of(*plain, "/home/u/p"), Access::read);
  EXPECT_EQ(errors_of(build(host, {flag("level", {"permissive"}), flag("readwrite", {"/a"})}, {},
                            {bound("level", {"strict"})})),
            "--level: level 'permissive' is wider than what is enforced: strict; "
            "the bound stands in /etc/sefaca/config.toml:3:1\n"
            "--readwrite: readwrite '/a' is wider than what is enforced: nothing; "
            "the bound stands in /etc/sefaca/config.toml:3:1\n");
}

TEST(Bounds, Paths) {
  Host host;
  host.files.directory("/srv/x").directory("/secret/y").link("/srv/out", "/secret");
  const std::vector<Assignment> bounds{bound("readwrite", {"/srv", "/home/u/p"}),
                                       bound("hide", {"/secret"}),
                                       bound("readonly", {"/home/u/p/src"})};
  const auto policy = build(host, {flag("readwrite", {"/srv/x"})}, {}, bounds);
  ASSERT_TRUE(policy.ok()) << errors_of(policy);
  EXPECT_EQ(access_of(*policy, "/srv/x/f"), Access::write);
  EXPECT_EQ(access_of(*policy, "/secret/y"), Access::hide);
  EXPECT_EQ(access_of(*policy, "/home/u/p/f"), Access::write);
  EXPECT_EQ(access_of(*policy, "/home/u/p/src/f"), Access::read);
  // A link out of the bound does not count as within, and reading what is hidden stays refused.
  EXPECT_FALSE(build(host, {flag("readwrite", {"/srv/out"})}, {}, bounds).ok());
  const auto reads = build(host, {flag("readonly", {"/secret/y"})}, {}, bounds);
  EXPECT_EQ(access_of(*reads, "/secret/y/f"), Access::hide);
}

TEST(IsWider, ForEachType) {
  struct Row {
    const char* key;
    const char* value;
    const char* bound;
    bool expected;
  };
  const Row rows[] = {
      {"network", "allow", "host-loopback", true},
      {"network", "deny", "localhost", false},
      {"level", "default", "strict", true},
      {"read", "all", "listed", true},
      {"tmp", "private", "host", false},
      {"on_unavailable", "warn", "fail", true},
      {"clean_env", "false", "true", true},
      {"keep_background", "true", "false", true},
      {"memory", "none", "4g", true},
      {"memory", "4096m", "4g", false},
      {"timeout", "61", "1m", true},
      {"pids", "5", "none", false},
      {"report", "off", "full", true},
      {"log", "/a", "/b", true},
      {"log", "/a", "/a", false},
  };
  for (const Row& row : rows)
    EXPECT_EQ(is_wider(*find_key(row.key), row.value, row.bound), row.expected)
        << row.key << " " << row.value << " " << row.bound;
}

}  // namespace
}  // namespace sefaca
