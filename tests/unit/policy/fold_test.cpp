// How layers fold: the whole table of level × preset × layer, presets of files, and exact errors.
#include "core/policy/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "core/policy/levels.h"
#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using testing::assign;
using testing::build;
using ::testing::ElementsAre;
using testing::errors_of;
using testing::flag;
using testing::Host;

using Values = std::map<std::string, std::string>;

// What the contract says, written down once more and apart from the tables of the library.
const std::map<std::string, Values>& contract() {
  static const std::map<std::string, Values> kTable{
      {"strict",
       {{"network", "deny"},
        {"read", "all"},
        {"readwrite", ""},
        {"tmp", "private"},
        {"pids", "64"},
        {"memory", "512m"},
        {"timeout", "60"},
        {"clean_env", "true"},
        {"on_unavailable", "fail"},
        {"caches", ""}}},
      {"default",
       {{"network", "localhost"},
        {"read", "all"},
        {"readwrite", "."},
        {"tmp", "private"},
        {"pids", "4096"},
        {"memory", "4g"},
        {"timeout", "none"},
        {"clean_env", "false"},
        {"on_unavailable", "warn"}}},
      {"permissive",
       {{"network", "allow"},
        {"read", "all"},
        {"readwrite", "/"},
        {"tmp", "host"},
        {"pids", "16384"},
        {"memory", "none"},
        {"timeout", "none"},
        {"clean_env", "false"},
        {"on_unavailable", "warn"}}},
      {"compiler",
       {{"network", "deny"},
        {"read", "listed"},
        {"readonly", "/usr:/lib"},
        {"readwrite", ".:$TMPDIR"},
        {"tmp", "host"},
        {"memory", "2g"},
        {"timeout", "300"},
        {"caches", "ccache"}}},
      {"network-client",
       {{"network", "allow"},
        {"read", "listed"},
        {"readonly", "."},
        {"readwrite", ""},
        {"tmp", "host"},
        {"memory", "512m"},
        {"timeout", "30"}}},
      {"development",
       {{"network", "localhost"},
        {"readwrite", ".:$HOME/.cache"},
        {"tmp", "host"},
        {"memory", "1g"},
        {"timeout", "120"},
        {"caches", "all"}}},
      {"testing",
       {{"network", "localhost"},
        {"readwrite", ".:./tmp:./test-output"},
        {"tmp", "host"},
        {"memory", "1g"},
        {"timeout", "600"},
        {"caches", "ccache"}}},
  };
  return kTable;
}

void put(Values& into, const std::string& set) {
  for (const auto& [key, value] : contract().at(set)) into[key] = value;
}

constexpr Layer kLayers[] = {Layer::system_file, Layer::user_file, Layer::project_file,
                             Layer::door,        Layer::variable,  Layer::command_line};
constexpr const char* kOwnKeys[] = {"network", "memory", "timeout"};
const std::map<std::string, std::string> kOwn{
    {"network", "host-loopback"}, {"memory", "3g"}, {"timeout", "7m"}};

struct Choice {
  std::string name;  // empty: nothing is named
  Layer layer;
};

