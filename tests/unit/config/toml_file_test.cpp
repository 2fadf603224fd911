// Files to assignments, and every wrong file to its exact errors.
#include "core/config/toml_file.h"

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "tests/unit/config/fake_tree.h"

namespace sefaca {
namespace {

using test::text_of;

const FileSource kUserFile{"/home/u/.sefaca/config.toml", "/home/u/.sefaca", Layer::user_file};
const FileSource kProjectFile{"/p/.sefaca.toml", "/p", Layer::project_file};
const FileSource kSystemFile{"/etc/sefaca/config.toml", "/etc/sefaca", Layer::system_file};

// "key=a,b" or "key+=a", one a line.
std::string listed(const std::vector<Assignment>& assignments) {
  std::string out;
  for (const auto& each : assignments) {
    out += concat(each.key, each.add ? "+=" : "=", join(each.values, ","), "\n");
  }
  return out;
}

// The specification's file as it is printed there.
constexpr const char* kSpecification = R"(# ~/.sefaca/config.toml
[default]
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

// The first rule that matches decides, so the order of the text counts, not that of the alphabet.
TEST(TomlFile, RulesOfMakeKeepTheirOrder) {
  auto file = parse_file(
      "[make.targets]\nz = \"testing\"\nlong-name-for-a-target = \"compiler\"\na = "
      "\"pass\"\n\n\n\n\n"
      "[make.programs]\ny = \"compiler\"\nb = \"testing\"\n",
      kUserFile);
  ASSERT_TRUE(file) << text_of(file.errors());
  std::vector<std::string> patterns;
  for (const MakeRule& rule : file->make_rules) patterns.push_back(rule.pattern);
  EXPECT_EQ(join(patterns, " "), "z long-name-for-a-target a y b");
  EXPECT_EQ(file->make_rules[1].origin, "/home/u/.sefaca/config.toml:3:26");
}

TEST(TomlFile, TheSpecificationsFileWorksAsPrinted) {
  auto file = parse_file(kSpecification, kUserFile);
  ASSERT_TRUE(file) << text_of(file.errors());
  EXPECT_EQ(listed(file->assignments),
            "level=default\ntimeout=120\nmemory=1g\nnetwork=localhost\n");
  ASSERT_EQ(file->presets.size(), 2U);
  EXPECT_EQ(file->presets[0].name, "compiler");
  EXPECT_EQ(listed(file->presets[0].values),
            "level=strict\nnetwork=deny\nmemory=2g\nreadonly=/usr,/lib\nreadwrite=.,/tmp\n");
  EXPECT_EQ(listed(file->presets[1].values),
            "level=permissive\nnetwork=allow\nmemory=2g\nreadwrite=.,~/.cache\n");
  EXPECT_EQ(file->assignments[2].origin, "/home/u/.sefaca/config.toml:5:1");
  EXPECT_EQ(file->assignments[2].excerpt, "memory = \"1g\"\n^");
  EXPECT_EQ(file->presets[0].origin, "/home/u/.sefaca/config.toml:8:10");
}

TEST(TomlFile, NumbersAndStringsForNumbers) {
  auto file = parse_file(
      "[default]\ntimeout = 120\nmemory = 1048576\npids = \"64\"\n"
      "keep_fd = [3, \"4\"]\nkeep_background = true\nclean_env = \"false\"\n",
      kUserFile);
  ASSERT_TRUE(file) << text_of(file.errors());
  EXPECT_EQ(listed(file->assignments),
            "timeout=120\nmemory=1048576\npids=64\nkeep_fd=3,4\nkeep_background=true\n"
            "clean_env=false\n");
}

TEST(TomlFile, ListsAsStringsAndAdded) {
  auto file = parse_file(
      "[default]\nreadonly = \"/usr:/lib\"\nreadwrite_add = [\"~/x\"]\n"
      "caches = \"ccache,cargo\"\n",
      kUserFile);
  ASSERT_TRUE(file) << text_of(file.errors());
  EXPECT_EQ(listed(file->assignments), "readonly=/usr,/lib\nreadwrite+=~/x\ncaches=ccache,cargo\n");
}

TEST(TomlFile, RelativePathsStandOnTheFile) {
  auto project = parse_file(
      "[default]\nreadwrite = [\".\", \"out\", \"./a\", \"../b\", \"~/c\"]\n"
      "[presets.x]\nreadwrite = [\".\", \"out\", \"./a\"]\n",
      kProjectFile);
  ASSERT_TRUE(project) << text_of(project.errors());
  EXPECT_EQ(listed(project->assignments), "readwrite=/p,/p/out,/p/a,/b,~/c\n");
  EXPECT_EQ(listed(project->presets[0].values), "readwrite=.,/p/out,./a\n");
  auto user = parse_file("[default]\nreadwrite = [\".\", \"out\", \"$TMPDIR\"]\n", kUserFile);
  ASSERT_TRUE(user);
  EXPECT_EQ(listed(user->assignments), "readwrite=.,/home/u/.sefaca/out,$TMPDIR\n");
}

TEST(TomlFile, LogAndEnforce) {
  auto file = parse_file(
      "[log]\nfile = \"~/a.jsonl\"\nendpoint = \"https://x\"\nsyslog = true\n"
      "token_file = \"/t\"\n[enforce]\nnetwork = \"deny\"\n",
      kSystemFile);
  ASSERT_TRUE(file) << text_of(file.errors());
  EXPECT_EQ(listed(file->assignments),
            "log=~/a.jsonl\nlog_endpoint=https://x\nlog_syslog=true\nlog_token_file=/t\n");
  EXPECT_EQ(listed(file->bounds), "network=deny\n");
}

struct Wrong {
  const char* name;
  const FileSource* source;
  const char* text;
  const char* errors;
};

class WrongFile : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongFile, HasExactlyTheseErrors) {
  auto file = parse_file(GetParam().text, *GetParam().source);
  ASSERT_FALSE(file);
  EXPECT_EQ(text_of(file.errors()), GetParam().errors);
}

INSTANTIATE_TEST_SUITE_P(
    TomlFile, WrongFile,
    ::testing::Values(
        Wrong{"unknown_key", &kProjectFile, "[default]\nmemroy = \"1g\"\n",
              "/p/.sefaca.toml:2:1: unknown key 'memroy' [did you mean 'memory'?]\n"},
        Wrong{"unknown_table", &kProjectFile, "[defualt]\nmemory = \"1g\"\n",
              "/p/.sefaca.toml:1:2: unknown table 'defualt' [did you mean 'default'?]\n"},
        Wrong{"outside", &kProjectFile, "memory = \"1g\"\n",
              "/p/.sefaca.toml:1:1: 'memory' stands outside of a table [put it below a line that "
              "says [default]]\n"},
        Wrong{"type", &kProjectFile, "[default]\nmemory = true\nreadonly = 3\nlevel = 1\n",
              "/p/.sefaca.toml:2:10: memory wants a string or a whole number, not a boolean\n"
              "/p/.sefaca.toml:3:12: readonly wants an array of strings, not a whole number\n"
              "/p/.sefaca.toml:4:9: level wants a string, not a whole number\n"},
        Wrong{"fraction", &kProjectFile, "[default]\ntimeout = 1.5\n",
              "/p/.sefaca.toml:2:11: timeout wants a string or a whole number, not a number with a "
              "fraction\n"},
        Wrong{"network_as_boolean", &kProjectFile, "[default]\nnetwork = false\n",
              "/p/.sefaca.toml:2:11: network wants a string, not a boolean [network = \"deny\"]\n"},
        Wrong{"word", &kProjectFile, "[default]\nnetwork = \"denny\"\n",
              "/p/.sefaca.toml:2:11: unknown value 'denny' for network [did you mean 'deny'?]\n"},
        Wrong{"level", &kProjectFile, "[default]\nlevel = \"strickt\"\n",
              "/p/.sefaca.toml:2:9: unknown value 'strickt' for level [did you mean 'strict'?]\n"},
        Wrong{"enforce_elsewhere", &kUserFile, "[enforce]\nnetwork = \"deny\"\n",
              "/home/u/.sefaca/config.toml:1:2: [enforce] has a meaning in the system's file alone "
              "[/etc/sefaca/config.toml]\n"},
        Wrong{"token", &kUserFile, "[log]\ntoken = \"abc\"\n",
              "/home/u/.sefaca/config.toml:2:1: a token has no place in a configuration file [name "
              "a file that only you can read with token_file, or set SEFACA_LOG_TOKEN]\n"},
        Wrong{"project_log", &kProjectFile, "[log]\nfile = \"x\"\n",
              "/p/.sefaca.toml:1:2: a project's file can't say where records go [put it into "
              "~/.sefaca/config.toml]\n"},
        Wrong{"project_report", &kProjectFile, "[default]\nreport = \"off\"\n",
              "/p/.sefaca.toml:2:1: a project's file can't set 'report' [set it in "
              "~/.sefaca/config.toml or with SEFACA_REPORT]\n"},
        Wrong{"add_to_scalar", &kUserFile, "[default]\nmemory_add = \"1g\"\n",
              "/home/u/.sefaca/config.toml:2:1: 'memory' is no list that could be added to [write "
              "'memory']\n"},
        Wrong{"preset_in_preset", &kUserFile, "[presets.x]\npreset = \"compiler\"\n",
              "/home/u/.sefaca/config.toml:2:1: a preset can't name a preset [derive it with "
              "inherits = \"NAME\"]\n"},
        Wrong{"no_table", &kUserFile, "default = 3\n",
              "/home/u/.sefaca/config.toml:1:1: 'default' is a table, not a whole number [begin it "
              "with [default]]\n"},
        Wrong{"several", &kUserFile,
              "[presets.b]\nx = 1\n[default]\nlevl = \"strict\"\nlog_endpoint = \"e\"\n",
              "/home/u/.sefaca/config.toml:2:1: unknown key 'x' ['man sefaca.toml' lists the "
              "keys]\n"
              "/home/u/.sefaca/config.toml:4:1: unknown key 'levl' [did you mean 'level'?]\n"
              "/home/u/.sefaca/config.toml:5:1: 'log_endpoint' belongs into the table [log] [[log] "
              "endpoint]\n"}),
    [](const auto& each) { return each.param.name; });

TEST(TomlFile, SyntaxErrorsAreCollectedWhereTheRestIsClear) {
  auto file = parse_file("[default]\nmemory = 1g\nlevl = \"strict\"\ntimeout = \"5m\n", kUserFile);
  ASSERT_FALSE(file);
  ASSERT_EQ(file.errors().size(), 3U) << text_of(file.errors());
  EXPECT_EQ(file.errors()[0].where.substr(0, 30), "/home/u/.sefaca/config.toml:2:");
  EXPECT_EQ(file.errors()[1].where.substr(0, 30), "/home/u/.sefaca/config.toml:4:");
  EXPECT_EQ(file.errors()[2].where, "/home/u/.sefaca/config.toml:3:1");
}

TEST(TomlFile, TruncatedFileIsAnErrorWithAPlace) {
  const std::string whole = kSpecification;
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    auto file = parse_file(whole.substr(0, length), kUserFile);
    if (file) continue;
    EXPECT_TRUE(file.error().where.starts_with("/home/u/.sefaca/config.toml:")) << length;
    EXPECT_FALSE(file.error().what.empty());
  }
}

