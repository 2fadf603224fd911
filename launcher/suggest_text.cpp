// A proposal as a configuration file, as command lines and as JSON.
#include <nlohmann/json.hpp>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/edit.h"
#include "core/policy/keys.h"
#include "launcher/suggest.h"

namespace sefaca {
namespace {

std::string number_of(std::size_t count, std::string_view one) {
  return concat(std::to_string(count), " ", one, count == 1 ? "" : "s");
}

std::string one_value(const Key& key, const std::string& value) {
  const std::string values[] = {value};
  if (!is_list(key)) return toml_value(key, values);
  const std::string list = toml_value(key, values);  // ["…"]
  return list.substr(1, list.size() - 2);
}

std::string table_name(const std::string& preset) {
  if (preset.empty()) return "[default]";
  constexpr const char* kBare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  if (preset.find_first_not_of(kBare) == std::string::npos) return concat("[presets.", preset, "]");
  const std::string name[] = {preset};
  return concat("[presets.", toml_value(*find_key("preset"), name), "]");
}

std::string comment_list(std::string_view title, const std::set<std::string>& lines) {
  if (lines.empty()) return {};
  std::string out = concat("# ", title, "\n");
  for (const std::string& line : lines) out += concat("#   ", printable(line), "\n");
  return out;
}

std::string joined(const std::set<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += concat(out.empty() ? "" : ", ", printable(word));
  return out;
}

}  // namespace

std::string Proposal::shown(const std::string& path) const {
  const std::string& home = surroundings_.home;
  if (home.size() < 2 || path == home || !is_within(path, home)) return path;
  return concat("~", path.substr(home.size()));
}

std::string Proposal::toml() const {
  std::string out = concat(
      "# Made by 'sefaca log suggest' from ", number_of(runs_, "run"), " with ",
      number_of(violations_, "violation"), ".\n",
      "# A project's .sefaca.toml that permits more has to be trusted: sefaca config trust\n");
  for (const auto& [name, group] : groups_) {
    out += '\n';
    if (group.changes()) out += table_name(group.preset) + "\n";
    const bool names_level = group.changes() && group.preset.empty() && group.level_is_given &&
                             !group.scalars.contains("level");
    if (names_level)
      out += concat("level = ", one_value(*find_key("level"), group.level),
                    "  # leave it out of the options and variables, which stand above files\n");
    for (const auto& [key, value] : group.scalars)
      out += concat("# ", printable(value.reason), "\n", file_name(*find_key(key)), " = ",
                    one_value(*find_key(key), value.text), "\n");
    for (const auto& [key, values] : group.lists) {
      out += concat(file_name(*find_key(key)), "_add = [\n");
      for (const auto& [value, reason] : values) {
        const bool path = find_key(key)->type == KeyType::paths;
        out += concat("  ", one_value(*find_key(key), path ? shown(value) : value), ",  # ",
                      printable(reason), "\n");
      }
      out += "]\n";
    }
    if (!group.above_files.empty())
      out += concat("# Above every file in these runs, so leave it out there: ",
                    joined(group.above_files), "\n");
    out += comment_list("Not proposed:", group.left_out);
    if (!group.withheld.empty())
      out += concat("# Withheld, and passed by env_add = [\"NAME\"] if the command needs it: ",
                    joined(group.withheld), "\n");
  }
  return out;
}

std::string Proposal::command() const {
  std::string out;
  for (const auto& [name, group] : groups_) {
    std::vector<std::string> words = {"sefaca", "run"};
    if (group.level_is_given && group.preset.empty() && !group.scalars.contains("level"))
      words.push_back(concat("--level=", group.level));
    if (!group.preset.empty()) words.push_back(concat("--preset=", group.preset));
    for (const auto& [key, value] : group.scalars) {
      const bool bare = find_key(key)->type == KeyType::flag;
      const std::string option = option_name(*find_key(key));
      words.push_back(bare ? option : concat(option, "=", value.text));
    }
    for (const auto& [key, values] : group.lists)
      for (const auto& [value, reason] : values)
        words.push_back(concat(option_name(*find_key(key)), "=", value));
    words.emplace_back("--");
    const bool one = group.commands.size() == 1;
    if (one) words.insert(words.end(), group.commands[0].begin(), group.commands[0].end());
    if (group.changes()) out += concat(printable(shell_join(words)), one ? "" : " COMMAND", "\n");
    if (!group.above_files.empty())
      out += concat("# in place of: ", joined(group.above_files), "\n");
    out += comment_list("Not proposed:", group.left_out);
    if (!group.withheld.empty())
      out += concat("# Withheld, and passed by --env=NAME if the command needs it: ",
                    joined(group.withheld), "\n");
  }
  return out;
}

std::string Proposal::json() const {
  using Json = nlohmann::ordered_json;
  Json groups = Json::array();
  for (const auto& [name, group] : groups_) {
    Json values = Json::object();
    if (group.level_is_given && group.preset.empty()) values["level"] = group.level;
    for (const auto& [key, value] : group.scalars) values[key] = value.text;
    for (const auto& [key, list] : group.lists) {
      Json& texts = values[key + "_add"] = Json::array();
      for (const auto& [value, reason] : list) texts.push_back(value);
    }
    groups.push_back({{"preset", group.preset.empty() ? Json() : Json(group.preset)},
                      {"runs", group.runs},
                      {"values", values},
                      {"not_proposed", group.left_out},
                      {"above_files", group.above_files},
                      {"withheld_env", group.withheld}});
  }
  const Json out = {{"runs", runs_}, {"violations", violations_}, {"proposals", groups}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sefaca
