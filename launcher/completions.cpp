// Completion files for bash, zsh and fish. Words that are known when they are made are written out;
// presets are asked of `sefaca config presets --names`, since files define more of them.
#include <span>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/policy/allow.h"
#include "core/policy/caches.h"
#include "core/policy/keys.h"
#include "launcher/command_line.h"
#include "launcher/generators.h"
#include "launcher/help_tables.h"

namespace sefaca {
namespace {

constexpr std::string_view kPresetNames = "sefaca config presets --names 2>/dev/null";

// One option as a completion needs it.
struct Completed {
  enum class Value { none, words, presets, file, paths, free };
  std::string name;  // without the dashes
  Value value = Value::free;
  std::vector<std::string> words;
  std::string_view help;
  bool bare = false;  // may stand without a value
};

std::vector<Completed> completed_options() {
  using Value = Completed::Value;
  std::vector<Completed> out;
  for (const Key& key : all_keys()) {
    if (!key.on_command_line) continue;
    Completed option{option_name(key).substr(2), Value::free, {}, key.help, false};
    for (const auto word : choices(key)) option.words.emplace_back(word);
    if (key.name == "allow") {
      for (const auto word : allowable_names()) option.words.emplace_back(word);
    }
    if (key.name == "caches") {
      for (const auto word : cache_names()) option.words.emplace_back(word);
    }
    if (!option.words.empty()) option.value = Value::words;
    if (key.type == KeyType::preset) option.value = Value::presets;
    if (key.type == KeyType::paths) option.value = Value::paths;
    if (key.type == KeyType::path) option.value = Value::file;
    if (key.type == KeyType::flag) option.value = Value::none;
    option.bare = key.type == KeyType::network;
    out.push_back(std::move(option));
  }
  for (const PlainOption& plain : plain_options()) {
    if (plain.help.empty()) continue;
    out.push_back({std::string(plain.name),
                   plain.unit.empty() ? Value::none : Value::file,
                   {},
                   plain.help,
                   false});
  }
  out.push_back({"no-network", Value::none, {}, "short for --network=deny", false});
  return out;
}

std::string names_of(std::span<const CommandHelp> commands) {
  std::string out;
  for (const auto& command : commands) out += concat(out.empty() ? "" : " ", command.name);
  return out;
}

// The options of `sefaca log` with two dashes, as they are typed.
std::vector<Completed> log_options() {
  std::vector<Completed> out;
  for (const Fact& row : log_option_table()) {
    const auto start = row.name.find("--");
    if (start == std::string_view::npos) continue;
    const std::string_view name = row.name.substr(start + 2);
    const auto equals = name.find('=');
    const bool bare = equals == std::string_view::npos;
    Completed option{std::string(name.substr(0, equals)),
                     bare ? Completed::Value::none : Completed::Value::free,
                     {},
                     row.meaning,
                     false};
    if (option.name.ends_with('[')) {  // --wait[=DURATION]
      option.name.pop_back();
      option.value = Completed::Value::none;
    }
    if (option.name == "preset") option.value = Completed::Value::presets;
    if (option.name == "log") option.value = Completed::Value::file;
    out.push_back(std::move(option));
  }
  return out;
}

std::string bash_log_options() {
  std::string out;
  for (const auto& option : log_options()) {
    const bool value = option.value != Completed::Value::none;
    out += concat(out.empty() ? "--" : " --", option.name, value ? "=" : "");
  }
  return out;
}

std::string bash_options() {
  std::string out;
  for (const auto& option : completed_options()) {
    const bool value = option.value != Completed::Value::none;
    if (!value || option.bare) out += concat(out.empty() ? "" : " ", "--", option.name);
    if (value) out += concat(out.empty() ? "" : " ", "--", option.name, "=");
  }
  return out;
}

// Inside single quotes of an _arguments specification.
std::string single_quoted_help(std::string_view help) {
  std::string out;
  for (char c : help) {
    if (c == '[' || c == ']' || c == ':') out += '\\';
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out;
}

std::string fish_quoted(std::string_view help) {
  std::string out = "'";
  for (char c : help) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

}  // namespace

std::string bash_completion() {
  std::string cases;
  for (const auto& option : completed_options()) {
    switch (option.value) {
      case Completed::Value::words:
        cases += concat("    --", option.name, ") COMPREPLY=($(compgen -W '",
                        join(option.words, " "), "' -- \"$value\")) ;;\n");
        break;
      case Completed::Value::presets:
        cases += concat("    --", option.name, ") COMPREPLY=($(compgen -W \"$(", kPresetNames,
                        ")\" -- \"$value\")) ;;\n");
        break;
      case Completed::Value::file:
      case Completed::Value::paths:
        cases +=
            concat("    --", option.name,
                   ") compopt -o filenames; COMPREPLY=($(compgen -f -- \"${value##*:}\")) ;;\n");
        break;
      default:
        break;
    }
  }
  return concat(
      "# bash completion of sefaca; made by 'sefaca help --generate=bash'.\n"
      "_sefaca_value() {\n"
      "  local option=$1 value=$2\n"
      "  case $option in\n",
      cases,
      "  esac\n"
      "}\n\n"
      "_sefaca() {\n"
      "  local cur prev word i action=\n"
      "  COMPREPLY=()\n"
      "  # '=' breaks words in bash: --level=str comes as three of them.\n"
      "  cur=${COMP_WORDS[COMP_CWORD]}\n"
      "  prev=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  if [[ $cur == = ]]; then _sefaca_value \"$prev\" ''; return; fi\n"
      "  if [[ $prev == = && COMP_CWORD -gt 2 ]]; then\n"
      "    _sefaca_value \"${COMP_WORDS[COMP_CWORD-2]}\" \"$cur\"; return\n"
      "  fi\n"
      "  action=${COMP_WORDS[1]}\n"
      "  if (( COMP_CWORD == 1 )); then\n"
      "    COMPREPLY=($(compgen -W '",
      names_of(command_table()),
      " --help --version' -- \"$cur\")); return\n"
      "  fi\n"
      "  case $action in\n"
      "    config)\n"
      "      if (( COMP_CWORD == 2 )); then\n"
      "        COMPREPLY=($(compgen -W '",
      names_of(config_action_table()),
      "' -- \"$cur\"))\n"
      "      else\n"
      "        compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\"))\n"
      "      fi ;;\n"
      "    log)\n"
      "      if (( COMP_CWORD == 2 )); then\n"
      "        COMPREPLY=($(compgen -W '",
      names_of(log_action_table()),
      "' -- \"$cur\"))\n"
      "      else\n"
      "        COMPREPLY=($(compgen -W '",
      bash_log_options(),
      " last' -- \"$cur\"))\n"
      "        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n"
      "      fi ;;\n"
      "    run|exec|shell)\n"
      "      # Behind the options stands a command with arguments of its own.\n"
      "      for (( i = 2; i < COMP_CWORD; i++ )); do\n"
      "        word=${COMP_WORDS[i]}\n"
      "        if [[ $word == -- ]]; then (( i++ )); break; fi\n"
      "        if [[ $word == = ]]; then (( i++ )); continue; fi\n"
      "        [[ $word == -* ]] || break\n"
      "      done\n"
      "      if (( i < COMP_CWORD )) || [[ $prev == -- ]]; then\n"
      "        if declare -F _command_offset >/dev/null; then _command_offset \"$i\"\n"
      "        else compopt -o default; fi\n"
      "      elif [[ $cur == -* ]]; then\n"
      "        COMPREPLY=($(compgen -W '",
      bash_options(),
      "' -- \"$cur\"))\n"
      "        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n"
      "      else\n"
      "        COMPREPLY=($(compgen -c -- \"$cur\"))\n"
      "      fi ;;\n"
      "  esac\n"
      "}\n\n"
      "complete -F _sefaca sefaca SEFACA\n");
}

namespace {

// The lines of one _arguments call.
std::string zsh_options(const std::vector<Completed>& list) {
  std::string options;
  for (const auto& option : list) {
    const std::string help = single_quoted_help(option.help);
    std::string argument;
    switch (option.value) {
      case Completed::Value::none:
        break;
      case Completed::Value::words:
        argument = concat(":value:(", join(option.words, " "), ")");
        break;
      case Completed::Value::presets:
        argument = ":preset:_sefaca_presets";
        break;
      case Completed::Value::file:
        argument = ":file:_files";
        break;
      case Completed::Value::paths:
        argument = ":paths:_sequence -s \\: _files";
        break;
      case Completed::Value::free:
        argument = ":value: ";
        break;
    }
    const char* equals = option.value == Completed::Value::none ? "" : "=-";
    const std::string optional = option.bare ? concat(":", argument) : argument;
    options += concat("    '*--", option.name, equals, "[", help, "]", optional, "' \\\n");
  }
  return options;
}

std::string zsh_actions(std::span<const CommandHelp> table) {
  std::string out;
  for (const auto& action : table) {
    out += concat("    '", action.name, ":", single_quoted_help(action.summary), "'\n");
  }
  return out;
}

}  // namespace

std::string zsh_completion() {
  std::string commands;
  for (const auto& command : command_table()) {
    commands += concat("    '", command.name, ":", single_quoted_help(command.summary), "'\n");
  }
  return concat(
      "#compdef sefaca SEFACA\n"
      "# zsh completion of sefaca; made by 'sefaca help --generate=zsh'.\n\n"
      "_sefaca_presets() {\n"
      "  compadd -- ${(f)\"$(",
      kPresetNames,
      ")\"}\n"
      "}\n\n"
      "_sefaca_run() {\n"
      "  _arguments -S \\\n",
      zsh_options(completed_options()),
      "    '(-)1:command:_command_names -e' \\\n"
      "    '*::arguments:_normal'\n"
      "}\n\n"
      "_sefaca_log() {\n"
      "  _arguments -S \\\n",
      zsh_options(log_options()),
      "    '*:record:(last)'\n"
      "}\n\n"
      "_sefaca() {\n"
      "  local -a commands actions log_actions\n"
      "  commands=(\n",
      commands,
      "  )\n"
      "  actions=(\n",
      zsh_actions(config_action_table()),
      "  )\n"
      "  log_actions=(\n",
      zsh_actions(log_action_table()),
      "  )\n"
      "  if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
      "  case $words[2] in\n"
      "    run|exec|shell) shift words; (( CURRENT-- )); _sefaca_run ;;\n"
      "    config)\n"
      "      if (( CURRENT == 3 )); then _describe action actions; else _files; fi ;;\n"
      "    log)\n"
      "      if (( CURRENT == 3 )); then _describe action log_actions\n"
      "      else shift 2 words; (( CURRENT -= 2 )); _sefaca_log; fi ;;\n"
      "  esac\n"
      "}\n\n"
      "_sefaca \"$@\"\n");
}

std::string fish_completion() {
  std::string out =
      "# fish completion of sefaca; made by 'sefaca help --generate=fish'.\n"
      "complete -c sefaca -f\n";
  for (const auto& command : command_table()) {
    out += concat("complete -c sefaca -n __fish_use_subcommand -a ", command.name, " -d ",
                  fish_quoted(command.summary), "\n");
  }
  for (const auto& action : config_action_table()) {
    out += concat("complete -c sefaca -n '__fish_seen_subcommand_from config' -a ", action.name,
                  " -d ", fish_quoted(action.summary), "\n");
  }
  for (const auto& action : log_action_table()) {
    out += concat("complete -c sefaca -n '__fish_seen_subcommand_from log' -a ", action.name,
                  " -d ", fish_quoted(action.summary), "\n");
  }
  for (const auto& option : log_options()) {
    out += concat("complete -c sefaca -n '__fish_seen_subcommand_from log' -l ", option.name,
                  option.value == Completed::Value::none ? "" : " -r", " -d ",
                  fish_quoted(option.help), "\n");
  }
  out +=
      "complete -c sefaca -n '__fish_seen_subcommand_from run exec shell' -a "
      "'(__fish_complete_subcommand --fcs-skip=2)'\n";
  for (const auto& option : completed_options()) {
    std::string value;
    switch (option.value) {
      case Completed::Value::none:
        break;
      case Completed::Value::words:
        value = concat(option.bare ? " -f -a " : " -x -a ", fish_quoted(join(option.words, " ")));
        break;
      case Completed::Value::presets:
        value = concat(" -x -a '(", kPresetNames, ")'");
        break;
      case Completed::Value::file:
      case Completed::Value::paths:
        value = " -r -F";
        break;
      case Completed::Value::free:
        value = " -x";
        break;
    }
    out += concat("complete -c sefaca -n '__fish_seen_subcommand_from run exec shell' -l ",
                  option.name, value, " -d ", fish_quoted(option.help), "\n");
  }
  return out;
}

}  // namespace sefaca
