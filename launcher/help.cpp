// The texts for a terminal: usage, --help and the topics.
#include "launcher/help.h"

#include <array>
#include <vector>

#include "core/base/text.h"
#include "core/policy/allow.h"
#include "core/policy/keys.h"
#include "launcher/command_line.h"
#include "launcher/diagnostics.h"
#include "launcher/generators.h"
#include "launcher/help_tables.h"

namespace sefaca {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kColumn = 27;
constexpr int kGood = 0;
constexpr int kWrongUsage = 2;

// `text` in lines of at most kWidth, each begun with `indent` spaces.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::string line(indent, ' ');
  bool fresh = true;
  for (const auto& word : split(text, ' ')) {
    if (!fresh && line.size() + 1 + word.size() > kWidth) {
      out += line + "\n";
      line.assign(indent, ' ');
      fresh = true;
    }
    if (!fresh) line += ' ';
    line += word;
    fresh = false;
  }
  return out + line + "\n";
}

// "  NAME      meaning", the meaning wrapped in its own column.
std::string entry(std::string_view name, std::string_view meaning) {
  std::string left = concat("  ", name);
  std::string right = wrapped(meaning, kColumn);
  if (left.size() + 2 > kColumn) return concat(left, "\n", right);
  return left + right.substr(left.size());
}

std::string entries(std::span<const Fact> facts) {
  std::string out;
  for (const auto& fact : facts) out += entry(fact.name, fact.meaning);
  return out;
}

std::string paragraphs(std::span<const std::string_view> texts) {
  std::string out;
  for (const auto text : texts) out += concat(out.empty() ? "" : "\n", wrapped(text, 0));
  return out;
}

std::string with_value(const Key& key) {
  if (key.name == "network") return concat("--network[=", key.unit, "]");
  const auto name = option_name(key);
  return key.unit.empty() ? name : concat(name, "=", key.unit);
}

std::string key_help(const Key& key) {
  return key.fallback.empty() ? std::string(key.help) : concat(key.help, " (", key.fallback, ")");
}

std::string options_text() {
  std::string out = "Options, with the built-in value of level default in brackets:\n";
  for (const Key& key : all_keys()) {
    if (key.on_command_line) out += entry(with_value(key), key_help(key));
  }
  for (const PlainOption& option : plain_options()) {
    if (option.help.empty()) continue;
    out += entry(option.unit.empty() ? concat("--", option.name)
                                     : concat("--", option.name, "=", option.unit),
                 option.help);
  }
  out += entry("--net, --no-network, --no-net", "short for --network=allow and --network=deny");
  return out;
}

std::string commands_text(std::span<const CommandHelp> commands) {
  std::string out;
  for (const auto& command : commands) {
    out += entry(concat("sefaca ", command.usage), command.summary);
  }
  return out;
}

std::string run_text(const CommandHelp& command) {
  return concat("sefaca ", command.usage, "\n\n", wrapped(concat(command.summary, "."), 0), "\n",
                paragraphs(command_paragraphs()), "\n", options_text(), "\nExit code:\n",
                entries(exit_code_table()));
}

std::string config_text() {
  return concat(commands_text(config_action_table()), "\n", paragraphs(project_paragraphs()),
                "\nFiles:\n", entries(file_table()));
}

std::string files_text() {
  return concat("Files:\n", entries(file_table()), "\nTables of a file:\n",
                entries(file_section_table()), "\n", paragraphs(layer_paragraphs()), "\n",
                paragraphs(path_paragraphs()), "\n", paragraphs(project_paragraphs()));
}

std::string environment_text() {
  std::string out;
  for (const Key& key : all_keys()) out += entry(variable_name(key), key.help);
  return out + entries(other_variable_table());
}

std::string allow_text() {
  std::string out = "What --allow may name:\n";
  for (const auto& each : allowables()) out += entry(each.name, each.help);
  return out;
}

std::string log_text() {
  return concat(commands_text(log_action_table()), "\nOptions:\n", entries(log_option_table()));
}

