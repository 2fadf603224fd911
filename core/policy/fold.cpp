// The one rule by which layers fold.
#include "core/policy/fold.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "core/base/text.h"
#include "core/policy/allow.h"
#include "core/policy/caches.h"
#include "core/policy/levels.h"

namespace sefaca {
namespace {

constexpr Layer kLayers[] = {Layer::built_in,     Layer::system_file, Layer::user_file,
                             Layer::project_file, Layer::door,        Layer::variable,
                             Layer::command_line};

std::size_t index_of(const Key& key) {
  return static_cast<std::size_t>(&key - all_keys().data());
}

void add_error(Errors& errors, const Assignment& assignment, Error error) {
  error.where = assignment.origin;
  error.excerpt = assignment.excerpt;
  errors.push_back(std::move(error));
}

// What the table of keys can't know: the names of tools and of what may be allowed, and limits that
// would let nothing run.
Status check_names_and_zero(const Key& key, const std::string& value) {
  const auto among = [&](std::span<const std::string_view> known, std::string_view what) -> Status {
    if (std::find(known.begin(), known.end(), value) != known.end()) return Done{};
    return Error{.what = concat("unknown ", what, " '", printable(value), "'"),
                 .remedy = spelling_hint(value, known)};
  };
  if (key.name == "caches") return among(cache_names(), "cache");
  if (key.name == "allow") return among(allowable_names(), "name to allow");
  const bool may_be_zero = key.name == "file_size";
  const bool limit =
      key.type == KeyType::duration || key.type == KeyType::bytes || key.type == KeyType::count;
  if (limit && !may_be_zero && value.find_first_of("123456789") == std::string::npos &&
      value.starts_with('0'))
    return Error{.what = concat(key.name, " '", value, "' lets nothing run"),
                 .remedy = "write none for no limit"};
  return Done{};
}

class Folder {
 public:
  Folder(std::span<const PresetDefinition> presets, const Surroundings& surroundings,
         Errors& errors)
      : surroundings_(surroundings), errors_(errors), defined_(presets) {}

  Folded run(std::span<const Assignment> assignments) {
    check_definitions();
    write_level("default", Layer::built_in, "built-in");
    for (const Layer layer : kLayers) fold_layer(assignments, layer);
    return std::move(out_);
  }

 private:
  // A preset's values, from the root of its inheritance to its last definition.
  struct Expansion {
    std::vector<Assignment> values;
    std::string level;  // the one it names itself; empty: none
  };

  void fold_layer(std::span<const Assignment> assignments, Layer layer) {
    std::vector<std::pair<const Key*, const Assignment*>> own;
    const Assignment* level = nullptr;
    const Assignment* preset = nullptr;
    for (const Assignment& assignment : assignments) {
      if (assignment.layer != layer) continue;
      const Key* key = checked_key(assignment, errors_);
      if (key == nullptr) continue;
      if (key->type == KeyType::level) level = &assignment;
      if (key->type == KeyType::preset) {
        if (!known_preset(assignment)) continue;
        preset = &assignment;
      }
      own.emplace_back(key, &assignment);
    }
    if (level != nullptr) write_level(level->values.front(), layer, level->origin);
    if (preset != nullptr) write_preset(*preset, layer, level != nullptr);
    for (const auto& [key, assignment] : own) {
      Written written = from_assignment(*assignment);
      written.by_person = layer != Layer::door;  // a door is no person
      written.layer = layer;
      out_.write(*key, std::move(written));
    }
  }

  static Written from_assignment(const Assignment& assignment) {
    Written out;
    out.values = assignment.values;
    out.add = assignment.add;
    out.origin = assignment.origin;
    out.excerpt = assignment.excerpt;
    out.base = assignment.base;
    return out;
  }

  void write_level(std::string_view level, Layer layer, std::string_view named_by) {
    const std::string origin = concat("level ", level, " (", named_by, ")");
    const auto derived = [&](std::vector<std::string> values) {
      Written written;
      written.values = std::move(values);
      written.layer = layer;
      written.derived = true;
      written.origin = origin;
      return written;
    };
    Written name = derived({std::string(level)});
    name.origin = named_by;
    out_.write(*find_key("level"), std::move(name));
    for (Assignment& value : level_values(level)) {
      if (value.key == "memory" && value.values.front() == kHalfOfMemory)
        value.values = {half_of_memory(surroundings_.machine_memory_bytes)};
      out_.write(*find_key(value.key), derived(std::move(value.values)));
    }
  }

