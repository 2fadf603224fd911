// Which files are found, how they stack, and that a project only narrows until it is trusted.
#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/config/configuration.h"
#include "core/config/trust.h"
#include "tests/unit/config/fake_tree.h"

namespace sefaca {
namespace {

using test::FakeTree;
using test::surroundings_on;
using test::text_of;
using test::usual_tree;

constexpr const char* kUserPath = "/home/u/.sefaca/config.toml";
constexpr const char* kProjectPath = "/home/u/project/.sefaca.toml";

constexpr const char* kSpecification = R"([default]
level = "default"
timeout = "120"
memory = "1g"
network = "localhost"

[presets.compiler]
level = "strict"
network = "deny"
memory = "2g"
readonly = ["/usr", "/lib"]
readwrite = [".", "/tmp"]

[presets.development]
level = "permissive"
network = "allow"
memory = "2g"
readwrite = [".", "~/.cache"]
)";

Assignment option(const std::string& key, const std::string& value) {
  return {.key = key, .values = {value}, .layer = Layer::command_line, .origin = "--" + key};
}

// What the whole configuration comes to: "KEY=VALUE" for each of `keys`, or the errors.
std::string effective(const Surroundings& surroundings, const std::vector<Assignment>& options,
                      const std::vector<std::string>& keys) {
  auto layers = load_layers(surroundings, std::nullopt, options);
  if (!layers) return text_of(layers.errors());
  PolicyBuilder builder(surroundings);
  apply_layers(builder, *layers);
  for (const auto& each : options) builder.set(each);
  auto policy = builder.build(Command{.argv = {"true"}});
  if (!policy) return text_of(policy.errors());
  std::string out;
  for (const auto& key : keys) {
    out += concat(out.empty() ? "" : " ", key, "=", (*policy)->values.at(key));
  }
  return out;
}

TEST(Layers, NoFileAndNoVariableIsNothing) {
  const auto tree = usual_tree();
  auto layers = load_layers(surroundings_on(tree), std::nullopt);
  ASSERT_TRUE(layers) << text_of(layers.errors());
  EXPECT_TRUE(layers->assignments.empty());
  EXPECT_TRUE(layers->files.empty());
}

struct Combination {
  const char* level;
  const char* preset;
  const char* wanted;
};
class SpecificationsFile : public ::testing::TestWithParam<Combination> {};
TEST_P(SpecificationsFile, UnderLevelsAndPresets) {
  auto tree = usual_tree();
  tree.file(kUserPath, kSpecification);
  std::vector<Assignment> options;
  if (*GetParam().level != 0) options.push_back(option("level", GetParam().level));
  if (*GetParam().preset != 0) options.push_back(option("preset", GetParam().preset));
  EXPECT_EQ(effective(surroundings_on(tree), options, {"level", "network", "memory", "timeout"}),
            GetParam().wanted);
}
INSTANTIATE_TEST_SUITE_P(
    Layers, SpecificationsFile,
    ::testing::Values(
        Combination{"", "", "level=default network=localhost memory=1g timeout=120"},
        Combination{"strict", "", "level=strict network=deny memory=512m timeout=60"},
        Combination{"default", "", "level=default network=localhost memory=4g timeout=none"},
        Combination{"permissive", "", "level=permissive network=allow memory=none timeout=none"},
        Combination{"", "compiler", "level=strict network=deny memory=2g timeout=300"},
        Combination{"", "development", "level=permissive network=allow memory=2g timeout=120"},
        Combination{"", "testing", "level=default network=localhost memory=1g timeout=600"},
        Combination{"", "network-client", "level=default network=allow memory=512m timeout=30"},
        Combination{"strict", "compiler", "level=strict network=deny memory=2g timeout=300"},
        Combination{"strict", "testing", "level=strict network=localhost memory=1g timeout=600"},
        Combination{"permissive", "compiler",
                    "level=permissive network=deny memory=2g timeout=300"}));

TEST(Layers, EachBeatsTheOneBelow) {
  auto tree = usual_tree();
  auto surroundings = surroundings_on(tree);
  auto memory = [&] { return effective(surroundings, {}, {"memory"}); };
  EXPECT_EQ(memory(), "memory=4g");
  tree.file("/etc/sefaca/config.toml", "[default]\nmemory = \"900m\"\n");
  EXPECT_EQ(memory(), "memory=900m");
  tree.file(kUserPath, "[default]\nmemory = \"800m\"\n");
  EXPECT_EQ(memory(), "memory=800m");
  tree.file("/home/u/.config/sefaca/config.toml", "[default]\nmemory = \"700m\"\n");
  EXPECT_EQ(memory(), "memory=700m");
  tree.file(kProjectPath, "[default]\nmemory = \"600m\"\n");
  EXPECT_EQ(memory(), "memory=600m");
  surroundings.environment["SEFACA_MEMORY"] = "500m";
  EXPECT_EQ(memory(), "memory=500m");
  EXPECT_EQ(effective(surroundings, {option("memory", "400m")}, {"memory"}), "memory=400m");
}

TEST(Layers, XdgConfigHomeAndANamedFile) {
  auto tree = usual_tree();
  tree.file("/x/sefaca/config.toml", "[default]\nmemory = \"700m\"\n");
  tree.file("/other.toml", "[default]\nmemory = \"600m\"\n");
  auto surroundings = surroundings_on(tree);
  surroundings.environment["XDG_CONFIG_HOME"] = "/x";
  EXPECT_EQ(effective(surroundings, {}, {"memory"}), "memory=700m");
  surroundings.environment["SEFACA_CONFIG"] = "/other.toml";
  EXPECT_EQ(effective(surroundings, {}, {"memory"}), "memory=600m");
  auto missing = load_layers(surroundings, "/nowhere.toml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(text_of(missing.errors()),
            "/nowhere.toml: can't be read: it is not there, or points nowhere\n");
}

TEST(Layers, ProjectFileIsTheNearestOneInTheRepository) {
  auto tree = usual_tree();
  tree.directory("/home/u/project/src/deep");
  auto surroundings = surroundings_on(tree);
  surroundings.cwd = "/home/u/project/src/deep";
  tree.file("/home/u/.sefaca.toml", "");
  EXPECT_EQ(find_project_file(surroundings), "");  // beyond the repository's root
  tree.file(kProjectPath, "");
  EXPECT_EQ(find_project_file(surroundings), kProjectPath);
  tree.file("/home/u/project/src/.sefaca.toml", "");
  EXPECT_EQ(find_project_file(surroundings), "/home/u/project/src/.sefaca.toml");
  surroundings.cwd = "/home/u";
  EXPECT_EQ(find_project_file(surroundings), "/home/u/.sefaca.toml");
  surroundings.cwd = "/tmp";
  EXPECT_EQ(find_project_file(surroundings), "");
}

TEST(Layers, ProjectFileIsNotLookedForOnAnotherFileSystem) {
  auto tree = usual_tree();
  tree.file("/home/.sefaca.toml", "").directory("/home/u", 2).directory("/home/u/work", 2);
  auto surroundings = surroundings_on(tree);
  surroundings.cwd = "/home/u/work";
  EXPECT_EQ(find_project_file(surroundings), "");
}

TEST(Layers, ErrorsOfEveryFileAtOnce) {
  auto tree = usual_tree();
  tree.file(kUserPath, "[default]\nmemroy = 1\nlevel = 3\n");
  tree.file(kProjectPath, "[defualt]\n");
  auto surroundings = surroundings_on(tree);
  surroundings.environment["SEFACA_LEVEL"] = "strickt";
  EXPECT_EQ(effective(surroundings, {}, {}),
            "/home/u/.sefaca/config.toml:2:1: unknown key 'memroy' [did you mean 'memory'?]\n"
            "/home/u/.sefaca/config.toml:3:9: level wants a string, not a whole number\n"
            "$SEFACA_LEVEL: unknown value 'strickt' for level [did you mean 'strict'?]\n"
            "/home/u/project/.sefaca.toml:1:2: unknown table 'defualt' [did you mean "
            "'default'?]\n");
}

TEST(Layers, WhatIsNoRegularFileIsNotOpened) {
  auto tree = usual_tree();
  tree.fifo(kProjectPath);
  EXPECT_EQ(effective(surroundings_on(tree), {}, {}),
            "/home/u/project/.sefaca.toml: is not a regular file\n");
  auto dangling = usual_tree();
  dangling.link(kProjectPath, "/nowhere");
  EXPECT_EQ(effective(surroundings_on(dangling), {}, {}),
            "/home/u/project/.sefaca.toml: can't be read: it is not there, or points nowhere\n");
}

TEST(Layers, SystemsBoundsHoldTheCommandLine) {
  auto tree = usual_tree();
  tree.file("/etc/sefaca/config.toml", "[enforce]\nnetwork = \"localhost\"\nmemory = \"1g\"\n");
  const auto surroundings = surroundings_on(tree);
  EXPECT_EQ(effective(surroundings, {option("network", "deny")}, {"network", "memory"}),
            "network=deny memory=1g");
  const auto wide = effective(surroundings, {option("network", "allow")}, {"network"});
  EXPECT_NE(wide.find("/etc/sefaca/config.toml:2:1"), std::string::npos) << wide;
}

constexpr const char* kTrustHint =
    " [a project's file may only narrow until you trust it: sefaca config trust "
    "/home/u/project/.sefaca.toml]\n";

// What an untrusted project's file comes to, with the usual hint as "*".
std::string untrusted(const std::string& text, const std::vector<Assignment>& options = {},
                      const std::string& user_file = "") {
  auto tree = usual_tree();
  tree.file("/home/u/.ssh/id_rsa", "secret").directory("/home/u/docs");
  tree.directory("/home/u/project/out").directory("/outside");
  tree.link("/home/u/project/link", "/outside");
  tree.file(kProjectPath, text);
  if (!user_file.empty()) tree.file(kUserPath, user_file);
  auto layers = load_layers(surroundings_on(tree), std::nullopt, options);
  if (layers) return "ok";
  std::string out = text_of(layers.errors());
  const std::string hint = kTrustHint;
  for (auto at = out.find(hint); at != std::string::npos; at = out.find(hint)) {
    out.replace(at, hint.size(), " *\n");
  }
  return out;
}

TEST(UntrustedProject, MayNarrow) {
  for (const char* text :
       {"[default]\nnetwork = \"deny\"\n", "[default]\nmemory = \"1g\"\n",
        "[default]\ntimeout = \"60\"\npids = 100\nopen_files = 10\n",
        "[default]\nread = \"listed\"\n", "[default]\nreadonly_add = [\".\"]\n",
        "[default]\nhide_add = [\"src\"]\n", "[default]\nlevel = \"strict\"\n",
        "[default]\nreadwrite = [\"out\"]\n", "[default]\nreadwrite_add = [\"out\"]\n",
        "[default]\nclean_env = true\n", "[default]\non_unavailable = \"fail\"\n",
        "[default]\nnetwork = \"localhost\"\n", "[presets.mine]\nnetwork = \"allow\"\n", ""}) {
    EXPECT_EQ(untrusted(text), "ok") << text;
  }
}

struct Widens {
  const char* name;
  const char* text;
  const char* place;
  const char* key;
};
class WideningProject : public ::testing::TestWithParam<Widens> {};
TEST_P(WideningProject, IsRefusedAtItsLine) {
  const auto out = untrusted(GetParam().text);
  EXPECT_TRUE(out.starts_with(concat(kProjectPath, ":", GetParam().place, ": this would "))) << out;
  EXPECT_NE(out.find(GetParam().key), std::string::npos) << out;
  EXPECT_NE(out.find(" *\n"), std::string::npos) << out;
}
INSTANTIATE_TEST_SUITE_P(
    UntrustedProject, WideningProject,
    ::testing::Values(
        Widens{"network", "[default]\nnetwork = \"allow\"\n", "2:1",
               "widen network from localhost to allow"},
        Widens{"memory", "[default]\nmemory = \"none\"\n", "2:1", "widen memory from 4g to none"},
        Widens{"more_memory", "[default]\nmemory = \"7g\"\n", "2:1", "widen memory"},
        Widens{"pids", "[default]\npids = \"none\"\n", "2:1", "widen pids from 4096 to none"},
        Widens{"tmp", "[default]\ntmp = \"host\"\n", "2:1", "widen tmp from private to host"},
        Widens{"outside", "[default]\nreadwrite_add = [\"/outside\"]\n", "2:1",
               "widen readwrite from /outside read to /outside write"},
        Widens{"through_a_link", "[default]\nreadwrite_add = [\"link\"]\n", "2:1",
               "widen readwrite from /outside read to /outside write"},
        Widens{"secret", "[default]\nreadonly_add = [\"~/.ssh\"]\n", "2:1", "widen readonly"},
        Widens{"variable", "[default]\nenv = [\"LD_PRELOAD=/x.so\"]\n", "2:1",
               "pass LD_PRELOAD to the command"},
        Widens{"allow", "[default]\nallow = [\"userns\"]\n", "2:1", "widen allow"},
        Widens{"background", "[default]\nkeep_background = true\n", "2:1",
               "widen keep_background from false to true"},
        Widens{"level", "[default]\nlevel = \"permissive\"\n", "2:1", "widen network"},
        Widens{"preset", "[default]\npreset = \"network-client\"\n", "2:1", "widen network"}),
    [](const auto& each) { return each.param.name; });

TEST(UntrustedProject, CanNotChangeWhatAPresetOfTheUserMeans) {
  const char* text = "[presets.compiler]\nnetwork = \"allow\"\n";
  EXPECT_EQ(untrusted(text), "ok");  // as long as nobody names it
  EXPECT_EQ(untrusted(text, {option("preset", "compiler")}),
            concat(kProjectPath, ":2:1: this would widen network from deny to allow *\n"));
  EXPECT_EQ(untrusted("[presets.compiler]\nmemory = \"1g\"\n", {option("preset", "compiler")}),
            "ok");
  EXPECT_NE(untrusted("[presets.compiler]\ninherits = \"network-client\"\n",
                      {option("preset", "compiler")})
                .find("widen"),
            std::string::npos);
}

TEST(UntrustedProject, MayDefineAPresetThatIsNarrowerThanWhatItDerivesFrom) {
  EXPECT_EQ(untrusted("[presets.mine]\ninherits = \"compiler\"\nmemory = \"1g\"\n",
                      {option("preset", "mine")}),
            "ok");
  EXPECT_EQ(untrusted("[presets.mine]\ninherits = \"compiler\"\nmemory = \"3g\"\n",
                      {option("preset", "mine")}),
            concat(kProjectPath, ":3:1: this would widen memory from 2g to 3g *\n"));
}

TEST(UntrustedProject, CanNotTakeBackWhatTheUserHides) {
  const char* user = "[default]\nhide = [\"~/docs\"]\nreadonly = [\"/home/u/project/src\"]\n";
  EXPECT_NE(untrusted("[default]\nhide = []\n", {}, user).find("widen"), std::string::npos);
  EXPECT_NE(untrusted("[default]\nreadonly = []\n", {}, user).find("widen"), std::string::npos);
  EXPECT_EQ(untrusted("[default]\nhide_add = [\"src\"]\n", {}, user), "ok");
}

TEST(UntrustedProject, IsJudgedInTheRunItIsPartOf) {
  const char* text = "[default]\nreadonly_add = [\"/home/u/docs\"]\n";
  EXPECT_EQ(untrusted(text), "ok");  // it can be read anyway
  EXPECT_NE(untrusted(text, {option("read", "listed")}).find("widen readonly"), std::string::npos);
}

TEST(UntrustedProject, IsJudgedForEveryRunWhereTheCommandLineIsNotKnown) {
  auto without_command_line = [](const std::string& text) {
    auto tree = usual_tree();
    tree.directory("/home/u/docs").file(kProjectPath, text);
    auto layers = load_layers(surroundings_on(tree), std::nullopt);
    return layers ? "ok" : text_of(layers.errors());
  };
  EXPECT_EQ(without_command_line("[presets.compiler]\nmemory = \"1g\"\n"), "ok");
  EXPECT_EQ(without_command_line("[default]\nnetwork = \"deny\"\n"), "ok");
  EXPECT_EQ(without_command_line("[presets.compiler]\nnetwork = \"allow\"\n"),
            concat(kProjectPath, ":2:1: this would widen network from deny to allow", kTrustHint));
  EXPECT_NE(
      without_command_line("[default]\nreadonly_add = [\"/home/u/docs\"]\n").find("widen readonly"),
      std::string::npos);
}

TEST(TrustedProject, MayWidenWhileItIsThatVeryFile) {
  const std::string text = "[default]\nnetwork = \"allow\"\n";
  TrustStore store;
  store.add(kProjectPath, text);
  auto tree = usual_tree();
  tree.file("/home/u/.sefaca/trusted", store.to_text(), 0600);
  tree.file(kProjectPath, text);
  EXPECT_EQ(effective(surroundings_on(tree), {}, {"network"}), "network=allow");

  tree.file(kProjectPath, text + "# changed\n");
  EXPECT_NE(effective(surroundings_on(tree), {}, {"network"}).find("this would widen"),
            std::string::npos);

  tree.file(kProjectPath, text, 0666);
  const auto writable = effective(surroundings_on(tree), {}, {"network"});
  EXPECT_NE(writable.find("(it is trusted, but anybody can write to the file: chmod o-w "),
            std::string::npos)
      << writable;
}

TEST(TrustedProject, AListThatOthersCanWriteTrustsNothingAndStopsNothing) {
  const std::string text = "[default]\nnetwork = \"allow\"\n";
  TrustStore store;
  store.add(kProjectPath, text);
  auto tree = usual_tree();
  tree.file("/home/u/.sefaca/trusted", store.to_text(), 0666);
  tree.file(kProjectPath, text);
  EXPECT_NE(effective(surroundings_on(tree), {}, {"network"})
                .find("(/home/u/.sefaca/trusted: the list of trusted files can be written by "
                      "others and is not believed: chmod go-w "),
            std::string::npos);
  tree.file(kProjectPath, "[default]\nnetwork = \"deny\"\n");
  EXPECT_EQ(effective(surroundings_on(tree), {}, {"network"}), "network=deny");
}

TEST(UntrustedProject, OwnerAndModeDoNotMatterWhileItNarrows) {
  auto tree = usual_tree();
  tree.file(kProjectPath, "[default]\nnetwork = \"deny\"\n", 0666, 4711);
  EXPECT_EQ(effective(surroundings_on(tree), {}, {"network"}), "network=deny");
}

}  // namespace
}  // namespace sefaca
