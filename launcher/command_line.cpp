// The command line of run, exec and shell. argv is split before Boost.Program_options sees a word,
// so that it never parses the wrapped command's own options; each option is parsed by itself, so
// that every wrong one is named.
#include "launcher/command_line.h"

#include <algorithm>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/keys.h"

namespace sefaca {
namespace {

namespace po = boost::program_options;

constexpr PlainOption kPlainOptions[] = {
    {"config", "FILE", "read this file in place of the user's own config.toml"},
    {"dry-run", "", "print what would be enforced, and run nothing"},
    {"quiet", "", "say nothing of one's own on stderr"},
    {"verbose", "", "say more: each violation, also when the command succeeded"},
    {"help", "", "print the options"},
    {"door", "NAME", ""},
    {"door-preset", "NAME", ""},
    {"target", "NAME", ""},
};

// The characters of the contract that make one operand a line for the shell.
constexpr std::string_view kShellCharacters = "|&;<>()$`\\\"'*?[#~=%";
constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";

bool is_shell_line(const std::string& word, const Surroundings& surroundings) {
  const bool looks_like_one = word.find_first_of(kShellCharacters) != std::string::npos ||
                              word.find_first_of(kWhiteSpace) != std::string::npos;
  return looks_like_one && !surroundings.files->exists(absolute_path(word, surroundings.cwd));
}

// Every name that an option may have, with the dashes, for spelling hints.
std::vector<std::string> option_names() {
  std::vector<std::string> names;
  for (const Key& key : all_keys()) {
    if (auto name = option_name(key); !name.empty()) names.push_back(std::move(name));
  }
  for (const PlainOption& option : kPlainOptions) {
    if (!option.help.empty()) names.push_back(concat("--", option.name));
  }
  for (const char* name : {"--net", "--no-network", "--no-net"}) names.emplace_back(name);
  return names;
}

Error unknown_option(std::string_view name) {
  const auto names = option_names();
  const std::vector<std::string_view> views(names.begin(), names.end());
  Error error;
  error.what = concat("unknown option '", printable(name), "'");
  const auto near = nearest(name, views);
  error.remedy = near.empty() ? "'sefaca help run' lists the options; a command that begins with "
                                "'-' goes after '--'"
                              : concat("did you mean '", near, "'?");
  return error;
}

// `name` without the dashes, as it is typed: "cpu-time" for the key cpu_time. Asked for each word
// and key, so that it makes no strings.
bool is_option_of(const Key& key, std::string_view name) {
  return key.on_command_line &&
         std::equal(name.begin(), name.end(), key.name.begin(), key.name.end(),
                    [](char typed, char known) { return typed == (known == '_' ? '-' : known); });
}

const Key* key_of_option(std::string_view name) {
  for (const Key& key : all_keys()) {
    if (is_option_of(key, name)) return &key;
  }
  return nullptr;
}

// The description of the option that `word` names, alone: to describe all of them costs more than
// all the rest of the parsing. Empty when there is no such option, which Boost then says.
po::options_description described_option(const std::string& word) {
  po::options_description options;
  std::string_view name = std::string_view(word).substr(0, word.find('='));
  if (!name.starts_with("--")) return options;
  name.remove_prefix(2);
  if (key_of_option(name) != nullptr)
    options.add_options()(std::string(name).c_str(), po::value<std::string>(), "");
  for (const PlainOption& option : kPlainOptions) {
    if (option.name != name) continue;
    const std::string known(option.name);
    if (option.unit.empty()) {
      options.add_options()(known.c_str(), "");
    } else {
      options.add_options()(known.c_str(), po::value<std::string>(), "");
    }
  }
  return options;
}

// The short forms written out: a bare --network, --no-network, -h, a bare flag.
std::string written_out(const std::string& word) {
  if (word == "--network" || word == "--net") return "--network=allow";
  if (word == "--no-network" || word == "--no-net") return "--network=deny";
  if (word == "-h") return "--help";
  if (word.starts_with("--net=")) return concat("--network=", word.substr(6));
  if (word.starts_with("--") && word.find('=') == std::string::npos) {
    const Key* key = key_of_option(word.substr(2));
    if (key != nullptr && key->type == KeyType::flag) return word + "=true";
  }
  return word;
}

struct Option {
  std::string name;  // without the dashes
  std::string value;
};

// One word as Boost reads it, its exceptions turned into our words.
Result<Option> parse_option(const po::options_description& options, const std::string& word) {
  const auto equals = word.find('=');
  const std::string name = word.substr(0, equals);
  if (name == "--no-network" || name == "--no-net") {
    return Error{.what = concat(name, " takes no value"), .where = name};
  }
  if (equals != std::string::npos && equals + 1 == word.size()) {
    return Error{.what = concat(name, " has an empty value"), .where = name};
  }
  try {
    constexpr auto kStyle = po::command_line_style::allow_long |
                            po::command_line_style::long_allow_adjacent;  // no guessing
    const auto parsed =
        po::command_line_parser({word}).options(options).style(kStyle).run().options;
    if (parsed.size() != 1 || parsed.front().position_key >= 0) return unknown_option(name);
    Option option{parsed.front().string_key, {}};
    if (!parsed.front().value.empty()) option.value = parsed.front().value.front();
    return option;
  } catch (const po::unknown_option&) {
    return unknown_option(name);
  } catch (const po::error&) {
    const Key* key = name.size() > 2 ? key_of_option(name.substr(2)) : nullptr;
    std::string unit = key != nullptr ? std::string(key->unit) : "";
    for (const PlainOption& plain : kPlainOptions) {
      if (concat("--", plain.name) == name) unit = plain.unit;
    }
    if (unit.empty()) return Error{.what = concat(name, " takes no value"), .where = name};
    return Error{
        .what = concat(name, " needs a value"), .where = name, .remedy = concat(name, "=", unit)};
  }
}

void append(Errors& errors, const Errors& more, const std::string& where) {
  for (Error error : more) {
    if (error.where.empty()) error.where = where;
    errors.push_back(std::move(error));
  }
}

void assign(RunRequest& request, Errors& errors, const Key& key, const std::string& text,
            const std::string& origin, Layer layer) {
  auto values = split_value(key, text);
  if (!values) return append(errors, values.errors(), origin);
  for (const auto& value : *values) {
    if (auto checked = check_value(key, value); !checked) {
      append(errors, checked.errors(), origin);
    }
  }
  Assignment assignment;
  assignment.key = key.name;
  assignment.values = std::move(*values);
  assignment.add = is_list(key);  // list options add up, and add to what stands below them
  assignment.layer = layer;
  assignment.origin = origin;
  request.assignments.push_back(std::move(assignment));
}

void apply(RunRequest& request, Errors& errors, const Option& option, const std::string& word,
           const Surroundings& surroundings) {
  if (option.name == "config") {
    request.config_file = absolute_path(option.value, surroundings.cwd);
  } else if (option.name == "dry-run") {
    request.dry_run = true;
  } else if (option.name == "quiet") {
    request.quiet = true;
  } else if (option.name == "verbose") {
    request.verbose = true;
  } else if (option.name == "help") {
    request.help = true;
  } else if (option.name == "door") {
    request.door = option.value;
  } else if (option.name == "target") {
    request.target = option.value;
  } else if (option.name == "door-preset") {
    assign(request, errors, *find_key("preset"), option.value,
           concat("the ", request.door, " door"), Layer::door);
  } else if (const Key* key = key_of_option(option.name)) {
    // The origin is what was typed: --no-network rather than --network.
    assign(request, errors, *key, option.value, word.substr(0, word.find('=')),
           Layer::command_line);
  }
}

bool variable_is_true(const Surroundings& surroundings, const char* name, Errors& errors) {
  const std::string value = surroundings.variable(name);
  if (value == "true" || value == "1") return true;
  if (!value.empty() && value != "false" && value != "0") {
    errors.push_back(Error{.what = concat("'", printable(value), "' is neither true nor false"),
                           .where = concat("$", name)});
  }
  return false;
}

Command command_from(std::span<const std::string> operands, bool after_dashes,
                     const Surroundings& surroundings) {
  if (!after_dashes && operands.size() == 1 && is_shell_line(operands.front(), surroundings)) {
    return Command{.argv = {"/bin/sh", "-c", operands.front()}, .shell_line = true};
  }
  return Command{.argv = {operands.begin(), operands.end()}, .shell_line = false};
}

}  // namespace

std::span<const PlainOption> plain_options() {
  return kPlainOptions;
}

Result<RunRequest> parse_run_words(std::span<const std::string> words,
                                   const Surroundings& surroundings) {
  RunRequest request;
  Errors errors;
  request.quiet = variable_is_true(surroundings, "SEFACA_QUIET", errors);
  request.verbose = variable_is_true(surroundings, "SEFACA_VERBOSE", errors);

  std::size_t next = 0;
  bool after_dashes = false;
  for (; next < words.size(); ++next) {
    const std::string& word = words[next];
    if (word == "--") {
      after_dashes = true;
      ++next;
      break;
    }
    if (word.size() < 2 || word.front() != '-') break;
    const std::string full = written_out(word);
    auto option = parse_option(described_option(full), full);
    if (option) {
      apply(request, errors, *option, word, surroundings);
    } else {
      append(errors, option.errors(), "");
    }
  }
  if (const auto operands = words.subspan(next); !operands.empty()) {
    request.command = command_from(operands, after_dashes, surroundings);
  }
  if (!errors.empty()) return errors;
  return request;
}

}  // namespace sefaca
