// Words to a request: options, shell line or argv, and the exact errors.
#include "launcher/command_line.h"

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "tests/unit/config/fake_tree.h"

namespace sefaca {
namespace {

using test::text_of;
using Words = std::vector<std::string>;

Result<RunRequest> parse(const Words& words, const Environment& environment = {}) {
  static const test::FakeTree tree = [] {
    auto made = test::usual_tree();
    made.file("/home/u/project/my script.sh", "").file("/home/u/project/a=b", "");
    return made;
  }();
  Surroundings surroundings = test::surroundings_on(tree);
  surroundings.environment.insert(environment.begin(), environment.end());
  return parse_run_words(words, surroundings);
}

// "key=values (origin)", a line each.
std::string listed(const RunRequest& request) {
  std::string out;
  for (const auto& each : request.assignments) {
    out +=
        concat(each.key, each.add ? "+=" : "=", join(each.values, "|"), " (", each.origin, ")\n");
  }
  return out;
}

TEST(CommandLine, OptionsOfTheSpecification) {
  auto request = parse({"--timeout=60", "--memory=4g", "cargo build --release"});
  ASSERT_TRUE(request) << text_of(request.errors());
  EXPECT_EQ(listed(*request), "timeout=60 (--timeout)\nmemory=4g (--memory)\n");
  EXPECT_EQ(request->command->argv, (Words{"/bin/sh", "-c", "cargo build --release"}));
  EXPECT_TRUE(request->command->shell_line);
}

TEST(CommandLine, BareNetworkDoesNotSwallowTheCommand) {
  const std::pair<const char*, const char*> kForms[] = {
      {"--network", "network=allow (--network)\n"},
      {"--net", "network=allow (--net)\n"},
      {"--no-network", "network=deny (--no-network)\n"},
      {"--no-net", "network=deny (--no-net)\n"},
      {"--network=localhost", "network=localhost (--network)\n"},
      {"--net=deny", "network=deny (--net)\n"}};
  for (const auto& [option, wanted] : kForms) {
    auto request = parse({option, "curl"});
    ASSERT_TRUE(request) << text_of(request.errors());
    EXPECT_EQ(listed(*request), wanted);
    EXPECT_EQ(request->command->argv, Words{"curl"});
  }
}

TEST(CommandLine, ListsAreSplitRepeatedAndAddUp) {
  auto request = parse({"--readonly=/usr:/lib", "--readonly=/x", "--env=A=b:c,d", "--caches=a,b",
                        "--keep-fd=3", "true"});
  ASSERT_TRUE(request) << text_of(request.errors());
  EXPECT_EQ(listed(*request),
            "readonly+=/usr|/lib (--readonly)\nreadonly+=/x (--readonly)\n"
            "env+=A=b:c,d (--env)\ncaches+=a|b (--caches)\nkeep_fd+=3 (--keep-fd)\n");
}

TEST(CommandLine, FlagsAndPlainOptions) {
  auto request = parse({"--clean-env", "--keep-background=false", "--dry-run", "--quiet",
                        "--verbose", "--config=c.toml", "true"});
  ASSERT_TRUE(request) << text_of(request.errors());
  EXPECT_EQ(listed(*request),
            "clean_env=true (--clean-env)\nkeep_background=false (--keep-background)\n");
  EXPECT_TRUE(request->dry_run && request->quiet && request->verbose);
  EXPECT_EQ(request->config_file, "/home/u/project/c.toml");
  EXPECT_TRUE(parse({"-h"})->help);
}

TEST(CommandLine, QuietAndVerboseFromVariables) {
  EXPECT_TRUE(parse({"true"}, {{"SEFACA_QUIET", "1"}})->quiet);
  EXPECT_TRUE(parse({"true"}, {{"SEFACA_VERBOSE", "true"}})->verbose);
  auto wrong = parse({"true"}, {{"SEFACA_QUIET", "si"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(text_of(wrong.errors()), "$SEFACA_QUIET: 'si' is neither true nor false\n");
}

TEST(CommandLine, ADoorsOwnPresetIsOfItsLayer) {
  auto request = parse({"--door=cmake", "--target=app", "--door-preset=compiler", "--", "cc"});
  ASSERT_TRUE(request) << text_of(request.errors());
  EXPECT_EQ(request->door, "cmake");
  EXPECT_EQ(request->target, "app");
  EXPECT_EQ(listed(*request), "preset=compiler (the cmake door)\n");
  EXPECT_EQ(request->assignments.front().layer, Layer::door);
  EXPECT_EQ(parse({"true"})->door, "run");
}

struct Split {
  const char* name;
  Words words;
  Words argv;
  bool shell_line;
};
class Splits : public ::testing::TestWithParam<Split> {};
TEST_P(Splits, GiveThisCommand) {
  auto request = parse(GetParam().words);
  ASSERT_TRUE(request) << text_of(request.errors());
  if (GetParam().argv.empty()) {
    EXPECT_FALSE(request->command);
    return;
  }
  ASSERT_TRUE(request->command);
  EXPECT_EQ(request->command->argv, GetParam().argv);
  EXPECT_EQ(request->command->shell_line, GetParam().shell_line);
}
INSTANTIATE_TEST_SUITE_P(
    CommandLine, Splits,
    ::testing::Values(Split{"line", {"exit 42"}, {"/bin/sh", "-c", "exit 42"}, true},
                      Split{"dollar", {"echo$IFS"}, {"/bin/sh", "-c", "echo$IFS"}, true},
                      Split{"newline", {"a\nb"}, {"/bin/sh", "-c", "a\nb"}, true},
                      Split{"assignment", {"A=b"}, {"/bin/sh", "-c", "A=b"}, true},
                      Split{"plain_word", {"make"}, {"make"}, false},
                      Split{"path", {"./a.out"}, {"./a.out"}, false},
                      Split{"several", {"echo", "a b", "$HOME"}, {"echo", "a b", "$HOME"}, false},
                      Split{"own_options",
                            {"sh", "-c", "exit 1", "--memory=1g"},
                            {"sh", "-c", "exit 1", "--memory=1g"},
                            false},
                      Split{"after_dashes", {"--", "exit 42"}, {"exit 42"}, false},
                      Split{"dashes_twice", {"--", "--", "x"}, {"--", "x"}, false},
                      Split{"option_like", {"--", "--memory"}, {"--memory"}, false},
                      Split{"file_with_space", {"my script.sh"}, {"my script.sh"}, false},
                      Split{"file_with_equals", {"a=b"}, {"a=b"}, false},
                      Split{"empty_argument", {"printf", ""}, {"printf", ""}, false},
                      Split{"empty_word", {""}, {""}, false}, Split{"dash", {"-"}, {"-"}, false},
                      Split{"bytes", {"echo", "\xff\x01"}, {"echo", "\xff\x01"}, false},
                      Split{"nothing", {}, {}, false},
                      Split{"only_options", {"--memory=1g"}, {}, false},
                      Split{"only_dashes", {"--"}, {}, false}),
    [](const auto& each) { return each.param.name; });

struct Wrong {
  const char* name;
  Words words;
  const char* errors;
};
class WrongWords : public ::testing::TestWithParam<Wrong> {};
TEST_P(WrongWords, HaveExactlyTheseErrors) {
  auto request = parse(GetParam().words);
  ASSERT_FALSE(request);
  EXPECT_EQ(text_of(request.errors()), GetParam().errors);
}
INSTANTIATE_TEST_SUITE_P(
    CommandLine, WrongWords,
    ::testing::Values(
        Wrong{"typo",
              {"--memmory=1g", "x"},
              ": unknown option '--memmory' [did you mean '--memory'?]\n"},
        Wrong{"hyphen",
              {"--read-write=/x", "x"},
              ": unknown option '--read-write' [did you mean '--readwrite'?]\n"},
        Wrong{
            "no_abbreviation",
            {"--pre=compiler", "x"},
            ": unknown option '--pre' ['sefaca help run' lists the options; a command that begins "
            "with '-' goes after '--']\n"},
        Wrong{"nearly_abbreviated",
              {"--prese=compiler", "x"},
              ": unknown option '--prese' [did you mean '--preset'?]\n"},
        Wrong{"short",
              {"-m", "x"},
              ": unknown option '-m' ['sefaca help run' lists the options; a command that begins "
              "with '-' goes after '--']\n"},
        Wrong{"next_word",
              {"--memory", "4g", "x"},
              "--memory: --memory needs a value [--memory=SIZE]\n"},
        Wrong{"empty_value", {"--memory=", "x"}, "--memory: --memory has an empty value\n"},
        Wrong{"value_for_bare", {"--dry-run=yes", "x"}, "--dry-run: --dry-run takes no value\n"},
        Wrong{"value_for_no_network",
              {"--no-network=x", "x"},
              "--no-network: --no-network takes no value\n"},
        Wrong{"word",
              {"--level=strickt", "x"},
              "--level: unknown value 'strickt' for level [did you mean 'strict'?]\n"},
        Wrong{"empty_part",
              {"--readonly=a::b", "x"},
              "--readonly: an empty part in the list 'a::b' [write '.' for the working "
              "directory]\n"},
        Wrong{"variable",
              {"--env=1A=b", "x"},
              "--env: '1A=b' is not NAME or NAME=VALUE [a name has letters, digits and '_', and "
              "does not begin with a digit]\n"},
        Wrong{"all_at_once",
              {"--levl=strict", "--network=denny", "--keep-fd=x", "x"},
              ": unknown option '--levl' [did you mean '--level'?]\n"
              "--network: unknown value 'denny' for network [did you mean 'deny'?]\n"
              "--keep-fd: 'x' is not a file descriptor [a number such as 3]\n"},
        Wrong{"control_bytes",
              {"--\x1b[31m", "x"},
              ": unknown option '--\\x1b[31m' ['sefaca help run' lists the options; a command that "
              "begins with '-' goes after '--']\n"}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace sefaca