TEST(Fold, TheWholeTableOfCombinations) {
  Host host;
  std::vector<Choice> levels{{"", Layer::built_in}};
  std::vector<Choice> presets{{"", Layer::built_in}};
  for (const Layer layer : kLayers) {
    for (const char* name : {"strict", "default", "permissive"}) levels.push_back({name, layer});
    for (const char* name : {"compiler", "network-client", "development", "testing"})
      presets.push_back({name, layer});
  }
  int combinations = 0;
  for (const Choice& level : levels) {
    for (const Choice& preset : presets) {
      for (const Layer own : kLayers) {
        Values expected;
        put(expected, "default");
        for (const Layer layer : kLayers) {
          const bool names_level = !level.name.empty() && level.layer == layer;
          const bool names_preset = !preset.name.empty() && preset.layer == layer;
          if (names_level) put(expected, level.name);
          if (names_preset && !names_level) put(expected, "default");
          if (names_preset) put(expected, preset.name);
          if (own != layer) continue;
          for (const char* key : kOwnKeys) expected[key] = kOwn.at(key);
        }
        // Given in an order of its own: only the layers count.
        std::vector<Assignment> given;
        for (const char* key : kOwnKeys) given.push_back(assign(own, key, {kOwn.at(key)}));
        if (!preset.name.empty()) given.push_back(assign(preset.layer, "preset", {preset.name}));
        if (!level.name.empty()) given.push_back(assign(level.layer, "level", {level.name}));
        Errors errors;
        const Folded folded = fold({}, given, host.surroundings, errors);
        ASSERT_TRUE(errors.empty());
        for (const auto& [key, value] : expected) {
          const Key& row = *find_key(key);
          std::string got;
          if (is_list(row)) {
            for (const ListEntry& entry : folded.entries(row))
              got += (got.empty() ? "" : ":") + entry.value;
          } else {
            got = folded.scalar(row);
          }
          ASSERT_EQ(got, value) << key << " with level '" << level.name << "' in layer "
                                << static_cast<int>(level.layer) << ", preset '" << preset.name
                                << "' in layer " << static_cast<int>(preset.layer)
                                << ", values in layer " << static_cast<int>(own);
        }
        ++combinations;
      }
    }
  }
  EXPECT_EQ(combinations, 19 * 25 * 6);
}

TEST(Fold, TheLevelThatCounts) {
  Host host;
  const auto level = [&](std::vector<Assignment> given) {
    const auto policy = build(host, std::move(given));
    return policy ? std::string(name_of((*policy)->level)) : errors_of(policy);
  };
  EXPECT_EQ(level({}), "default");
  EXPECT_EQ(level({assign(Layer::user_file, "level", {"strict"})}), "strict");
  // A preset stands on level default wherever it is named above a level.
  EXPECT_EQ(level({assign(Layer::user_file, "level", {"strict"}), flag("preset", {"testing"})}),
            "default");
  EXPECT_EQ(level({flag("level", {"strict"}), flag("preset", {"testing"})}), "strict");
  EXPECT_EQ(level({assign(Layer::door, "preset", {"testing"}), flag("level", {"permissive"})}),
            "permissive");
}

