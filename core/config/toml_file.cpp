// The tree of a text becomes assignments.
#include "core/config/toml_file.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/text_check.h"
#include "core/config/toml_syntax.h"
#include "core/policy/keys.h"

namespace sefaca {
namespace {

constexpr std::string_view kAddSuffix = "_add";

Position begin_of(const toml::node& node) {
  return position(node.source().begin);
}
Position begin_of(const toml::key& key) {
  return position(key.source().begin);
}

const char* type_name(const toml::node& node) {
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  if (node.is_string()) return "a string";
  if (node.is_integer()) return "a whole number";
  if (node.is_floating_point()) return "a number with a fraction";
  if (node.is_boolean()) return "a boolean";
  return "a date or time";
}

// What a value of the key may be in a file, for messages.
const char* wanted_types(const Key& key) {
  if (is_list(key)) return "an array of strings";
  switch (key.type) {
    case KeyType::duration:
    case KeyType::bytes:
    case KeyType::count:
      return "a string or a whole number";
    case KeyType::flag:
      return "true or false";
    default:
      return "a string";
  }
}

bool takes_integers(const Key& key) {
  return key.type == KeyType::duration || key.type == KeyType::bytes ||
         key.type == KeyType::count || key.type == KeyType::descriptors;
}

// From here on a relative path in a file is absolute, unless it means the working directory.
std::string placed_path(const std::string& value, const FileSource& source, bool in_preset) {
  if (value.empty() || value.front() == '/' || value.front() == '~' || value.front() == '$') {
    return value;
  }
  const bool dotted =
      value == "." || value == ".." || value.starts_with("./") || value.starts_with("../");
  if (dotted && (in_preset || source.layer != Layer::project_file)) return value;
  return absolute_path(value, source.directory);
}

// Reads the tree that one text was parsed to.
class Reader {
 public:
  Reader(std::string_view text, const FileSource& source) : text_(text), source_(source) {}

  void read(const toml::table& root) {
    for (const auto& [key, node] : root) read_top(key, node);
  }
  ParsedFile take_file() { return std::move(file_); }
  Errors take_errors() { return std::move(errors_); }

 private:
  void read_top(const toml::key& key, const toml::node& node) {
    const std::string_view name = key.str();
    if (name == "default") {
      if (const auto* table = table_of(key, node)) read_default(*table);
    } else if (name == "presets") {
      if (const auto* table = table_of(key, node)) read_presets(*table);
    } else if (name == "enforce") {
      if (source_.layer != Layer::system_file) {
        fail(begin_of(key), "[enforce] has a meaning in the system's file alone",
             "/etc/sefaca/config.toml");
      } else if (const auto* table = table_of(key, node)) {
        read_enforce(*table);
      }
    } else if (name == "log") {
      if (const auto* table = table_of(key, node)) read_log(key, *table);
    } else if (name == "container") {
      if (const auto* table = table_of(key, node)) read_container(key, *table);
    } else if (name == "make") {
      if (const auto* table = table_of(key, node)) read_make(*table);
    } else if (find_key(without_add(name)) != nullptr && !node.is_table()) {
      fail(begin_of(key), concat("'", name, "' stands outside of a table"),
           "put it below a line that says [default]");
    } else {
      constexpr std::string_view kTables[] = {"default", "presets",   "log",
                                              "make",    "container", "enforce"};
      fail(begin_of(key),
           concat("unknown ", node.is_table() ? "table" : "key", " '", printable(name), "'"),
           spelling_hint(name, kTables));
    }
  }

  void read_default(const toml::table& table) {
    note_table("default", table);
    for (const auto& [key, node] : table) {
      if (auto assignment = read_setting("default", key, node, false)) {
        file_.assignments.push_back(std::move(*assignment));
      }
    }
  }

  void read_enforce(const toml::table& table) {
    note_table("enforce", table);
    for (const auto& [key, node] : table) {
      const Key* known = find_key(key.str());
      if (known != nullptr && known->direction == Direction::any) {
        fail(begin_of(key), concat("'", key.str(), "' has no narrower and wider values to enforce"),
             "put it below [default]");
      } else if (auto assignment = read_setting("enforce", key, node, false)) {
        file_.bounds.push_back(std::move(*assignment));
      }
    }
  }