std::string topics_text();

struct Topic {
  std::string_view name;
  std::string_view summary;
  std::string (*text)();
};
constexpr Fact kMakeLines[] = {
    {"compilers", "preset compiler: no network, reads what is listed"},
    {"check, test …", "preset testing"},
    {"install, dist …", "passed through, when make was asked for it"},
    {"anything else", "preset development; no network unless asked for tests"},
};

std::string make_text() {
  return concat(
      "sefaca-sh stands in the place of make's SHELL and runs each line of a recipe in a sandbox.\n"
      "\n"
      "  make SHELL=sefaca-sh                 each line, by its program\n"
      "  include sefaca.mk                    the Makefile's last line: by its target too\n"
      "  MAKEFILES=PREFIX/include/sefaca.mk make    the same without an edit\n"
      "\n",
      entries(kMakeLines),
      "\nA line writes in the top make's directory, in what O= and BUILDDIR= name on make's "
      "command\n"
      "line, and in TMPDIR. A target's exception: 'NAME: private export SEFACA_PRESET = testing'.\n"
      "The shell behind is $SEFACA_SHELL, else the makefile's, else /bin/sh.\n"
      "'sefaca config presets' shows the table; [make.targets] and [make.programs] in a\n"
      "configuration file change it.\n"
      "A Makefile can take its SHELL back: one that you don't trust is run as a whole,\n"
      "'sefaca run --preset=development -- make'.\n");
}

std::string cmake_text() {
  return "include(Sefaca) runs each compile, link, custom and test step of a CMake project under "
         "its\n"
         "own least rights.\n"
         "\n"
         "  find_package(Sefaca)                 in the CMakeLists.txt, and\n"
         "  include(Sefaca OPTIONAL)\n"
         "  cmake -DCMAKE_PROJECT_TOP_LEVEL_INCLUDES=$(sefaca --cmakedir)/Sefaca.cmake\n"
         "                                       the same without an edit\n"
         "  sefaca_policy(TEST name NETWORK allow)   an exception, for as few steps as possible\n"
         "\n"
         "A step that fails says what it was denied and what would allow it; a test says it in\n"
         "Testing/Temporary/Sefaca.log. SEFACA_BYPASS=REASON runs steps with all rights, on "
         "record.\n"
         "Configuring runs outside: build files that you don't trust are configured and built "
         "under\n"
         "'sefaca run --preset=development --timeout=none --memory=none --'.\n";
}

std::string launch_text() {
  return "sefaca-launch [OPTION...] [--] COMMAND [ARG...] is for tools that take a launcher. It "
         "takes\n"
         "the options of 'sefaca run'; where they name no preset and no level the program "
         "chooses:\n"
         "a compiler or its kin gets preset compiler, anything else development without the "
         "network\n"
         "('sefaca config presets'). It ends as the command ends, by its signal too.\n"
         "\n"
         "  CC='sefaca-launch -- cc' meson setup build\n"
         "  meson test -C build --wrapper='sefaca-launch --preset=testing --'\n"
         "  RUSTC_WRAPPER=sefaca-launch cargo build\n"
         "  npm config set script-shell sefaca-sh\n";
}

constexpr Topic kTopics[] = {
    {"run", "running a command, its options and exit codes",
     [] { return run_text(command_table()[0]); }},
    {"exec", "the same without a supervisor", [] { return run_text(command_table()[1]); }},
    {"shell", "an interactive sandboxed shell", [] { return run_text(command_table()[2]); }},
    {"config", "the actions of 'sefaca config'", config_text},
    {"check", "what this host can enforce", [] { return run_text(command_table()[4]); }},
    {"log", "the actions of 'sefaca log'", log_text},
    {"cmake", "the CMake door: include(Sefaca)", cmake_text},
    {"make", "the make door: sefaca-sh", make_text},
    {"launch", "the launcher for other tools: sefaca-launch", launch_text},
    {"options", "every option", options_text},
    {"levels", "strict, default, permissive", [] { return entries(level_table()); }},
    {"presets", "the built-in presets", [] { return entries(preset_table()); }},
    {"files", "configuration files, layers and paths", files_text},
    {"environment", "every SEFACA_ variable", environment_text},
    {"allow", "what --allow may name", allow_text},
    {"exit-codes", "what the exit code says", [] { return entries(exit_code_table()); }},
    {"help", "this list", topics_text},
};