TEST(Fold, SpecificationConfigUnderStrict) {
  Host host;
  const auto file = [](const char* key, const char* value) {
    return assign(Layer::user_file, key, {value}, "config.toml:2:1");
  };
  const std::vector<Assignment> config{file("level", "default"), file("timeout", "120"),
                                       file("memory", "1g"), file("network", "localhost")};
  auto plain = build(host, config);
  EXPECT_EQ((*plain)->values.at("timeout"), "120");
  EXPECT_EQ((*plain)->limits.timeout_ms, 120'000U);
  EXPECT_EQ((*plain)->origins.at("memory"), "config.toml:2:1");

  auto given = config;
  given.push_back(flag("level", {"strict"}));
  const auto strict = build(host, given);
  EXPECT_EQ((*strict)->network, Network::deny);
  EXPECT_EQ((*strict)->limits.memory_bytes, 512ULL << 20);
  EXPECT_EQ((*strict)->limits.timeout_ms, 60'000U);
  EXPECT_EQ((*strict)->origins.at("network"), "level strict (--level)");

  given = config;
  given.push_back(flag("preset", {"compiler"}));
  given.push_back(flag("memory", {"3g"}));
  const auto compiler = build(host, given);
  EXPECT_EQ((*compiler)->limits.memory_bytes, 3ULL << 30);
  EXPECT_EQ((*compiler)->origins.at("timeout"), "preset compiler (--preset)");
}

TEST(Fold, NetworkAutoIsWhatLevelAndPresetSay) {
  Host host;
  const auto network = [&](std::vector<Assignment> given) {
    const auto policy = build(host, std::move(given));
    return std::pair((*policy)->network, (*policy)->origins.at("network"));
  };
  EXPECT_EQ(network({assign(Layer::user_file, "network", {"allow"}), flag("network", {"auto"})}),
            std::pair(Network::localhost, std::string("level default (built-in)")));
  EXPECT_EQ(network({flag("preset", {"compiler"}), flag("network", {"auto"})}),
            std::pair(Network::deny, std::string("preset compiler (--preset)")));
}

TEST(Fold, ListsReplaceOrAdd) {
  Host host;
  host.files.directory("/a").directory("/b").directory("/c");
  const auto list = [&](std::vector<Assignment> given) {
    const auto policy = build(host, std::move(given));
    return policy ? (*policy)->values.at("readwrite") : errors_of(policy);
  };
  EXPECT_EQ(list({}), ".");
  EXPECT_EQ(list({flag("readwrite", {"/a"}), flag("readwrite", {"/b"})}), ".:/a:/b");
  EXPECT_EQ(list({assign(Layer::user_file, "readwrite", {"/a"}), flag("readwrite", {"/b"})}),
            "/a:/b");
  auto added = assign(Layer::user_file, "readwrite", {"/a"});
  added.add = true;
  EXPECT_EQ(list({assign(Layer::system_file, "readwrite", {"/c"}), added}), "/c:/a");
  // A level counts as written in its layer, so it takes the place of what lies below.
  EXPECT_EQ(list({assign(Layer::user_file, "readwrite", {"/a"}), flag("level", {"strict"})}), "");
  auto variable = assign(Layer::variable, "readwrite", {"/a"});
  variable.add = true;
  EXPECT_EQ(list({variable, flag("level", {"strict"}), flag("readwrite", {"/b"})}), "/b");
}

PresetDefinition preset(std::string name, std::vector<Assignment> values,
                        std::string inherits = "") {
  for (Assignment& value : values) value.layer = Layer::user_file;
  return {.name = name,
          .inherits = std::move(inherits),
          .values = std::move(values),
          .origin = "config.toml:9:1"};
}

TEST(Fold, PresetsOfFiles) {
  Host host;
  const auto file = [](const char* key, const char* value) {
    return assign(Layer::user_file, key, {value}, "config.toml:10:1");
  };
  // A change of a built-in one keeps what it does not say.
  const auto changed = build(host, {flag("preset", {"compiler"})},
                             {preset("compiler", {file("level", "strict"), file("memory", "3g")})});
  ASSERT_TRUE(changed.ok()) << errors_of(changed);
  EXPECT_EQ((*changed)->level, Level::strict);
  EXPECT_EQ((*changed)->limits.memory_bytes, 3ULL << 30);
  EXPECT_EQ((*changed)->limits.timeout_ms, 300'000U);
  EXPECT_EQ((*changed)->environment_rule, EnvironmentRule::none);
  EXPECT_EQ((*changed)->origins.at("memory"), "config.toml:10:1");
  EXPECT_EQ((*changed)->origins.at("level"), "preset compiler");

  // A derived one has its parent's, and a level that the layer names beats the preset's.
  const auto derived =
      build(host, {flag("preset", {"mine"}), flag("level", {"default"})},
            {preset("mine", {file("level", "strict"), file("timeout", "9m")}, "network-client")});
  EXPECT_EQ((*derived)->level, Level::standard);
  EXPECT_EQ((*derived)->network, Network::allow);
  EXPECT_EQ((*derived)->limits.timeout_ms, 540'000U);
  EXPECT_EQ((*derived)->limits.memory_bytes, 512ULL << 20);

  // One on its own stands on level default.
  const auto bare = build(host, {flag("preset", {"bare"})}, {preset("bare", {file("pids", "7")})});
  EXPECT_EQ((*bare)->limits.processes, 7U);
  EXPECT_EQ((*bare)->network, Network::localhost);
  EXPECT_EQ((*bare)->origins.at("network"), "level default (preset bare)");
}

TEST(Fold, PresetsThatCannotBe) {
  Host host;
  EXPECT_EQ(errors_of(build(host, {}, {preset("a", {}, "a")})),
            "config.toml:9:1: preset 'a' inherits itself; "
            "inherit from another preset, or leave 'inherits' out\n");
  EXPECT_EQ(errors_of(build(host, {}, {preset("a", {}, "compilr")})),
            "config.toml:9:1: unknown preset 'compilr'; did you mean 'compiler'?\n");
  EXPECT_EQ(errors_of(build(host, {}, {preset("a", {assign(Layer::user_file, "preset", {"b"})})})),
            "--preset: a preset can't name a preset; derive it with inherits = \"NAME\"\n");
  const auto ring = build(host, {}, {preset("a", {}, "b"), preset("b", {}, "a")});
  EXPECT_EQ(ring.error().what, "preset 'a' inherits itself (a -> b -> a)");
}

TEST(Fold, EveryErrorAtOnceWithTheNearestWord) {
  Host host;
  EXPECT_EQ(errors_of(build(host, {flag("level", {"strickt"}), flag("preset", {"compilr"}),
                                   flag("memry", {"1g"}), flag("timeout", {"12x"}),
                                   flag("caches", {"carg"}), flag("allow", {"usrns"}),
                                   flag("timeout", {"0"}), flag("pids", {"1", "2"})})),
            "--level: unknown value 'strickt' for level; did you mean 'strict'?\n"
            "--preset: unknown preset 'compilr'; did you mean 'compiler'?\n"
            "--memry: unknown key 'memry'; did you mean 'memory'?\n"
            "--timeout: '12x' is no duration: unknown unit 'x' (use ms, s, m, h)\n"
            "--caches: unknown cache 'carg'; did you mean 'cargo'?\n"
            "--allow: unknown name to allow 'usrns'; did you mean 'userns'?\n"
            "--timeout: timeout '0' lets nothing run; write none for no limit\n"
            "--pids: pids takes one value\n");
}

TEST(Fold, FieldsOfThePolicy) {
  Host host;
  const auto built = build(
      host, {flag("keep_fd", {"5"}), flag("keep_fd", {"7"}), flag("allow", {"userns", "signals"}),
             flag("report", {"off"}), flag("keep_background", {"true"}), flag("cpu_time", {"5s"}),
             flag("file_size", {"1m"}), flag("open_files", {"64"}), flag("log", {"~/x.jsonl"}),
             assign(Layer::variable, "memory", {"1g"}), assign(Layer::user_file, "pids", {"9"})});
  ASSERT_TRUE(built.ok()) << errors_of(built);
  const PolicyFields& fields = **built;
  EXPECT_THAT(fields.keep_fds, ElementsAre(5, 7));
  EXPECT_THAT(fields.allow, ElementsAre("signals", "userns"));
  EXPECT_EQ(fields.report, Report::off);
  EXPECT_TRUE(fields.keep_background);
  EXPECT_EQ(fields.limits.cpu_time_ms, 5000U);
  EXPECT_EQ(fields.limits.file_size_bytes, 1U << 20);
  EXPECT_EQ(fields.limits.open_files, 64U);
  EXPECT_EQ(fields.log_file, "/home/u/x.jsonl");
  EXPECT_EQ(fields.tmp_directory, "/tmp");
  EXPECT_TRUE(fields.from_user.contains("memory"));
  EXPECT_FALSE(fields.from_user.contains("pids"));
  for (const Key& key : all_keys()) {
    EXPECT_TRUE(fields.values.contains(std::string(key.name))) << key.name;
    EXPECT_FALSE(fields.origins.at(std::string(key.name)).empty()) << key.name;
  }
}

TEST(Explain, WinnerFirstThenWhatLost) {
  Host host;
  PolicyBuilder builder(host.surroundings);
  builder.set(assign(Layer::user_file, "memory", {"1g"}, "config.toml:4:1"));
  builder.set(flag("level", {"strict"}));
  const auto explained = builder.explain();
  for (const auto& row : *explained) {
    if (row.key != "memory") continue;
    ASSERT_EQ(row.candidates.size(), 3U);
    EXPECT_EQ(row.candidates[0].value, "512m");
    EXPECT_EQ(row.candidates[0].origin, "level strict (--level)");
    EXPECT_EQ(row.candidates[1].value, "1g");
    EXPECT_EQ(row.candidates[1].origin, "config.toml:4:1");
    EXPECT_EQ(row.candidates[2].value, "4g");
    EXPECT_EQ(row.candidates[2].origin, "level default (built-in)");
  }
}

}  // namespace
}  // namespace sefaca