  void read_presets(const toml::table& presets) {
    for (const auto& [key, node] : presets) {
      const auto* table = table_of(key, node);
      if (table == nullptr) continue;
      PresetDefinition preset;
      preset.name = key.str();
      preset.origin = origin_of(source_.path, begin_of(key));
      const std::string where = concat("presets.", key.str());
      note_table(where, *table);
      for (const auto& [name, value] : *table) {
        if (name.str() == "inherits") {
          read_inherits(preset, name, value);
        } else if (auto assignment = read_setting(where, name, value, true)) {
          preset.values.push_back(std::move(*assignment));
        }
      }
      sort_by_place(preset.values);
      file_.presets.push_back(std::move(preset));
    }
  }

  void read_inherits(PresetDefinition& preset, const toml::key& key, const toml::node& node) {
    const auto* text = node.as_string();
    if (text == nullptr || text->get().empty()) {
      fail(begin_of(node), concat("inherits wants the name of a preset, not ", type_name(node)),
           "");
      return;
    }
    note_value(concat("presets.", preset.name), key, node);
    preset.inherits = text->get();
  }

  // [make.targets] and [make.programs]: a name or pattern to a preset's name.
  void read_make(const toml::table& make) {
    for (const auto& [key, node] : make) {
      constexpr std::string_view kNames[] = {"targets", "programs"};
      const bool targets = key.str() == kNames[0];
      if (!targets && key.str() != kNames[1]) {
        fail(begin_of(key), concat("unknown table 'make.", printable(key.str()), "'"),
             spelling_hint(key.str(), kNames));
      } else if (const auto* table = table_of(key, node)) {
        const std::string where = concat("make.", key.str());
        note_table(where, *table);
        for (const auto& [name, value] : *table)
          read_make_rule(where, targets ? MakeRule::Kind::target : MakeRule::Kind::program, name,
                         value);
      }
    }
  }

  // What a pattern could never match.
  bool matches_nothing(MakeRule::Kind kind, const toml::key& key) {
    const std::string_view pattern = key.str();
    const bool program = kind == MakeRule::Kind::program;
    if (pattern.find_first_not_of(" \t\n") == std::string_view::npos) {
      fail(begin_of(key), concat("the rule names no ", program ? "program" : "target"), "");
    } else if (pattern.find_first_of(" \t\n") != std::string_view::npos) {
      fail(begin_of(key), "a rule is for one name, without white space",
           "write one rule for each, or a pattern with * and ?");
    } else if (program && pattern.find('/') != std::string_view::npos) {
      const std::string_view last = base_name(pattern);
      fail(begin_of(key), "a program is known by its last part, wherever it lies",
           last.empty() ? "" : concat(shell_quote(last), " = …"));
    } else {
      return false;
    }
    return true;
  }

  void read_make_rule(const std::string& table, MakeRule::Kind kind, const toml::key& key,
                      const toml::node& node) {
    if (matches_nothing(kind, key)) return;
    const auto* preset = node.as_string();
    if (preset == nullptr || preset->get().empty())
      return fail(begin_of(node),
                  concat("a rule wants the name of a preset, not ", type_name(node)),
                  concat(shell_quote(key.str()), " = \"compiler\""));
    if (kind == MakeRule::Kind::program && preset->get() == kPassThrough)
      return fail(begin_of(node), "a program can't be passed through, only a target can",
                  "put it below [make.targets]");
    note_value(table, key, node);
    file_.make_rules.push_back({.kind = kind,
                                .pattern = std::string(key.str()),
                                .preset = preset->get(),
                                .origin = origin_of(source_.path, begin_of(node)),
                                .excerpt = excerpt_of(text_, begin_of(node))});
  }

  // [log]: file, and the keys that begin with log_.
  void read_log(const toml::key& table_key, const toml::table& table) {
    if (source_.layer == Layer::project_file) {
      fail(begin_of(table_key), "a project's file can't say where records go",
           "put it into ~/.sefaca/config.toml");
      return;
    }
    read_section("log", table);
  }

  // [container]: the keys that begin with container_.
  void read_container(const toml::key& table_key, const toml::table& table) {
    if (source_.layer == Layer::project_file) {
      fail(begin_of(table_key), "a project's file can't say what a container is made of",
           "put it into ~/.sefaca/config.toml");
      return;
    }
    read_section("container", table);
  }

