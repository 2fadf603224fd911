// The command lines of podman and docker: what must and must not stand in them.
#include "core/backend/container/container.h"

#include <gtest/gtest.h>

#include "tests/unit/backend/enclosed_host.h"

namespace sefaca::testing {
namespace {

Enclosure enclosed(const EnclosedHost& host, const Wish& wish) {
  auto made = host.enclose(wish);
  EXPECT_TRUE(made.ok()) << (made ? "" : text_of(made.errors()));
  return made ? std::move(*made) : Enclosure{};
}

TEST(Container, HasWhatTheSpecificationsCommandHas) {
  const EnclosedHost host;
  const Enclosure made = enclosed(host, {.backend = Backend::docker});
  ASSERT_GE(made.argv.size(), 2U);
  EXPECT_EQ(made.argv[0], "docker");
  EXPECT_EQ(made.argv[1], "run");
  for (const char* word :
       {"--user=1000:0", "--volume=/home/u/p:/home/u/p:rw", "--workdir=/home/u/p", "--network=none",
        "ubuntu:22.04", "--pull=never", "--cap-drop=ALL", "--security-opt=no-new-privileges",
        "--read-only", "--ulimit=nofile=1024:4096"})
    EXPECT_TRUE(has(made, word)) << word;
  EXPECT_EQ(made.argv.back(), "two words");
}

TEST(Container, ShowsTheWorkspaceOnlyWhenAsked) {
  const EnclosedHost host;
  EXPECT_FALSE(has(enclosed(host, {}), "--workdir=/workspace"));
  const Enclosure asked = enclosed(host, {.assignments = {flag("container_workspace", {"true"})}});
  EXPECT_TRUE(has(asked, "--workdir=/workspace"));
  EXPECT_TRUE(has(asked, "--volume=/home/u/p:/workspace:rw"));
  // What is protected at one place is so at the other.
  EXPECT_TRUE(has(asked, "--volume=/home/u/p/.git/hooks:/workspace/.git/hooks:ro"));
}

TEST(Container, NeverMountsASecret) {
  EnclosedHost host;
  host.surroundings.cwd = "/home/u";
  const Enclosure made = enclosed(host, {});
  EXPECT_TRUE(has(made, "--volume=/home/u:/home/u:rw"));
  EXPECT_TRUE(has(made, "--volume=/dev/null:/home/u/.netrc:ro"));
  bool covered = false;
  for (const std::string& word : made.argv)
    covered = covered || word == "--volume=/tmp/sf-abcdef/empty:/home/u/.ssh:ro";
  EXPECT_TRUE(covered);
  // In a project below the home nothing of it is there at all.
  host.surroundings.cwd = "/home/u/p";
  for (const std::string& word : enclosed(host, {}).argv) {
    EXPECT_EQ(word.find("/home/u/.ssh"), std::string::npos) << word;
    EXPECT_EQ(word.find("/home/u/.netrc"), std::string::npos) << word;
  }
}

TEST(Container, ValuesOfTheEnvironmentStandOnNoCommandLine) {
  EnclosedHost host;
  const Enclosure made =
      enclosed(host, {.assignments = {flag("env", {"GIVEN=a secret", "GITHUB_TOKEN"})}});
  EXPECT_TRUE(has(made, "--env=GIVEN"));
  EXPECT_TRUE(has(made, "--env=GITHUB_TOKEN"));
  for (const std::string& word : made.argv) {
    EXPECT_EQ(word.find("a secret"), std::string::npos) << word;
    EXPECT_EQ(word.find("hidden"), std::string::npos) << word;
  }
  EXPECT_NE(std::find(made.environment.begin(), made.environment.end(), "GIVEN=a secret"),
            made.environment.end());
  // Withheld unless it is given; the host's PATH is not the image's.
  const Enclosure plain = enclosed(host, {});
  EXPECT_FALSE(has(plain, "--env=GITHUB_TOKEN"));
  EXPECT_FALSE(has(plain, "--env=PATH"));
  EXPECT_TRUE(has(plain, "--env=LANG"));
}

TEST(Container, TheEngineKeepsItsOwnVariables) {
  EnclosedHost host;
  const Enclosure made =
      enclosed(host, {.assignments = {flag("env", {"DOCKER_HOST=tcp://evil", "PATH=/opt/bin"})}});
  EXPECT_TRUE(has(made, "--env=DOCKER_HOST=tcp://evil"));
  EXPECT_TRUE(has(made, "--env=PATH=/opt/bin"));
  for (const std::string& entry : made.environment)
    EXPECT_EQ(entry.find("evil"), std::string::npos) << entry;
}

TEST(Container, LimitsThatAnEngineIgnoresAreNamed) {
  const EnclosedHost host;
  const EngineFacts none{.rootless = true, .memory = false, .tasks = false};
  const Enclosure watched = enclosed(host, {.facts = none});
  for (const std::string& word : watched.argv) {
    if (word == "ubuntu:22.04") break;  // what follows is told to sefaca inside
    EXPECT_FALSE(word.starts_with("--memory") || word.starts_with("--pids")) << word;
  }
  EXPECT_NE(gap_of(watched, "memory_cgroup"), nullptr);
  EXPECT_TRUE(watched.enforced.at("memory").starts_with("inside: watched"));
  const Enclosure bare = enclosed(host, {.facts = none, .self = ""});
  ASSERT_NE(gap_of(bare, "memory"), nullptr);
  EXPECT_EQ(gap_of(bare, "memory")->effect, Gap::Effect::weaker);
  EXPECT_FALSE(bare.enforced.contains("memory"));
  const Enclosure held = enclosed(host, {.self = ""});
  EXPECT_EQ(gap_of(held, "memory"), nullptr);
}

TEST(Container, RootlessKeepsTheUsersOwnId) {
  const EnclosedHost host;
  const EngineFacts rootless{.rootless = true};
  EXPECT_TRUE(has(enclosed(host, {.facts = rootless}), "--userns=keep-id"));
  const Enclosure docker = enclosed(host, {.backend = Backend::docker, .facts = rootless});
  EXPECT_TRUE(has(docker, "--user=0:0"));
  EXPECT_FALSE(has(docker, "--userns=keep-id"));
}

TEST(Container, TheCommandIsPassedOnByteForByte) {
  const EnclosedHost host;
  const Command command{.argv = {"printf", "", "--", "-x", "$(id)\n"}};
  const Enclosure inside = enclosed(host, {.command = command});
  const std::vector<std::string> tail(inside.argv.end() - 6, inside.argv.end());
  EXPECT_EQ(tail, (std::vector<std::string>{"--", "printf", "", "--", "-x", "$(id)\n"}));
  const Enclosure bare = enclosed(host, {.self = "", .command = command});
  EXPECT_TRUE(has(bare, "--entrypoint=printf"));
  const std::vector<std::string> rest(bare.argv.end() - 5, bare.argv.end());
  EXPECT_EQ(rest, (std::vector<std::string>{"ubuntu:22.04", "", "--", "-x", "$(id)\n"}));
}

TEST(Container, NetworksOfThePolicy) {
  const EnclosedHost host;
  const auto network = [&](const char* name, const char* self) {
    const Enclosure made = enclosed(host, {.assignments = {flag("network", {name})}, .self = self});
    return has(made, "--network=host");
  };
  EXPECT_FALSE(network("deny", ""));
  EXPECT_FALSE(network("localhost", ""));
  EXPECT_TRUE(network("allow", ""));
  EXPECT_FALSE(network("host-loopback", "")) << "nobody inside would hold it";
  EXPECT_TRUE(network("host-loopback", "/usr/bin/sefaca"));
}

TEST(Container, WhatNoContainerCanIsRefused) {
  EnclosedHost host;
  host.files.directory("/home/u/a:b");
  const auto refused = [&](Assignment assignment) {
    const auto made = host.enclose({.assignments = {std::move(assignment)}});
    return made ? std::string() : text_of(made.errors());
  };
  EXPECT_NE(refused(flag("keep_fd", {"3"})).find("no file descriptors"), std::string::npos);
  EXPECT_NE(refused(flag("keep_background", {"true"})).find("leave anything running"),
            std::string::npos);
  host.surroundings.cwd = "/home/u/a:b";
  EXPECT_NE(refused(flag("level", {"strict"})).find("':'"), std::string::npos);
}

TEST(Container, FactsAndStatesAreRead) {
  const EngineFacts root = parse_facts(Backend::podman, "false v1 [cpuset cpu memory pids]\n");
  EXPECT_FALSE(root.rootless);
  EXPECT_TRUE(root.memory && root.tasks);
  const EngineFacts user = parse_facts(Backend::podman, "true v1 []\n");
  EXPECT_TRUE(user.rootless);
  EXPECT_FALSE(user.memory || user.tasks);
  const EngineFacts delegated = parse_facts(Backend::podman, "true v2 [memory pids]");
  EXPECT_TRUE(delegated.memory && delegated.tasks);
  const EngineFacts docker = parse_facts(Backend::docker, "true false [name=seccomp,profile=x]");
  EXPECT_TRUE(docker.memory);
  EXPECT_FALSE(docker.tasks || docker.rootless);
  EXPECT_TRUE(parse_facts(Backend::docker, "true true [name=rootless]").rootless);

  const ContainerState killed = parse_state("true 137 2026-11-28 08:44:33.1 +0000 UTC\n");
  EXPECT_TRUE(killed.found && killed.started && killed.out_of_memory);
  EXPECT_EQ(killed.exit_code, 137);
  EXPECT_FALSE(parse_state("false 127 0001-01-01 00:00:00 +0000 UTC").started);
  EXPECT_FALSE(parse_state("").found);
}

}  // namespace
}  // namespace sefaca::testing