TEST(TomlFile, BinaryHugeAndDeepFilesEndInAnError) {
  auto binary = parse_file(std::string_view("[default]\n\0x", 12), kUserFile);
  ASSERT_FALSE(binary);
  EXPECT_EQ(text_of(binary.errors()),
            "/home/u/.sefaca/config.toml:2:1: a NUL byte: this is not a text file\n");

  auto huge = parse_file(std::string(kLargestFile + 1, ' '), kUserFile);
  ASSERT_FALSE(huge);
  EXPECT_EQ(text_of(huge.errors()),
            "/home/u/.sefaca/config.toml: the file has 1048577 bytes; a configuration has at most "
            "1 MiB\n");

  std::string dotted = "a";
  for (int i = 0; i < 400'000; ++i) dotted += ".a";
  const std::string texts[] = {
      concat("x = ", std::string(500'000, '['), "\n"),
      concat("x = ", std::string(65, '['), std::string(65, ']'), "\n"),
      concat(dotted, " = 1\n"),
      concat("[", dotted, "]\n"),
      concat("[[", dotted, "]]\n"),
      concat("x = ", std::string(3, '{'), dotted),
  };
  for (const auto& text : texts) {
    auto deep = parse_file(text, kUserFile);
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().what, "nested deeper than 64") << text.substr(0, 40);
    EXPECT_LT(deep.error().excerpt.size(), 300U);
  }
  // Sixty elements side by side are not deep, nor are dots and brackets in strings.
  auto wide = parse_file("[default]\nreadonly = [\"/a.b.c\", \"" + std::string(200, '[') +
                             "\"]\n# " + std::string(200, '.') + "\n",
                         kUserFile);
  EXPECT_TRUE(wide);
}

TEST(TomlFile, WhatTheParserAssertsIsAnErrorAtItsLine) {
  auto file = parse_file("[default]\npids = 4\n[[[\nmemory = \"1g\"\n", kUserFile);
  ASSERT_FALSE(file);
  EXPECT_EQ(text_of(file.errors()), "/home/u/.sefaca/config.toml:3:1: this is not TOML\n");
}

TEST(TomlFile, InvalidUtf8IsAnErrorThatCanBePrinted) {
  auto file = parse_file("[default]\nlevel = \"\xff\xfe\"\n", kUserFile);
  ASSERT_FALSE(file);
  EXPECT_TRUE(file.error().where.starts_with("/home/u/.sefaca/config.toml:2:"));
  EXPECT_EQ(file.error().excerpt.find('\xff'), std::string::npos);
}

TEST(TomlFile, ExcerptOfALongLineIsCutAroundTheCaret) {
  auto file = parse_file(
      "[default]\nreadonly = [" +
          [] {
            std::string many;
            for (int i = 0; i < 60; ++i) many += "\"/path\", ";
            return many;
          }() +
          "3, \"/x\"]\n",
      kUserFile);
  ASSERT_FALSE(file);
  const auto lines = split(file.error().excerpt, '\n');
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_LT(lines[0].size(), 110U);
  EXPECT_EQ(lines[0][lines[1].find('^')], '3');
}

}  // namespace
}  // namespace sefaca
