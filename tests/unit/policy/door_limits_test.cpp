// The contract's "Doors apply a preset's limits per step and generously", value by value.
#include "core/policy/door_limits.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using testing::assign;
using testing::Host;

struct Seen {
  std::string memory, timeout, origin;
};

class DoorLimitsTest : public ::testing::Test {
 protected:
  // The limits of a step for which the door chose `preset` (empty: none).
  Seen step(const std::string& preset, DoorLimits door, std::vector<Assignment> more = {},
            std::vector<PresetDefinition> presets = {}, std::vector<Assignment> bounds = {}) {
    PolicyBuilder builder(host.surroundings);
    if (!preset.empty()) builder.set(assign(Layer::door, "preset", {preset}, "the make door"));
    for (auto& one : presets) builder.define(std::move(one));
    for (auto& one : more) builder.set(std::move(one));
    for (auto& one : bounds) builder.enforce(std::move(one));
    auto policy = builder.at_door(door).build({.argv = {"true"}});
    EXPECT_TRUE(policy) << testing::errors_of(policy);
    if (!policy) return {};
    return {(*policy)->values.at("memory"), (*policy)->values.at("timeout"),
            (*policy)->origins.at("memory")};
  }

  Host host;  // 8 GiB
  static constexpr std::uint64_t kMinute = 60'000;
};

TEST_F(DoorLimitsTest, MemoryIsTheLargerOfThePresetsAndHalfOfTheMachines) {
  EXPECT_EQ(step("compiler", {}).memory, "4g");
  host.surroundings.machine_memory_bytes = 2 * testing::kGibi;
  EXPECT_EQ(step("compiler", {}).memory, "2g");  // half would be 1g
  EXPECT_EQ(step("compiler", {}).origin, "preset compiler (the make door)");
  host.surroundings.machine_memory_bytes = 0;  // not known: no half, so no bound
  EXPECT_EQ(step("compiler", {}).memory, "none");
}

TEST_F(DoorLimitsTest, TheOriginSaysThatADoorMovedIt) {
  EXPECT_EQ(step("testing", {}).origin, "preset testing (the make door), for each step of a build");
}

TEST_F(DoorLimitsTest, TimeIsTheLargerOfThePresetsAndTheTools) {
  EXPECT_EQ(step("testing", {.tool_time_ms = 25 * kMinute}).timeout, "25m");
  EXPECT_EQ(step("testing", {.tool_time_ms = kMinute}).timeout, "10m");
  EXPECT_EQ(step("testing", {}).timeout, "none");  // make itself sets no bound
}

TEST_F(DoorLimitsTest, CustomStepsHaveNoneUnlessSet) {
  const DoorLimits custom{.unlimited = true};
  EXPECT_EQ(step("development", custom).memory, "none");
  EXPECT_EQ(step("development", custom).timeout, "none");
  EXPECT_EQ(step("", custom).memory, "none");
  EXPECT_EQ(
      step("development", custom, {assign(Layer::user_file, "memory", {"1g"}, "FILE:1:1")}).memory,
      "none");  // the door's preset stands above the files, as the contract says
  const Seen set = step("development", custom,
                        {assign(Layer::variable, "memory", {"3g"}, "$SEFACA_MEMORY"),
                         assign(Layer::command_line, "timeout", {"90s"}, "--timeout")});
  EXPECT_EQ(set.memory, "3g");
  EXPECT_EQ(set.timeout, "90s");
}

TEST_F(DoorLimitsTest, WithoutAPresetAFilesOwnValueStands) {
  EXPECT_EQ(step("", {}, {assign(Layer::user_file, "memory", {"1g"}, "FILE:1:1")}).memory, "1g");
  EXPECT_EQ(step("", {.unlimited = true}, {assign(Layer::user_file, "memory", {"1g"}, "FILE:1:1")})
                .memory,
            "1g");
}

TEST_F(DoorLimitsTest, APresetNamedInAVariableIsAppliedGenerouslyToo) {
  EXPECT_EQ(step("", {}, {assign(Layer::variable, "preset", {"testing"}, "$SEFACA_PRESET")}).memory,
            "4g");
}

TEST_F(DoorLimitsTest, WhatAPersonWroteIntoAPresetStands) {
  PresetDefinition small{
      .name = "compiler",
      .inherits = {},
      .values = {Assignment{
          .key = "memory", .values = {"1g"}, .layer = Layer::user_file, .origin = "FILE:2:1"}},
      .origin = "FILE:1:1"};
  EXPECT_EQ(step("compiler", {}, {}, {small}).memory, "1g");
  EXPECT_EQ(step("compiler", {}, {}, {small}).timeout, "none");
  EXPECT_EQ(step("compiler", {.unlimited = true}, {}, {small}).memory, "1g");
}

TEST_F(DoorLimitsTest, ALevelThatSomebodyChoseKeepsItsLimits) {
  const std::vector<Assignment> strict{
      assign(Layer::variable, "level", {"strict"}, "$SEFACA_LEVEL")};
  EXPECT_EQ(step("compiler", {}, strict).memory, "512m");
  EXPECT_EQ(step("compiler", {.unlimited = true}, strict).timeout, "60");
}

TEST_F(DoorLimitsTest, TheSystemsBoundsHold) {
  const std::vector<Assignment> bounds{
      assign(Layer::system_file, "memory", {"1g"}, "/etc/sefaca/config.toml:2:1")};
  EXPECT_EQ(step("compiler", {.unlimited = true}, {}, {}, bounds).memory, "1g");
}

}  // namespace
}  // namespace sefaca