  void write_preset(const Assignment& named, Layer layer, bool level_is_named) {
    const std::string& name = named.values.front();
    const std::string how = concat("preset ", name, " (", named.origin, ")");
    std::vector<std::string> path;
    Expansion expansion = expand(name, path, false);
    if (!level_is_named)
      write_level(expansion.level.empty() ? "default" : expansion.level, layer,
                  concat("preset ", name));
    for (Assignment& value : expansion.values) {
      const Key* key = find_key(value.key);
      if (key == nullptr || key->type == KeyType::level) continue;
      Written written = from_assignment(value);
      written.by_person = !value.origin.empty();
      if (value.origin.empty()) written.origin = how;
      written.derived = true;
      written.from_preset = true;
      written.layer = layer;
      out_.write(*key, std::move(written));
    }
  }

  // The built-in one of that name, made once: most runs name one preset and never ask for another.
  const std::optional<PresetDefinition>& built_in(std::string_view name) {
    for (const auto& [known, definition] : built_in_) {
      if (known == name) return definition;
    }
    return built_in_.emplace_back(name, built_in_preset(name)).second;
  }

  // Every definition of that name, the built-in one first.
  template <class Visit>
  void each_definition(std::string_view name, Visit visit) {
    if (const auto& definition = built_in(name)) visit(*definition);
    for (const PresetDefinition& definition : defined_) {
      if (definition.name == name) visit(definition);
    }
  }

  bool is_known(std::string_view name) {
    bool known = false;
    each_definition(name, [&](const PresetDefinition& /*one*/) { known = true; });
    return known;
  }

  Error unknown_preset(std::string_view name) {
    std::vector<std::string_view> names;
    const auto add = [&](const PresetDefinition& one) {
      if (std::find(names.begin(), names.end(), one.name) == names.end()) names.push_back(one.name);
    };
    const std::vector<PresetDefinition> ours = built_in_presets();
    std::for_each(ours.begin(), ours.end(), add);
    std::for_each(defined_.begin(), defined_.end(), add);
    return {.what = concat("unknown preset '", printable(name), "'"),
            .remedy = spelling_hint(name, names)};
  }

  bool known_preset(const Assignment& assignment) {
    const std::string& name = assignment.values.front();
    if (is_known(name)) return true;
    add_error(errors_, assignment, unknown_preset(name));
    return false;
  }

  // `path` holds the names on the way here. Only a checking call reports, so that each error shows
  // once.
  Expansion expand(const std::string& name, std::vector<std::string>& path, bool report) {
    Expansion out;
    path.push_back(name);
    each_definition(name, [&](const PresetDefinition& definition) {
      if (!definition.inherits.empty()) out = parent_of(definition, path, report);
      for (const Assignment& value : definition.values) {
        if (!usable(value, report)) continue;
        if (value.key == "level") out.level = value.values.front();
        out.values.push_back(value);
      }
    });
    path.pop_back();
    return out;
  }

  Expansion parent_of(const PresetDefinition& definition, std::vector<std::string>& path,
                      bool report) {
    const std::string& parent = definition.inherits;
    Error error;
    error.where = definition.origin;
    if (!is_known(parent)) {
      error = unknown_preset(parent);
      error.where = definition.origin;
      if (report) errors_.push_back(std::move(error));
      return {};
    }
    const auto seen = std::find(path.begin(), path.end(), parent);
    if (seen == path.end()) return expand(parent, path, report);
    // Each member of a ring finds it; the one it begins with says so.
    if (report && seen == path.begin()) {
      error.what = concat("preset '", printable(parent), "' inherits itself");
      if (path.size() > 1)
        error.what += concat(" (", printable(join(path, " -> ")), " -> ", printable(parent), ")");
      error.remedy = "inherit from another preset, or leave 'inherits' out";
      errors_.push_back(std::move(error));
    }
    return {};
  }

