// `config set` on text: what is changed, and that nothing else is.
#include "core/config/edit.h"

#include <gtest/gtest.h>

#include "tests/unit/config/fake_tree.h"

namespace sefaca {
namespace {

using test::text_of;

const FileSource kUserFile{"/c.toml", "/", Layer::user_file};

Result<std::string> set(const std::string& text, const std::string& name, const std::string& value,
                        Layer layer = Layer::user_file) {
  auto setting = parse_setting_name(name);
  if (!setting) return setting.errors();
  auto values = split_value(*setting->key, value);
  if (!values) return values.errors();
  FileSource source = kUserFile;
  source.layer = layer;
  return with_setting(text, source, *setting, toml_value(*setting->key, *values));
}

struct Edit {
  const char* name;
  const char* before;
  const char* key;
  const char* value;
  const char* after;
};

class Edits : public ::testing::TestWithParam<Edit> {};

TEST_P(Edits, ChangeOneValueAndNothingElse) {
  const auto& edit = GetParam();
  auto after = set(edit.before, edit.key, edit.value);
  ASSERT_TRUE(after) << text_of(after.errors());
  EXPECT_EQ(*after, edit.after);
}

INSTANTIATE_TEST_SUITE_P(
    Edit, Edits,
    ::testing::Values(
        Edit{"empty_file", "", "memory", "1g", "[default]\nmemory = \"1g\"\n"},
        Edit{"in_place", "# mine\n[default]\nmemory   =  \"1g\"  # enough\ntimeout = 5\n", "memory",
             "2g", "# mine\n[default]\nmemory   =  \"2g\"  # enough\ntimeout = 5\n"},
        Edit{"number_in_place", "[default]\ntimeout = 120 # s\n", "timeout", "5m",
             "[default]\ntimeout = \"5m\" # s\n"},
        Edit{"unicode_before", "[default]\nreadonly = [\"/ä\"] # ü\nmemory = '1g'\n", "readonly",
             "/ö:/x", "[default]\nreadonly = [\"/ö\", \"/x\"] # ü\nmemory = '1g'\n"},
        Edit{"array_over_lines", "[default]\nreadonly = [\n  \"/a\", # a\n  \"/b\",\n]\npids = 4\n",
             "readonly", "/c", "[default]\nreadonly = [\"/c\"]\npids = 4\n"},
        Edit{"new_in_table", "[default]\nlevel = \"default\"\n\n[presets.x]\nmemory = \"2g\"\n",
             "memory", "1g",
             "[default]\nlevel = \"default\"\nmemory = \"1g\"\n\n[presets.x]\nmemory = \"2g\"\n"},
        Edit{"new_after_header", "[default]  # here\n# pids = 4\n", "pids", "7",
             "[default]  # here\npids = \"7\"\n# pids = 4\n"},
        Edit{"no_newline_at_the_end", "[default]\npids = 4", "memory", "1g",
             "[default]\npids = 4\nmemory = \"1g\"\n"},
        Edit{"new_table", "[default]\npids = 4\n", "log.syslog", "true",
             "[default]\npids = 4\n\n[log]\nsyslog = true\n"},
        Edit{"preset", "[default]\npids = 4\n", "presets.mine.memory", "1g",
             "[default]\npids = 4\n\n[presets.mine]\nmemory = \"1g\"\n"},
        Edit{"inline_table_in_place", "default = { memory = \"1g\", pids = 4 }\n", "memory", "2g",
             "default = { memory = \"2g\", pids = 4 }\n"},
        Edit{"dotted_in_place", "default.memory = \"1g\"\n", "memory", "2g",
             "default.memory = \"2g\"\n"},
        Edit{"quoting", "", "hide", "/a \"b\"\\c", "[default]\nhide = [\"/a \\\"b\\\"\\\\c\"]\n"},
        Edit{"crlf", "[default]\r\npids = 4\r\nmemory = \"1g\"\r\n", "pids", "5",
             "[default]\r\npids = \"5\"\r\nmemory = \"1g\"\r\n"}),
    [](const auto& each) { return each.param.name; });

TEST(Edit, RefusesWhatTheTableRefuses) {
  auto report = set("", "report", "off", Layer::project_file);
  ASSERT_FALSE(report);
  EXPECT_EQ(text_of(report.errors()),
            "/c.toml:2:1: a project's file can't set 'report' [set it in ~/.sefaca/config.toml or "
            "with SEFACA_REPORT]\n");
  auto enforce = set("", "enforce.network", "deny");
  ASSERT_FALSE(enforce);
  EXPECT_EQ(text_of(enforce.errors()),
            "/c.toml:1:2: [enforce] has a meaning in the system's file alone "
            "[/etc/sefaca/config.toml]\n");
  auto unknown = set("", "memroy", "1g");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(text_of(unknown.errors()), ": unknown key 'memroy' [did you mean 'memory'?]\n");
}

TEST(Edit, DoesNotTouchAFileThatIsWrongAlready) {
  auto edited = set("[default]\nmemroy = 1\n", "pids", "4");
  ASSERT_FALSE(edited);
  EXPECT_EQ(text_of(edited.errors()),
            "/c.toml:2:1: unknown key 'memroy' [did you mean 'memory'?]\n");
}

TEST(Edit, SaysSoWhereItCanNotAdd) {
  auto edited = set("default = { memory = \"1g\" }\n", "pids", "4");
  ASSERT_FALSE(edited);
  EXPECT_EQ(text_of(edited.errors()),
            "/c.toml: can't add 'pids' to [default], which is written in a form that this command "
            "does not edit [add by hand: pids = \"4\"]\n");
}

TEST(Edit, InitialFilesAreValidAndSetNothing) {
  for (Layer layer : {Layer::user_file, Layer::project_file}) {
    FileSource source = kUserFile;
    source.layer = layer;
    auto file = parse_file(initial_text(layer), source);
    ASSERT_TRUE(file) << text_of(file.errors());
    EXPECT_TRUE(file->assignments.empty());
    EXPECT_TRUE(file->presets.empty());
    EXPECT_NE(initial_text(layer).find("# memory ="), std::string::npos);
  }
}

}  // namespace
}  // namespace sefaca
