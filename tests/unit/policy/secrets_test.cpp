// Secrets: hidden where they are, and where their variables put them.
#include "core/policy/secrets.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using testing::access_of;
using testing::build;
using testing::flag;
using testing::Host;
using testing::rule_of;

TEST(Secrets, HiddenAtEveryLevelButPermissive) {
  for (const char* level : {"strict", "default"}) {
    Host host;
    host.files.file("/home/u/.ssh/id").file("/home/u/.config/gh/hosts.yml").file("/home/u/.netrc");
    host.files.directory("/run/secrets").file("/home/u/.bash_history");
    const auto policy = build(host, {flag("level", {level})});
    for (const char* path : {"/home/u/.ssh/id", "/home/u/.config/gh/hosts.yml", "/home/u/.netrc",
                             "/run/secrets/x", "/home/u/.bash_history"})
      EXPECT_EQ(access_of(*policy, path), Access::hide) << level << " " << path;
    EXPECT_EQ(rule_of(*policy, "/home/u/.ssh")->reason, "ssh keys");
    EXPECT_EQ(rule_of(*policy, "/home/u/.ssh")->kind, PathRule::Kind::secret);
    EXPECT_EQ(rule_of(*policy, "/home/u/.gnupg"), nullptr);  // not there
  }
  Host host;
  host.files.directory("/home/u/.ssh");
  const auto permissive = build(host, {flag("level", {"permissive"})});
  EXPECT_EQ(access_of(*permissive, "/home/u/.ssh/id"), Access::write);
}

TEST(Secrets, WhereVariablesPutThem) {
  Host host;
  host.set("KUBECONFIG", "/k/one:rel/two");
  host.set("GNUPGHOME", "/keys");
  host.set("XDG_CONFIG_HOME", "/cfg");
  host.set("SSH_AUTH_SOCK", "/tmp/ssh-x/agent.1");
  host.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/tmp/bus,guid=1");
  host.set("DOCKER_HOST", "unix:///srv/docker.sock");
  host.set("HISTFILE", "/dev/null");
  host.set("CARGO_HOME", "/cargo");
  host.files.file("/k/one").file("/home/u/p/rel/two").directory("/keys").directory("/cfg/gh");
  host.files.socket("/tmp/ssh-x/agent.1").socket("/tmp/bus").socket("/srv/docker.sock");
  host.files.directory("/home/u/.config/gh").file("/cargo/credentials.toml");
  host.files.directory("/run/user/1000");
  const auto policy = build(host, {});
  for (const char* path : {"/k/one", "/home/u/p/rel/two", "/keys", "/cfg/gh", "/home/u/.config/gh",
                           "/tmp/ssh-x/agent.1", "/tmp/bus", "/srv/docker.sock",
                           "/cargo/credentials.toml", "/run/user/1000/bus"})
    EXPECT_EQ(access_of(*policy, path), Access::hide) << path;
  EXPECT_EQ(access_of(*policy, "/dev/null"), Access::write);
}

TEST(Secrets, AVariableHidesNoHomeAndNotTheWorkingDirectory) {
  Host host;
  host.set("GNUPGHOME", "/home/u");
  host.set("KUBECONFIG", "/");
  host.set("AWS_CONFIG_FILE", ".");
  host.set("XDG_RUNTIME_DIR", "/tmp");
  const auto policy = build(host, {});
  EXPECT_EQ(access_of(*policy, "/home/u/x"), Access::read);
  EXPECT_EQ(access_of(*policy, "/home/u/p/x"), Access::write);
  EXPECT_EQ(access_of(*policy, "/tmp/x"), Access::read);
}

TEST(Secrets, LinksAndWhatTheyLeadTo) {
  Host host;
  host.files.directory("/home/u/p/dotfiles/ssh").link("/home/u/.ssh", "p/dotfiles/ssh");
  const auto policy = build(host, {});
  EXPECT_EQ(access_of(*policy, "/home/u/.ssh"), Access::hide);
  EXPECT_EQ(access_of(*policy, "/home/u/p/dotfiles/ssh/id"), Access::hide);
  EXPECT_EQ(access_of(*policy, "/home/u/p/dotfiles/x"), Access::write);
}

