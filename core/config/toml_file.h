// One configuration file: its text to presets, assignments and bounds, each with its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/config/source_text.h"
#include "core/policy/builder.h"
#include "core/policy/make_rules.h"

namespace sefaca {

inline constexpr std::size_t kLargestFile = std::size_t{1} << 20U;
inline constexpr int kDeepestNesting = 64;

struct FileSource {
  std::string path;                // absolute, for messages
  std::string directory;           // absolute: what relative paths stand on
  Layer layer = Layer::user_file;  // system_file, user_file or project_file
};

// Where a value stands in the text, for `sefaca config set`.
struct ValuePlace {
  std::string table;               // "default", "log", "presets.NAME", "enforce"
  std::string name;                // as written there
  std::size_t begin = 0, end = 0;  // bytes of the value
};
struct TablePlace {
  std::string table;
  std::size_t header = 0;  // a byte of the header's line
};

struct ParsedFile {
  std::vector<PresetDefinition> presets;
  std::vector<Assignment> assignments;  // [default] and [log]
  std::vector<Assignment> bounds;       // [enforce]
  std::vector<MakeRule> make_rules;     // [make.targets] and [make.programs]
  std::vector<ValuePlace> values;
  std::vector<TablePlace> tables;
};

// Every error of the file at once, in the order of the text. After the first error of TOML's own
// syntax the reading goes on only where the rest can still be understood.
Result<ParsedFile> parse_file(std::string_view text, const FileSource& source);

}  // namespace sefaca
