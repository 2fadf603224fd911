// The table of keys: every setting there is, once. Options, variables, files, `config show`,
// `config init`, --help, completions, man pages and docs/configuration.md are made from it.
#pragma once

#include <span>
#include <string_view>

#include "core/base/result.h"

namespace sefaca {

enum class KeyType {
  level, preset, network, read_scope, tmp, report, on_unavailable, backend,
  duration,   // milliseconds; 60, 90s, 5m, 1h, none
  bytes,      // 512m, 4g, 1048576, none
  count,      // a whole number, or none
  paths,      // a list, ':' between on the command line and in variables
  names,      // a list, ',' between: caches, allow
  variables,  // a list of NAME or NAME=VALUE
  descriptors,
  flag,       // true or false; bare on the command line
  path, text
};

// Which way a value may be moved by a layer that is not trusted.
enum class Direction { narrow_only, any };

struct Key {
  std::string_view name;      // "memory": --memory, SEFACA_MEMORY, memory =
  KeyType type;
  std::string_view unit;      // for help: "DURATION", "SIZE", "A:B"
  std::string_view fallback;  // the built-in value, as a person writes it
  bool in_project_file;       // may a project's .sefaca.toml set it at all
  Direction direction;        // what an untrusted layer may do with it
  std::string_view help;      // one line, no full stop
};

std::span<const Key> all_keys();
const Key* find_key(std::string_view name);  // nullptr: there is none

}  // namespace sefaca