  void read_section(std::string_view section, const toml::table& table) {
    note_table(std::string(section), table);
    std::vector<std::string> known_names;
    for (const Key& each : all_keys()) {
      if (section_of(each) == section)
        known_names.push_back(file_name(each).substr(section.size() + 1));
    }
    for (const auto& [key, node] : table) {
      const std::string_view name = key.str();
      if (section == "log" && name == "token") {
        fail(begin_of(key), "a token has no place in a configuration file",
             "name a file that only you can read with token_file, or set SEFACA_LOG_TOKEN");
        continue;
      }
      const std::vector<std::string_view> names(known_names.begin(), known_names.end());
      const bool own_name = std::find(names.begin(), names.end(), name) != names.end();
      const Key* known = section == "log" && name == "file" ? find_key("log")
                                                            : find_key(concat(section, "_", name));
      if (known == nullptr || !own_name) {
        fail(begin_of(key), concat("unknown key '", printable(name), "' in [", section, "]"),
             spelling_hint(name, names));
      } else if (auto assignment = read_value(std::string(section), *known, key, node, false)) {
        file_.assignments.push_back(std::move(*assignment));
      }
    }
  }

  // One `key = value` of [default], [enforce] or a preset.
  std::optional<Assignment> read_setting(const std::string& table, const toml::key& key,
                                         const toml::node& node, bool in_preset) {
    const std::string_view name = key.str();
    const Key* known = find_key(name);
    bool add = false;
    if (known == nullptr && name.ends_with(kAddSuffix)) {
      known = find_key(without_add(name));
      add = known != nullptr;
      if (add && !is_list(*known)) {
        fail(begin_of(key), concat("'", known->name, "' is no list that could be added to"),
             concat("write '", known->name, "'"));
        return std::nullopt;
      }
    }
    if (known != nullptr && known->name != "log" && !section_of(*known).empty()) {
      const std::string_view section = section_of(*known);
      fail(begin_of(key), concat("'", name, "' belongs into the table [", section, "]"),
           concat("[", section, "] ", file_name(*known).substr(section.size() + 1)));
      return std::nullopt;
    }
    if (known == nullptr || (in_preset && known->type == KeyType::preset)) {
      unknown_key(key, in_preset, known != nullptr);
      return std::nullopt;
    }
    if (source_.layer == Layer::project_file && !known->in_project_file) {
      fail(begin_of(key), concat("a project's file can't set '", known->name, "'"),
           concat("set it in ~/.sefaca/config.toml or with ", variable_name(*known)));
      return std::nullopt;
    }
    auto assignment = read_value(table, *known, key, node, in_preset);
    if (assignment) assignment->add = add;
    return assignment;
  }

  void unknown_key(const toml::key& key, bool in_preset, bool is_preset_key) {
    if (is_preset_key) {
      fail(begin_of(key), "a preset can't name a preset", "derive it with inherits = \"NAME\"");
      return;
    }
    std::vector<std::string_view> names;
    for (const Key& each : all_keys()) {
      if (each.name == "log" || section_of(each).empty()) names.push_back(each.name);
    }
    if (in_preset) names.push_back("inherits");
    const std::string near = nearest(key.str(), names);
    fail(begin_of(key), concat("unknown key '", printable(key.str()), "'"),
         near.empty() ? "'man sefaca.toml' lists the keys" : concat("did you mean '", near, "'?"));
  }

  std::optional<Assignment> read_value(const std::string& table, const Key& key,
                                       const toml::key& written, const toml::node& node,
                                       bool in_preset) {
    Assignment assignment;
    assignment.key = key.name;
    assignment.layer = source_.layer;
    assignment.origin = origin_of(source_.path, begin_of(written));
    assignment.excerpt = excerpt_of(text_, begin_of(written));
    note_value(table, written, node);
    const auto errors_before = errors_.size();
    if (const auto* array = node.as_array(); array != nullptr && is_list(key)) {
      for (const auto& element : *array) read_one(key, element, assignment.values);
    } else if (is_list(key) && node.is_string()) {
      read_joined(key, node, assignment.values);
    } else {
      read_one(key, node, assignment.values);
    }
    if (errors_.size() != errors_before) return std::nullopt;
    if (key.type == KeyType::paths || key.type == KeyType::path) {
      for (auto& value : assignment.values) value = placed_path(value, source_, in_preset);
    }
    return assignment;
  }

