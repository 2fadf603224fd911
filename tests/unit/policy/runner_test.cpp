// What a CI runner leaves: files that steer later steps stay unwritten, credentials hidden.
#include "core/policy/runner.h"

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
using ::testing::UnorderedElementsAre;

constexpr const char* kCommands = "/r/t/_runner_file_commands";

void play_runner(Host& host) {
  host.set("RUNNER_TEMP", "/r/t");
  host.set("GITHUB_ENV", concat(kCommands, "/set_env_1"));
  host.set("GITHUB_OUTPUT", concat(kCommands, "/set_output_1"));
  host.files.file(concat(kCommands, "/set_env_1")).file(concat(kCommands, "/set_output_1"));
  host.files.file("/r/t/1.sh").file("/r/t/git-credentials-1.config").file("/r/t/cache.txt");
  host.files.file("/r/t/0f8fad5b-d9cb-469f-a165-70867728950e");
  host.files.file("/r/t/0f8fad5b-d9cb-469f-a165-70867728950e.sh");
}

TEST(Runner, NothingWhereThereIsNone) {
  Host host;
  const DoorPaths paths = runner_paths({.argv = {"bash", "/tmp/x"}}, host.surroundings);
  EXPECT_THAT(paths.protect, IsEmpty());
  EXPECT_THAT(paths.read, IsEmpty());
  EXPECT_THAT(runner_credentials(host.surroundings), IsEmpty());
}

TEST(Runner, TheStepsOwnScriptCanBeRead) {
  Host host;
  play_runner(host);
  const Command command{.argv = {"bash", "-e", "/r/t/1.sh", "/r/t/not-there", "/etc"}};
  EXPECT_THAT(runner_paths(command, host.surroundings).read, ElementsAre("/r/t/1.sh"));
}

TEST(Runner, WhatSteersLaterStepsIsNotWritable) {
  for (const char* level : {"strict", "default", "permissive"}) {
    Host host;
    play_runner(host);
    const auto policy = build(host, {flag("level", {level}), flag("readwrite", {"/r/t"})});
    EXPECT_EQ(access_of(*policy, "/r/t/cache.txt"), Access::write) << level;
    EXPECT_EQ(access_of(*policy, concat(kCommands, "/set_env_1")), Access::read) << level;
    EXPECT_EQ(access_of(*policy, concat(kCommands, "/another")), Access::read) << level;
  }
}

TEST(Runner, UnlessItIsGranted) {
  Host host;
  play_runner(host);
  const auto policy = build(host, {flag("readwrite", {concat(kCommands, "/set_output_1")})});
  EXPECT_EQ(access_of(*policy, concat(kCommands, "/set_output_1")), Access::write);
  EXPECT_EQ(access_of(*policy, concat(kCommands, "/set_env_1")), Access::read);
}

TEST(Runner, CredentialsOfOtherSteps) {
  Host host;
  play_runner(host);
  EXPECT_THAT(runner_credentials(host.surroundings),
              UnorderedElementsAre("/r/t/git-credentials-1.config",
                                   "/r/t/0f8fad5b-d9cb-469f-a165-70867728950e"));
  const auto policy = build(host, {});
  EXPECT_EQ(access_of(*policy, "/r/t/git-credentials-1.config"), Access::hide);
  EXPECT_EQ(access_of(*policy, "/r/t/1.sh"), Access::read);
}

// A step with a shell of its own has a script without an ending.
TEST(Runner, AScriptIsNoKey) {
  constexpr const char* kScript = "/r/t/0f8fad5b-d9cb-469f-a165-70867728950e";
  for (const char* level : {"strict", "default", "permissive"}) {
    Host host;
    play_runner(host);
    PolicyBuilder builder(host.surroundings);
    builder.set(flag("level", {level}));
    const auto other = builder.build({.argv = {"bash"}});
    const auto policy = builder.build({.argv = {"bash", "-e", kScript}});
    const bool all = std::string_view(level) == "permissive";
    EXPECT_EQ(access_of(*policy, kScript), all ? Access::write : Access::read) << level;
    EXPECT_EQ(access_of(*other, kScript), all ? Access::write : Access::hide) << level;
    EXPECT_EQ(access_of(*policy, "/r/t/git-credentials-1.config"),
              all ? Access::write : Access::hide);
  }
}

}  // namespace
}  // namespace sefaca
