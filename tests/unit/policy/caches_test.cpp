// Cache directories: where they are, what moves them, what is made.
#include "core/policy/caches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using testing::access_of;
using testing::build;
using ::testing::ElementsAre;
using testing::flag;
using testing::Host;
using ::testing::IsEmpty;
using testing::rule_of;

std::string ccache(const Host& host) {
  return ccache_directory(host.surroundings, Places(host.surroundings));
}

TEST(CcacheDirectory, AsCcacheItselfFindsIt) {
  Host host;
  EXPECT_EQ(ccache(host), "/home/u/.cache/ccache");
  host.files.file("/etc/ccache.conf", "# all\nmax_size = 5G\n cache_dir = /var/ccache\n");
  EXPECT_EQ(ccache(host), "/var/ccache");
  host.files.file("/home/u/.config/ccache/ccache.conf", "cache_dir = ${HOME}/cc\n");
  EXPECT_EQ(ccache(host), "/home/u/cc");
  host.files.directory("/home/u/.ccache");
  EXPECT_EQ(ccache(host), "/var/ccache");  // ~/.ccache has its own configuration, and none is there
  host.files.file("/home/u/.ccache/ccache.conf", "cache_dir=/c3\n");
  EXPECT_EQ(ccache(host), "/c3");
  host.set("CCACHE_DIR", "/c4");
  EXPECT_EQ(ccache(host), "/c4");
}

TEST(CcacheDirectory, OldPlace) {
  Host host;
  host.files.directory("/home/u/.ccache");
  EXPECT_EQ(ccache(host), "/home/u/.ccache");
}

TEST(Caches, ThePresetsCcacheIsMadeOnlyWhenItIsInUse) {
  Host host;
  const auto without = build(host, {flag("preset", {"compiler"})});
  EXPECT_THAT((*without)->make_directories, IsEmpty());
  host.files.program("/usr/bin/ccache");
  const auto with = build(host, {flag("preset", {"compiler"})});
  EXPECT_THAT((*with)->make_directories, ElementsAre("/home/u/.cache/ccache"));
  EXPECT_EQ(access_of(*with, "/home/u/.cache/ccache/0"), Access::write);
  host.files.directory("/big/ccache").link("/home/u/.cache/ccache", "/big/ccache");
  const auto linked = build(host, {flag("preset", {"compiler"})});
  EXPECT_THAT((*linked)->make_directories, IsEmpty());
  EXPECT_EQ(rule_of(*linked, "/big/ccache")->reason, "cache of ccache");
}

TEST(Caches, NamedByAPersonAreMade) {
  Host host;
  host.set("CARGO_HOME", "/cargo");
  host.files.directory("/cargo").file("/cargo/.package-cache").file("/cargo/credentials.toml");
  const auto policy = build(host, {flag("caches", {"cargo", "pip"})});
  EXPECT_THAT((*policy)->make_directories,
              ElementsAre("/cargo/registry", "/cargo/git", "/home/u/.cache/pip"));
  EXPECT_EQ(access_of(*policy, "/cargo/.package-cache"), Access::write);
  EXPECT_EQ(access_of(*policy, "/cargo/credentials.toml"), Access::hide);
  EXPECT_EQ(access_of(*policy, "/cargo/bin/x"), Access::read);
}

TEST(Caches, AllAreThoseThatAreThere) {
  Host host;
  host.files.directory("/home/u/.npm").directory("/home/u/.m2/repository");
  host.files.directory("/home/u/.cache/pip")
      .directory("/go/pkg/mod")
      .file("/home/u/.m2/settings.xml");
  host.set("GOPATH", "/go");
  const auto policy = build(host, {flag("caches", {"all"})});
  EXPECT_THAT((*policy)->make_directories, IsEmpty());
  for (const char* path :
       {"/home/u/.npm/x", "/home/u/.m2/repository/x", "/home/u/.cache/pip/x", "/go/pkg/mod/x"})
    EXPECT_EQ(access_of(*policy, path), Access::write) << path;
  EXPECT_EQ(access_of(*policy, "/home/u/.cache/other"), Access::read);
  EXPECT_EQ(access_of(*policy, "/home/u/.m2/settings.xml"), Access::hide);
}

TEST(Caches, NeverAHomeOrRoot) {
  Host host;
  host.set("PIP_CACHE_DIR", "/home/u");
  host.set("UV_CACHE_DIR", "/");
  host.set("DENO_DIR", "relative");
  host.files.directory("/x").link("/home/u/.npm", "/home");
  const auto policy = build(host, {flag("caches", {"pip", "uv", "npm"})});
  EXPECT_EQ(access_of(*policy, "/home/u/x"), Access::read);
  EXPECT_EQ(access_of(*policy, "/x"), Access::read);
}

TEST(Caches, ASharedOneBesideTheHomes) {
  Host host;
  host.set("CCACHE_DIR", "/home/ccache");
  host.files.directory("/home/ccache");
  EXPECT_EQ(access_of(*build(host, {flag("preset", {"compiler"})}), "/home/ccache/0"),
            Access::write);
}

}  // namespace
}  // namespace sefaca
