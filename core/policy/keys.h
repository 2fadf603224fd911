// The table of keys: every setting there is, once. Options, variables, files, `config show`,
// `config init`, --help, completions, man pages and docs/configuration.md are made from it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace sefaca {

enum class KeyType {
  level,
  preset,
  network,
  read_scope,
  tmp,
  report,
  on_unavailable,
  backend,
  pull,
  duration,   // milliseconds; 60, 90s, 5m, 1h, none
  bytes,      // 512m, 4g, 1048576, none
  count,      // a whole number, or none
  paths,      // a list, ':' between on the command line and in variables
  names,      // a list, ',' between: caches, allow
  variables,  // a list of NAME or NAME=VALUE
  descriptors,
  flag,  // true or false; bare on the command line
  path,
  text,
  https_url
};

// Which way a value may be moved by a layer that is not trusted.
enum class Direction { narrow_only, any };

struct Key {
  std::string_view name;  // "memory": --memory, SEFACA_MEMORY, memory =
  KeyType type;
  std::string_view unit;      // for help: "DURATION", "SIZE", "A:B"
  std::string_view fallback;  // the built-in value, as a person writes it; empty: unset
  bool in_project_file;       // may a project's .sefaca.toml set it at all
  Direction direction;        // what an untrusted layer may do with it
  std::string_view help;      // one line, no full stop
  bool on_command_line = true;
};

std::span<const Key> all_keys();
const Key* find_key(std::string_view name);  // nullptr: there is none

bool is_list(const Key& key);
// The words that a key of an enumerated type takes ("deny", "localhost" …); empty for others.
std::span<const std::string_view> choices(const Key& key);

std::string option_name(const Key& key);    // "--cpu-time"; empty: not on the command line
std::string variable_name(const Key& key);  // "SEFACA_CPU_TIME"; `log` is "SEFACA_LOG_FILE"
// The table of a file that the key stands in, when it is one of its own: "log", "container"; empty:
// [default] and the presets.
std::string_view section_of(const Key& key);
// As a file names it: "cpu_time" in [default] and presets, "log.endpoint" for the table [log].
std::string file_name(const Key& key);

// The values that `text`, from the command line or a variable, gives to `key`: a list is split at
// its separator, anything else is one value. Empty text and empty list parts are errors.
Result<std::vector<std::string>> split_value(const Key& key, std::string_view text);

// Whether `value` (one part of a list) is well formed for `key`; the error has `what` and `remedy`.
// Names of presets, caches and `allow` are looked up by the builder, not here.
Status check_value(const Key& key, std::string_view value);

}  // namespace sefaca
