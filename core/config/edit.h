// Editing a configuration's text in place: comments, order and everything else stay as they are.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/config/toml_file.h"
#include "core/policy/keys.h"

namespace sefaca {

// A setting as `sefaca config set` names it: "memory", "readwrite_add", "log.file",
// "presets.NAME.memory".
struct SettingName {
  std::string table;  // "default", "log", "presets.NAME", "enforce"
  std::string name;   // as the file writes it
  const Key* key = nullptr;
};
Result<SettingName> parse_setting_name(std::string_view text);

// `values` as TOML: an array for a list, true or false for a flag, else a string.
std::string toml_value(const Key& key, std::span<const std::string> values);

// `text` with the setting at its present place, or added to its table, or with a table of its own
// at the end. The result has been parsed; what the table of keys refuses is refused here.
Result<std::string> with_setting(std::string_view text, const FileSource& source,
                                 const SettingName& setting, std::string_view value);

// A commented file that sets nothing.
std::string initial_text(Layer layer);

}  // namespace sefaca
