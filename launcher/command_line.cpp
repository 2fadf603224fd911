// The command line of run, exec and shell. Options are read here, word by word, by the table of
// keys: a library's parser would cost every run its own start (docs/performance.md). A test holds
// this reading against Boost.Program_options.
#include "launcher/command_line.h"

#include <algorithm>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/keys.h"

namespace sefaca {
namespace {

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

// `name` without the dashes, as it is typed: "cpu-time" for the key cpu_time.
const Key* key_of_option(std::string_view name) {
  const auto same = [](char typed, char known) { return typed == (known == '_' ? '-' : known); };
  for (const Key& key : all_keys()) {
    if (key.on_command_line &&
        std::equal(name.begin(), name.end(), key.name.begin(), key.name.end(), same))
      return &key;
  }
  return nullptr;
}

const PlainOption* plain_option(std::string_view name) {
  for (const PlainOption& option : kPlainOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
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

// One word, `--NAME` or `--NAME=VALUE`.
Result<Option> parse_option(const std::string& word) {
  const auto equals = word.find('=');
  const bool has_value = equals != std::string::npos;
  const std::string name = word.substr(0, equals);
  if (name == "--no-network" || name == "--no-net") {
    return Error{.what = concat(name, " takes no value"), .where = name};
  }
  if (has_value && equals + 1 == word.size()) {
    return Error{.what = concat(name, " has an empty value"), .where = name};
  }
  if (!name.starts_with("--")) return unknown_option(name);
  const std::string_view known = std::string_view(name).substr(2);
  const Key* key = key_of_option(known);
  const PlainOption* plain = key == nullptr ? plain_option(known) : nullptr;
  if (key == nullptr && plain == nullptr) return unknown_option(name);
  const bool wants_value = key != nullptr || !plain->unit.empty();
  if (has_value && !wants_value)
    return Error{.what = concat(name, " takes no value"), .where = name};
  if (!has_value && wants_value) {
    return Error{.what = concat(name, " needs a value"),
                 .where = name,
                 .remedy = concat(name, "=", key != nullptr ? key->unit : plain->unit)};
  }
  return Option{std::string(known), has_value ? word.substr(equals + 1) : std::string()};
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
    auto option = parse_option(full);
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
