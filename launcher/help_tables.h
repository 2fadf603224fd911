// What the help texts, completions and man pages tell beyond the table of keys: commands, exit
// codes, files and variables, each once.
#pragma once

#include <span>
#include <string_view>

namespace sefaca {

struct CommandHelp {
  std::string_view name;
  std::string_view usage;    // after "sefaca "
  std::string_view summary;  // one line, no full stop
};
std::span<const CommandHelp> command_table();
std::span<const CommandHelp> config_action_table();
std::span<const CommandHelp> log_action_table();

// Two columns of words: an exit code and its meaning, a file and what it is.
struct Fact {
  std::string_view name;
  std::string_view meaning;
};
std::span<const Fact> log_option_table();
std::span<const Fact> exit_code_table();
std::span<const Fact> file_table();
std::span<const Fact> other_variable_table();
std::span<const Fact> file_section_table();  // the tables of a configuration file
std::span<const Fact> level_table();
std::span<const Fact> preset_table();

// What is told in sentences: paragraphs, one string each.
std::span<const std::string_view> layer_paragraphs();
std::span<const std::string_view> command_paragraphs();
std::span<const std::string_view> project_paragraphs();
std::span<const std::string_view> path_paragraphs();

}  // namespace sefaca
