// Help from the table of keys; the committed files are what the program makes now.
#include "launcher/help.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/base/text.h"
#include "core/policy/keys.h"
#include "tests/unit/config/fake_tree.h"

namespace sefaca {
namespace {

using test::text_of;

TEST(Help, EveryOptionIsInHelpCompletionsAndManual) {
  for (const Key& key : all_keys()) {
    if (!key.on_command_line) continue;
    const auto option = option_name(key);
    EXPECT_NE(help_text().find(option), std::string::npos) << option;
    EXPECT_NE(generated_text("bash")->find(option), std::string::npos) << option;
    EXPECT_NE(generated_text("zsh")->find(option), std::string::npos) << option;
    EXPECT_NE(generated_text("fish")->find(concat("-l ", option.substr(2))), std::string::npos);
    EXPECT_NE(generated_text("configuration.md")->find(option), std::string::npos);
  }
}

TEST(Help, NoLineIsWiderThanATerminal) {
  for (const auto& line : split(help_text(), '\n')) EXPECT_LE(line.size(), 80U) << line;
}

TEST(Help, TopicsAndTheNearestOne) {
  for (const char* topic : {"run", "exec", "config", "log", "options", "levels", "presets", "files",
                            "environment", "allow", "exit-codes", "help"}) {
    auto text = topic_text(topic);
    ASSERT_TRUE(text) << topic;
    EXPECT_TRUE(text->ends_with('\n'));
  }
  auto wrong = topic_text("levles");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(text_of(wrong.errors()), ": unknown topic 'levles' [did you mean 'levels'?]\n");
}

class CommittedFile : public ::testing::TestWithParam<GeneratedFile> {};

TEST_P(CommittedFile, IsWhatTheProgramMakes) {
  const std::string path = concat(SEFACA_SOURCE_DIR, "/", GetParam().path);
  std::ifstream in(path, std::ios::binary);
  ASSERT_TRUE(in) << path << " is missing: sefaca help --generate=" << GetParam().kind << " > "
                  << GetParam().path;
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), *generated_text(GetParam().kind))
      << "sefaca help --generate=" << GetParam().kind << " > " << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(Help, CommittedFile, ::testing::ValuesIn(generated_files()),
                         [](const auto& each) {
                           std::string name(each.param.kind);
                           for (char& c : name) {
                             if (c == '.' || c == '-') c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace sefaca
