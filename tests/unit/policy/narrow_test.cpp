// What two policies both permit.
#include "core/policy/narrow.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using namespace testing;

Access at(const PolicyFields& fields, const std::string& path) {
  return access_at(fields.paths, path, Access::hide);
}

PolicyFields made(const Host& host, std::vector<Assignment> assignments) {
  auto policy = build(host, std::move(assignments));
  EXPECT_TRUE(policy.ok()) << errors_of(policy);
  return **policy;
}

TEST(Narrow, TheSmallerOfEachValueCounts) {
  const Host host;
  const auto wide = made(host, {flag("network", {"allow"}), flag("memory", {"4g"}),
                                flag("timeout", {"none"}), flag("allow", {"userns", "signals"})});
  const auto narrow = made(host, {flag("network", {"deny"}), flag("memory", {"8g"}),
                                  flag("timeout", {"60"}), flag("allow", {"signals"})});
  for (const auto& both : {narrower_of(wide, narrow), narrower_of(narrow, wide)}) {
    EXPECT_EQ(both.network, Network::deny);
    EXPECT_EQ(both.limits.memory_bytes, 4 * kGibi);
    EXPECT_EQ(both.limits.timeout_ms, 60'000U);
  }
  EXPECT_EQ(narrower_of(wide, narrow).values.at("network"), "deny");
  EXPECT_EQ(narrower_of(wide, narrow).values.at("memory"), "4g");
}

TEST(Narrow, ListsOfWhatIsAllowedAreIntersected) {
  const Host host;
  auto one = made(host, {});
  auto other = one;
  one.allow = {"userns", "signals"};
  other.allow = {"signals", "keyrings"};
  one.keep_fds = {3, 4};
  other.keep_fds = {4, 5};
  one.given = {"A", "B=1"};
  other.given = {"B=1", "B=2"};
  const auto both = narrower_of(one, other);
  EXPECT_EQ(both.allow, (std::set<std::string>{"signals"}));
  EXPECT_EQ(both.keep_fds, (std::vector<int>{4}));
  EXPECT_EQ(both.given, (std::vector<std::string>{"B=1"}));
}

TEST(Narrow, PathsAreComparedByWhatTheyComeTo) {
  Host host;
  host.files.directory("/data/in").directory("/data/out").directory("/other");
  const auto one = made(host, {flag("readwrite", {"/data"}), flag("read", {"listed"})});
  const auto other = made(host, {flag("readonly", {"/data"}), flag("readwrite", {"/data/out"}),
                                 flag("readwrite", {"/other"}), flag("read", {"all"})});
  for (const auto& both : {narrower_of(one, other), narrower_of(other, one)}) {
    EXPECT_EQ(at(both, "/data"), Access::read);
    EXPECT_EQ(at(both, "/data/in"), Access::read);
    EXPECT_EQ(at(both, "/data/out"), Access::write);
    EXPECT_EQ(at(both, "/other"), Access::hide);
    EXPECT_EQ(at(both, "/usr/bin"), Access::read);
    EXPECT_EQ(at(both, "/home/u/p"), Access::write);
    EXPECT_EQ(at(both, "/home/u"), Access::hide);
    for (const PathRule& rule : both.paths) EXPECT_NE(rule.path, "/");  // nothing to hide it from
  }
}

TEST(Narrow, WithItselfNothingChanges) {
  Host host;
  host.files.file("/home/u/.ssh/id", "key");
  const auto one = made(host, {flag("preset", {"compiler"})});
  const auto both = narrower_of(one, one);
  for (const char* path : {"/", "/home/u", "/home/u/.ssh/id", "/home/u/p", "/usr", "/tmp", "/etc"})
    EXPECT_EQ(at(both, path), at(one, path)) << path;
}

}  // namespace
}  // namespace sefaca