  // A list written as on the command line: "/usr:/lib".
  void read_joined(const Key& key, const toml::node& node, std::vector<std::string>& values) {
    auto parts = split_value(key, node.as_string()->get());
    if (!parts) return fail_with(begin_of(node), parts.errors());
    for (auto& part : *parts) check_and_keep(key, node, std::move(part), values);
  }

  void read_one(const Key& key, const toml::node& node, std::vector<std::string>& values) {
    if (const auto* text = node.as_string()) {
      check_and_keep(key, node, text->get(), values);
    } else if (const auto* number = node.as_integer(); number != nullptr && takes_integers(key)) {
      check_and_keep(key, node, std::to_string(number->get()), values);
    } else if (const auto* flag = node.as_boolean(); flag != nullptr && key.type == KeyType::flag) {
      values.emplace_back(flag->get() ? "true" : "false");
    } else {
      std::string remedy;
      if (key.type == KeyType::network && node.is_boolean()) {
        remedy = node.as_boolean()->get() ? "network = \"allow\"" : "network = \"deny\"";
      }
      fail(begin_of(node),
           concat(key.name, " wants ", wanted_types(key), ", not ", type_name(node)), remedy);
    }
  }

  void check_and_keep(const Key& key, const toml::node& node, std::string value,
                      std::vector<std::string>& values) {
    if (auto checked = check_value(key, value); !checked) {
      fail_with(begin_of(node), checked.errors());
    } else {
      values.push_back(std::move(value));
    }
  }

  const toml::table* table_of(const toml::key& key, const toml::node& node) {
    if (const auto* table = node.as_table()) return table;
    fail(begin_of(key), concat("'", printable(key.str()), "' is a table, not ", type_name(node)),
         concat("begin it with [", key.str(), "]"));
    return nullptr;
  }

  void note_table(const std::string& name, const toml::table& table) {
    file_.tables.push_back({name, offset_of(text_, begin_of(table))});
  }
  void note_value(const std::string& table, const toml::key& key, const toml::node& node) {
    file_.values.push_back({table, std::string(key.str()), offset_of(text_, begin_of(node)),
                            offset_of(text_, position(node.source().end))});
  }

  void fail(Position place, std::string what, std::string remedy) {
    errors_.push_back(error_at(source_.path, text_, place, std::move(what), std::move(remedy)));
    places_.push_back(place);
  }
  void fail_with(Position place, const Errors& errors) {
    for (const auto& error : errors) fail(place, error.what, error.remedy);
  }

  static std::string_view without_add(std::string_view name) {
    if (name.ends_with(kAddSuffix)) name.remove_suffix(kAddSuffix.size());
    return name;
  }

  // Line and column of "FILE:LINE:COLUMN".
  static std::pair<int, int> place_of(std::string_view origin) {
    const std::size_t column = origin.rfind(':');
    const std::size_t line = origin.rfind(':', column - 1);
    const auto number = [&](std::size_t colon) {
      int out = 0;
      std::from_chars(origin.data() + colon + 1, origin.data() + origin.size(), out);
      return out;
    };
    return {number(line), number(column)};
  }

  template <class Placed>
  static void sort_by_place(std::vector<Placed>& all) {
    std::stable_sort(all.begin(), all.end(), [](const Placed& a, const Placed& b) {
      return place_of(a.origin) < place_of(b.origin);
    });
  }

  std::string_view text_;
  const FileSource& source_;
  ParsedFile file_;
  Errors errors_;
  std::vector<Position> places_;

 public:
  // Errors in the order of the text: toml++ keeps its tables in the order of the alphabet.
  void sort() {
    std::vector<std::size_t> order(errors_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [this](auto a, auto b) { return places_[a] < places_[b]; });
    Errors sorted;
    for (auto i : order) sorted.push_back(std::move(errors_[i]));
    errors_ = std::move(sorted);
    sort_by_place(file_.assignments);
    sort_by_place(file_.bounds);
    sort_by_place(file_.make_rules);
  }
};

}  // namespace

Result<ParsedFile> parse_file(std::string_view text, const FileSource& source) {
  if (auto error = check_text(text, source.path)) return std::move(*error);
  TomlSyntax syntax = read_toml(text, source.path);
  Errors errors = std::move(syntax.errors);
  if (!syntax.understood) return errors;
  Reader reader(text, source);
  reader.read(syntax.root);
  reader.sort();
  Errors more = reader.take_errors();
  errors.insert(errors.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
  if (!errors.empty()) return errors;
  return reader.take_file();
}

}  // namespace sefaca