std::string topics_text() {
  std::string out = "Topics of 'sefaca help TOPIC':\n";
  for (const auto& topic : kTopics) out += entry(topic.name, topic.summary);
  return out;
}

struct Generator {
  GeneratedFile file;
  std::string (*make)();
};
constexpr Generator kGenerators[] = {
    {{"bash", "launcher/completions/sefaca.bash"}, bash_completion},
    {{"zsh", "launcher/completions/_sefaca"}, zsh_completion},
    {{"fish", "launcher/completions/sefaca.fish"}, fish_completion},
    {{"sefaca.1", "docs/man/sefaca.1"}, man_sefaca},
    {{"sefaca-run.1", "docs/man/sefaca-run.1"}, man_sefaca_run},
    {{"sefaca.toml.5", "docs/man/sefaca.toml.5"}, man_sefaca_toml},
    {{"configuration.md", "docs/configuration.md"}, configuration_markdown},
    {{"degradation.md", "docs/degradation.md"}, degradation_markdown},
};

constexpr auto kGeneratedFiles = [] {
  std::array<GeneratedFile, std::size(kGenerators)> files{};
  for (std::size_t i = 0; i < files.size(); ++i) files[i] = kGenerators[i].file;
  return files;
}();

void put(FILE* stream, const std::string& text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stream));
}

}  // namespace

std::string usage_text() {
  return concat("Usage: sefaca ACTION [OPTION...] [COMMAND]\n\n", commands_text(command_table()),
                "\n'sefaca --help' prints the options, 'sefaca help help' the topics.\n");
}

std::string help_text() {
  return concat(
      "sefaca: Secure Execution Framework for Any Command\n\n", commands_text(command_table()),
      "  sefaca --version\n  sefaca --cmakedir   (where find_package finds the CMake module)\n\n",
      options_text(), "\nExit code:\n", entries(exit_code_table()), "\n", topics_text());
}

Result<std::string> topic_text(std::string_view topic) {
  std::vector<std::string_view> names;
  for (const auto& each : kTopics) {
    if (each.name == topic) return each.text();
    names.push_back(each.name);
  }
  return Error{.what = concat("unknown topic '", printable(topic), "'"),
               .remedy = spelling_hint(topic, names)};
}

Result<std::string> generated_text(std::string_view kind) {
  std::vector<std::string_view> names;
  for (const auto& each : kGenerators) {
    if (each.file.kind == kind) return each.make();
    names.push_back(each.file.kind);
  }
  return Error{.what = concat("can't generate '", printable(kind), "'"),
               .remedy = spelling_hint(kind, names)};
}

std::span<const GeneratedFile> generated_files() {
  return kGeneratedFiles;
}

int help_command(std::span<const std::string> words, FILE* out, FILE* err) {
  constexpr std::string_view kGenerate = "--generate=";
  if (words.empty()) {
    put(out, help_text());
    return kGood;
  }
  if (words.size() > 1) {
    print_errors(err, {Error{.what = "help wants one topic", .remedy = "sefaca help TOPIC"}},
                 false);
    return kWrongUsage;
  }
  const std::string& word = words.front();
  auto text = word.starts_with(kGenerate)
                  ? generated_text(std::string_view(word).substr(kGenerate.size()))
                  : topic_text(word);
  if (!text) {
    print_errors(err, text.errors(), false);
    return kWrongUsage;
  }
  put(out, *text);
  return kGood;
}

}  // namespace sefaca
