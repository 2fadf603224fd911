// What is in force, where it comes from and what lost against it; as text and as JSON.
#include "launcher/config_show.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/config/configuration.h"
#include "core/policy/credentials.h"
#include "core/policy/keys.h"
#include "core/policy/levels.h"

namespace sefaca {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kValueColumn = 17;
constexpr std::size_t kOriginColumn = 44;

struct Shown {
  LoadedLayers layers;
  PolicyBuilder builder;
};

Result<Shown> prepare(std::span<const Assignment> command_line,
                      const std::optional<std::string>& config_file,
                      const Surroundings& surroundings) {
  SEFACA_TRY(layers, load_layers(surroundings, config_file, command_line));
  PolicyBuilder builder(surroundings);
  apply_layers(builder, layers);
  for (const auto& each : command_line) builder.set(each);
  return Shown{std::move(layers), std::move(builder)};
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) return text.append(width - text.size(), ' ');
  return text + ' ';
}

std::string shown_value(const std::string& value) {
  return value.empty() ? "-" : printable(value);
}

// The names in the table of credentials, or those that it takes out, as indented lines.
std::string pattern_lines(bool credentials) {
  constexpr std::size_t kWidth = 80;
  std::string out;
  std::string line;
  for (const auto& each : credential_patterns()) {
    if (each.why.empty() == credentials) continue;
    if (line.size() + each.pattern.size() + 3 > kWidth) {
      out += line + "\n";
      line.clear();
    }
    line += concat(line.empty() ? "  " : " ", each.pattern);
  }
  return line.empty() ? out : out + line + "\n";
}

std::string as_text(const std::vector<PolicyBuilder::Explanation>& explanations,
                    const LoadedLayers& layers, const Policy& policy) {
  std::string out;
  for (const auto& explanation : explanations) {
    bool first = true;
    for (const auto& candidate : explanation.candidates) {
      std::string line = padded(first ? explanation.key : "", kValueColumn);
      const std::string value = shown_value(candidate.value);
      line += first ? value : concat("  not ", value);
      out += concat(padded(std::move(line), kOriginColumn), printable(candidate.origin), "\n");
      first = false;
    }
  }
  out += "\nfiles read:\n";
  if (layers.files.empty()) out += "  none\n";
  for (const auto& file : layers.files) {
    const bool project = file == layers.project_file;
    out += concat("  ", printable(file),
                  !project                 ? ""
                  : layers.project_trusted ? "  (the project's, trusted)"
                                           : "  (the project's, may only narrow)",
                  "\n");
  }
  out += concat("\nvariables that count as credentials:\n", pattern_lines(true), "but for:\n",
                pattern_lines(false));
  out += concat("variables withheld from the command: ",
                policy->withheld.empty() ? "none" : printable(join(policy->withheld, " ")), "\n");
  return out;
}

std::string as_json(const std::vector<PolicyBuilder::Explanation>& explanations,
                    const LoadedLayers& layers, const Policy& policy) {
  Json values = Json::object();
  for (const auto& explanation : explanations) {
    Json entry = Json::object();
    Json lost = Json::array();
    bool first = true;
    for (const auto& candidate : explanation.candidates) {
      if (first) {
        entry["value"] = candidate.value.empty() ? Json(nullptr) : Json(candidate.value);
        entry["origin"] = candidate.origin;
      } else {
        lost.push_back({{"value", candidate.value}, {"origin", candidate.origin}});
      }
      first = false;
    }
    entry["lost"] = std::move(lost);
    values[explanation.key] = std::move(entry);
  }
  Json patterns = Json::array();
  for (const auto& each : credential_patterns()) {
    if (!each.why.empty()) patterns.push_back(std::string(each.pattern));
  }
  Json root = {
      {"values", std::move(values)},
      {"files", layers.files},
      {"project_file", layers.project_file.empty() ? Json(nullptr) : Json(layers.project_file)},
      {"project_trusted", layers.project_trusted},
      {"credential_patterns", std::move(patterns)},
      {"withheld_env", policy->withheld}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string listed_values(const std::vector<Assignment>& values) {
  std::string out;
  for (const auto& value : values) {
    const Key* key = find_key(value.key);
    const char* separator = key != nullptr && key->type == KeyType::paths ? ":" : ",";
    out += concat("  ", padded(concat(value.key, value.add ? "_add" : ""), kValueColumn),
                  shown_value(join(value.values, separator)), "\n");
  }
  return out;
}

}  // namespace

Result<std::string> show_configuration(const RunRequest& request, bool json,
                                       const Surroundings& surroundings) {
  SEFACA_TRY(shown, prepare(request.assignments, request.config_file, surroundings));
  SEFACA_TRY(explanations, shown.builder.explain());
  SEFACA_TRY(policy, shown.builder.build(Command{.argv = {"true"}}));
  return json ? as_json(explanations, shown.layers, policy)
              : as_text(explanations, shown.layers, policy);
}

Result<std::string> effective_value(const std::string& key, const Surroundings& surroundings) {
  SEFACA_TRY(shown, prepare({}, std::nullopt, surroundings));
  SEFACA_TRY(explanations, shown.builder.explain());
  for (const auto& explanation : explanations) {
    if (explanation.key != key || explanation.candidates.empty()) continue;
    return explanation.candidates.front().value;
  }
  return std::string();
}

namespace {

// The make door's table: files' rules one by one with their place, then ours, a line for each
// preset.
std::string make_table(const std::vector<MakeRule>& of_files) {
  std::string out =
      "\nmake: the preset of a recipe's line, the first that matches "
      "(pass: not sandboxed, when make is asked for it; else development, without the network\n"
      " unless make is asked for tests)\n";
  const auto kind_of = [](const MakeRule& rule) {
    return rule.kind == MakeRule::Kind::target ? "target" : "program";
  };
  for (const MakeRule& rule : of_files)
    out += concat("  ", kind_of(rule), " ", printable(rule.pattern), ": ", printable(rule.preset),
                  "  # ", printable(rule.origin), "\n");
  std::string last;
  for (const MakeRule& rule : built_in_make_rules()) {
    const std::string head = concat("  ", kind_of(rule), "s for ", rule.preset, ":");
    if (head != last) out += concat(last.empty() ? "" : "\n", head);
    last = head;
    out += concat(" ", rule.pattern);
  }
  return concat(out, "\n");
}

}  // namespace

Result<std::string> show_presets(bool names_only, const Surroundings& surroundings) {
  SEFACA_TRY(layers, load_layers(surroundings, std::nullopt));
  std::vector<PresetDefinition> presets = built_in_presets();
  presets.insert(presets.end(), layers.presets.begin(), layers.presets.end());

  // A preset that a file changes is listed once, its definitions one below the other.
  std::vector<std::string> order;
  std::map<std::string, std::string> texts;
  for (const auto& preset : presets) {
    auto& text = texts[preset.name];
    if (text.empty()) {
      order.push_back(preset.name);
      text = concat(printable(preset.name), "\n");
    }
    text += concat("  # ", printable(preset.origin),
                   preset.inherits.empty() ? "" : concat(", inherits ", printable(preset.inherits)),
                   "\n", listed_values(preset.values));
  }
  std::string out;
  for (const auto& name : order) {
    out +=
        names_only ? concat(printable(name), "\n") : concat(out.empty() ? "" : "\n", texts[name]);
  }
  if (!names_only) out += make_table(layers.make_rules);
  return out;
}

}  // namespace sefaca
