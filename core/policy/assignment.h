// Assignment: one value that one layer gives to one key. Levels and presets are tables of the same
// shape, so that all layers fold by one rule (see core/policy/builder.h).
#pragma once

#include <string>
#include <vector>

namespace sefaca {

// Weakest first. `door` is a door's own choice of preset: just above the files.
enum class Layer { built_in, system_file, user_file, project_file, door, variable, command_line };

struct Assignment {
  std::string key{};  // a name of the table of keys: "memory", "readwrite", "preset"
  std::vector<std::string> values{};  // one for a scalar; each part of a list by itself
  bool add = false;  // a list: added to what the lower layers say, not in its place
  Layer layer = Layer::built_in;
  // "built-in", "level strict", "preset compiler (built-in)", "FILE:LINE:COLUMN", "--memory"
  std::string origin{};
  std::string excerpt{};  // the source line with a caret, where there is one
  std::string base{};     // absolute: what relative paths in `values` stand on; empty: the cwd
};

}  // namespace sefaca