TEST(Secrets, TheAccountsHomeCountsToo) {
  Host host;
  host.surroundings.account_home = "/root";
  host.files.directory("/root/.ssh");
  EXPECT_EQ(access_of(*build(host, {}), "/root/.ssh/id"), Access::hide);
}

TEST(Secrets, NamedByTheUser) {
  Host host;
  host.files.file("/home/u/.ssh/known_hosts").file("/home/u/.ssh/id").directory("/home/u/.aws");
  const auto named = build(host, {flag("readonly", {"~/.ssh"})});
  EXPECT_EQ(access_of(*named, "/home/u/.ssh/id"), Access::read);
  // One below it opens that alone, and one above opens nothing.
  const auto below = build(host, {flag("readonly", {"~/.ssh/known_hosts"})});
  EXPECT_EQ(access_of(*below, "/home/u/.ssh/known_hosts"), Access::read);
  EXPECT_EQ(access_of(*below, "/home/u/.ssh/id"), Access::hide);
  const auto above = build(host, {flag("readwrite", {"~"})});
  EXPECT_EQ(access_of(*above, "/home/u/.aws/credentials"), Access::hide);
}

TEST(Secrets, ATokenInTheCheckout) {
  Host host;
  host.files.file("/home/u/p/.git/HEAD");
  host.files.file("/home/u/p/.git/config", "[remote \"o\"]\n url = https://github.com/a/b\n");
  EXPECT_EQ(access_of(*build(host, {}), "/home/u/p/.git/config"), Access::read);
  host.files.file("/home/u/p/.git/config", "extraheader = AUTHORIZATION: basic eA==\n");
  EXPECT_EQ(access_of(*build(host, {}), "/home/u/p/.git/config"), Access::hide);
}

TEST(OwnDirectories, HiddenAtEveryLevelAndWhateverIsGranted) {
  for (const char* level : {"strict", "default", "permissive"}) {
    Host host;
    host.files.file("/home/u/.sefaca/config.toml").directory("/home/u/.local/state/sefaca");
    const auto policy = build(host, {flag("level", {level}), flag("readwrite", {"~/.sefaca"})});
    ASSERT_TRUE(policy.ok());
    EXPECT_EQ(access_of(*policy, "/home/u/.sefaca/config.toml"), Access::hide) << level;
    EXPECT_EQ(access_of(*policy, "/home/u/.local/state/sefaca/x"), Access::hide) << level;
  }
}

TEST(Secrets, ASocketInAWritableDirectoryIsLeftToTheBroker) {
  Host host;
  host.files.directory("/tmp/.X11-unix").directory("/run/dbus");
  const auto policy = build(host, {flag("preset", {"compiler"})});
  EXPECT_EQ(rule_of(*policy, "/tmp/.X11-unix")->kind, PathRule::Kind::protected_);
  EXPECT_EQ(rule_of(*policy, "/tmp/.X11-unix")->access, Access::hide);
  EXPECT_EQ(rule_of(*policy, "/run/dbus")->kind, PathRule::Kind::secret);
  const auto strict = build(host, {flag("level", {"strict"}), flag("readwrite", {"/tmp"})});
  EXPECT_EQ(rule_of(*strict, "/tmp/.X11-unix")->kind, PathRule::Kind::secret);
}

TEST(OwnDirectories, WhatCouldBeMadeIsHiddenBeforeItIsThere) {
  Host host;
  const auto permissive = build(host, {flag("level", {"permissive"})});
  EXPECT_EQ(access_of(*permissive, "/home/u/.sefaca/config.toml"), Access::hide);
  EXPECT_EQ(rule_of(*permissive, "/home/u/.sefaca")->kind, PathRule::Kind::protected_);
  const auto standard = build(host, {});
  EXPECT_EQ(rule_of(*standard, "/home/u/.sefaca"), nullptr);
}

}  // namespace
}  // namespace sefaca
