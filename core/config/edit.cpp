// Text in, text out; the place of each value comes from the parser.
#include "core/config/edit.h"

#include <algorithm>

#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::string_view kPresets = "presets.";
constexpr std::string_view kAddSuffix = "_add";

const Key* key_of(std::string_view table, std::string_view name) {
  if (table == "log" && name == "file") return find_key("log");
  if (table == "log" || table == "container") return find_key(concat(table, "_", name));
  if (const Key* key = find_key(name))
    return key->name != "log" && !section_of(*key).empty() ? nullptr : key;
  if (!name.ends_with(kAddSuffix)) return nullptr;
  const Key* key = find_key(name.substr(0, name.size() - kAddSuffix.size()));
  return key != nullptr && is_list(*key) ? key : nullptr;
}

Error unknown_setting(std::string_view text) {
  std::vector<std::string> names;
  for (const Key& key : all_keys()) names.push_back(file_name(key));
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto near = nearest(text, views);
  return Error{.what = concat("unknown key '", printable(text), "'"),
               .remedy = near.empty() ? "'man sefaca.toml' lists the keys"
                                      : concat("did you mean '", near, "'?")};
}

// A key of a table's name, quoted where TOML wants it.
std::string toml_key(std::string_view name) {
  const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  if (bare) return std::string(name);
  std::string out = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string header_of(const std::string& table) {
  if (!table.starts_with(kPresets)) return concat("[", table, "]");
  return concat("[presets.", toml_key(std::string_view(table).substr(kPresets.size())), "]");
}

std::string toml_string(std::string_view value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\"";
  for (char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 0xFU];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::size_t end_of_line(std::string_view text, std::size_t offset) {
  const auto newline = text.find('\n', std::min(offset, text.size()));
  return newline == std::string_view::npos ? text.size() : newline + 1;
}

const ValuePlace* place_of(const ParsedFile& file, const SettingName& setting) {
  const auto found = std::find_if(file.values.begin(), file.values.end(), [&](const auto& each) {
    return each.table == setting.table && each.name == setting.name;
  });
  return found == file.values.end() ? nullptr : &*found;
}

// Where a new line of the table goes: below its last value, or below its header.
std::size_t insertion_point(std::string_view text, const ParsedFile& file,
                            const TablePlace& table) {
  std::size_t last = table.header;
  for (const auto& value : file.values) {
    if (value.table == table.table) last = std::max(last, value.end);
  }
  return end_of_line(text, last);
}

}  // namespace

Result<SettingName> parse_setting_name(std::string_view text) {
  SettingName setting{"default", std::string(text), nullptr};
  if (const auto dot = text.rfind('.'); dot != std::string_view::npos) {
    setting.table = text.substr(0, dot);
    setting.name = text.substr(dot + 1);
    const bool known_table =
        setting.table == "log" || setting.table == "container" || setting.table == "default" ||
        setting.table == "enforce" ||
        (setting.table.starts_with(kPresets) && setting.table.size() > kPresets.size());
    if (!known_table) return unknown_setting(text);
  } else if (const Key* key = find_key(text);
             key != nullptr && key->name != "log" && !section_of(*key).empty()) {
    setting.table = section_of(*key);
    setting.name = file_name(*key).substr(setting.table.size() + 1);
  }
  setting.key = key_of(setting.table, setting.name);
  if (setting.key == nullptr) return unknown_setting(text);
  return setting;
}

std::string toml_value(const Key& key, std::span<const std::string> values) {
  if (!is_list(key)) {
    const std::string& value = values.front();
    return key.type == KeyType::flag ? value : toml_string(value);
  }
  std::vector<std::string> quoted;
  for (const auto& value : values) quoted.push_back(toml_string(value));
  return concat("[", join(quoted, ", "), "]");
}

Result<std::string> with_setting(std::string_view text, const FileSource& source,
                                 const SettingName& setting, std::string_view value) {
  SEFACA_TRY(file, parse_file(text, source));
  std::string edited(text);
  const ValuePlace* place = place_of(file, setting);
  const auto table = std::find_if(file.tables.begin(), file.tables.end(),
                                  [&](const auto& each) { return each.table == setting.table; });
  const std::string line = concat(toml_key(setting.name), " = ", value, "\n");
  if (place != nullptr) {
    edited.replace(place->begin, place->end - place->begin, value);
  } else if (table != file.tables.end()) {
    const auto at = insertion_point(text, file, *table);
    edited.insert(at, at > 0 && text[at - 1] != '\n' ? concat("\n", line) : line);
  } else {
    if (!edited.empty() && !edited.ends_with('\n')) edited += '\n';
    if (!edited.empty()) edited += '\n';
    edited += concat(header_of(setting.table), "\n", line);
  }

  auto reread = parse_file(edited, source);
  const std::size_t wanted = file.values.size() + (place == nullptr ? 1 : 0);
  if (reread && reread->values.size() == wanted) {
    const ValuePlace* now = place_of(*reread, setting);
    if (now != nullptr && edited.substr(now->begin, now->end - now->begin) == value) return edited;
  }
  // The value itself is refused: say that, with the place in the text that would have been.
  if (!reread && place == nullptr && table == file.tables.end()) return reread.errors();
  if (!reread && place != nullptr) return reread.errors();
  if (!reread && table != file.tables.end()) {
    const auto header_line = text.substr(table->header, 1);
    if (header_line == "[") return reread.errors();
  }
  return Error{.what = concat("can't add '", setting.name, "' to [", setting.table,
                              "], which is written in a form that this command does not edit"),
               .where = source.path,
               .remedy = concat("add by hand: ", trim(line))};
}

std::string initial_text(Layer layer) {
  const bool project = layer == Layer::project_file;
  std::string out =
      project ? "# What this project's commands need under sefaca. Until you trust this very file\n"
                "# (sefaca config trust), it can only narrow what is permitted anyway.\n"
              : "# The user's configuration of sefaca. 'man sefaca.toml' explains every key,\n"
                "# 'sefaca config show' prints what is in force and where it comes from.\n";
  out += "\n[default]\n";
  for (const Key& key : all_keys()) {
    if (!section_of(key).empty() || (project && !key.in_project_file)) continue;
    out += concat("# ", key.help, "\n# ", key.name, " = ");
    if (is_list(key)) {
      out += "[]";
    } else if (key.type == KeyType::flag) {
      out += key.fallback;
    } else {
      const bool written = check_value(key, key.fallback).ok();
      out += concat("\"", written ? key.fallback : std::string_view(), "\"");
    }
    out += "\n\n";
  }
  out +=
      "# A preset of one's own: sefaca run --preset=mine ...\n"
      "# [presets.mine]\n# inherits = \"compiler\"\n# memory = \"4g\"\n"
      "# readwrite_add = [\"~/.cache/mine\"]\n";
  if (project) return out;
  constexpr std::pair<std::string_view, std::string_view> kSections[] = {
      {"log", "Where the records of the runs go."},
      {"container", "For backend = \"podman\" and \"docker\"."}};
  for (const auto& [section, what] : kSections) {
    out += concat("\n# ", what, "\n# [", section, "]\n");
    for (const Key& key : all_keys()) {
      if (section_of(key) != section) continue;
      out += concat("# ", file_name(key).substr(section.size() + 1), " = ",
                    key.type == KeyType::flag ? "false" : concat("\"", key.unit, "\""), "    # ",
                    key.help, "\n");
    }
  }
  return out;
}

}  // namespace sefaca