  bool usable(const Assignment& value, bool report) {
    Errors found;
    const Key* key = checked_key(value, found);
    if (key != nullptr && key->type == KeyType::preset)
      add_error(
          found, value,
          {.what = "a preset can't name a preset", .remedy = "derive it with inherits = \"NAME\""});
    if (report) errors_.insert(errors_.end(), found.begin(), found.end());
    return found.empty();
  }

  // Presets of files are checked whether they are used or not.
  void check_definitions() {
    std::vector<std::string_view> done;
    for (const PresetDefinition& definition : defined_) {
      if (std::find(done.begin(), done.end(), definition.name) != done.end()) continue;
      done.push_back(definition.name);
      const std::size_t before = errors_.size();
      std::vector<std::string> path;
      expand(definition.name, path, true);
      drop_repeated(before);
    }
  }

  // A parent's errors are found from each of its children.
  void drop_repeated(std::size_t from) {
    for (std::size_t i = from; i < errors_.size();) {
      const auto same = [&](const Error& error) {
        return error.what == errors_[i].what && error.where == errors_[i].where;
      };
      const auto end = errors_.begin() + static_cast<std::ptrdiff_t>(i);
      if (std::any_of(errors_.begin(), end, same)) {
        errors_.erase(end);
      } else {
        ++i;
      }
    }
  }

  const Surroundings& surroundings_;
  Errors& errors_;
  std::span<const PresetDefinition> defined_;
  std::deque<std::pair<std::string, std::optional<PresetDefinition>>> built_in_;
  Folded out_;
};

}  // namespace

Folded::Folded() : histories_(all_keys().size()) {}

void Folded::write(const Key& key, Written written) {
  histories_[index_of(key)].push_back(std::move(written));
}

const std::vector<Written>& Folded::history(const Key& key) const {
  return histories_[index_of(key)];
}

const Written* Folded::winner(const Key& key) const {
  const auto& all = history(key);
  if (all.empty()) return nullptr;
  if (key.type != KeyType::network || all.back().values.front() != "auto") return &all.back();
  for (auto at = all.rbegin(); at != all.rend(); ++at) {
    if (at->derived && at->values.front() != "auto") return &*at;
  }
  return nullptr;
}

std::string Folded::scalar(const Key& key) const {
  const Written* won = winner(key);
  return won == nullptr ? std::string(key.fallback) : won->values.front();
}

std::size_t Folded::first_in_effect(const Key& key) const {
  const auto& all = history(key);
  std::size_t first = all.size();
  while (first > 0) {
    --first;
    if (!all[first].add) break;
  }
  return first;
}

std::vector<ListEntry> Folded::entries(const Key& key) const {
  std::vector<ListEntry> out;
  const auto& all = history(key);
  for (std::size_t i = first_in_effect(key); i < all.size(); ++i) {
    for (const std::string& value : all[i].values) out.push_back({value, &all[i]});
  }
  return out;
}

const Key* checked_key(const Assignment& assignment, Errors& errors) {
  const std::size_t before = errors.size();
  const Key* key = find_key(assignment.key);
  if (key == nullptr) {
    std::vector<std::string_view> known;
    for (const Key& one : all_keys()) known.push_back(one.name);
    add_error(errors, assignment,
              {.what = concat("unknown key '", printable(assignment.key), "'"),
               .remedy = spelling_hint(assignment.key, known)});
    return nullptr;
  }
  if (!is_list(*key) && assignment.values.size() != 1)
    add_error(errors, assignment, {.what = concat(key->name, " takes one value")});
  for (const std::string& value : assignment.values) {
    Status checked = check_value(*key, value);
    if (checked) checked = check_names_and_zero(*key, value);
    if (checked) continue;
    for (const Error& error : checked.errors()) add_error(errors, assignment, error);
  }
  return errors.size() == before ? key : nullptr;
}

Folded fold(std::span<const PresetDefinition> presets, std::span<const Assignment> assignments,
            const Surroundings& surroundings, Errors& errors) {
  return Folder(presets, surroundings, errors).run(assignments);
}

}  // namespace sefaca
