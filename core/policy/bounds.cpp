// Comparing every value in effect with its bound.
#include "core/policy/bounds.h"

#include <algorithm>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/expand.h"
#include "core/policy/levels.h"
#include "core/policy/width.h"

namespace sefaca {
namespace {

std::string shown(const std::vector<std::string>& values) {
  return values.empty() ? std::string("nothing") : printable(join(values, ", "));
}

std::string resolved(const std::string& text, const std::string& base,
                     const Surroundings& surroundings) {
  const auto path = expand_path(text, base, surroundings);
  if (!path) return {};
  return surroundings.files->real_path(*path).value_or(absolute_path(*path, "/"));
}

class Bounder {
 public:
  Bounder(const Surroundings& surroundings, Folded& folded, Errors& errors)
      : surroundings_(surroundings), folded_(folded), errors_(errors) {}

  void apply(const Assignment& bound) {
    const Key* key = checked_key(bound, errors_);
    if (key == nullptr) return;
    if (key->type == KeyType::level) return apply_level(bound);
    if (bound.values.empty() || is_list(*key)) return apply_list(*key, bound);
    apply_scalar(*key, bound);
  }

 private:
  // A level bounds by all that it says; a list of it only where the level wants it empty.
  void apply_level(const Assignment& bound) {
    const Key& key = *find_key("level");
    const Written* won = folded_.winner(key);
    const std::string level = bound.values.front();
    if (won != nullptr && is_wider(key, won->values.front(), level) && !is_derived(*won))
      refuse(key, won->values.front(), *won, bound);
    apply_scalar(key, bound);
    for (Assignment& value : level_values(level)) {
      const Key& other = *find_key(value.key);
      if (is_list(other) && !value.values.empty()) continue;
      if (!value.values.empty() && value.values.front() == kHalfOfMemory) continue;
      value.origin = bound.origin;
      apply(value);
    }
  }

  void apply_scalar(const Key& key, const Assignment& bound) {
    const Written* won = folded_.winner(key);
    const std::string& most = bound.values.front();
    const std::string value = won == nullptr ? std::string(key.fallback) : won->values.front();
    if (won != nullptr && !is_wider(key, value, most)) return;
    if (won == nullptr && value == most) return;
    if (won != nullptr && !is_derived(*won)) {
      // A level was reported by its caller.
      if (key.type != KeyType::level) refuse(key, value, *won, bound);
      return;
    }
    narrow(key, bound.values, bound);
  }

  void apply_list(const Key& key, const Assignment& bound) {
    if (key.name == "hide" || key.name == "readonly") return;  // see enforced_rules()
    std::vector<std::string> kept;
    bool dropped = false;
    for (const ListEntry& entry : folded_.entries(key)) {
      if (is_permitted(key, entry, bound)) {
        kept.push_back(entry.value);
      } else if (is_derived(*entry.from)) {
        dropped = true;
      } else {
        refuse(key, entry.value, *entry.from, bound);
      }
    }
    if (dropped) narrow(key, std::move(kept), bound);
  }

  [[nodiscard]] bool is_permitted(const Key& key, const ListEntry& entry,
                                  const Assignment& bound) const {
    const auto any = [&](auto matches) {
      return std::any_of(bound.values.begin(), bound.values.end(), matches);
    };
    if (key.type == KeyType::paths) {
      const std::string path = resolved(entry.value, entry.from->base, surroundings_);
      return any([&](const std::string& most) {
        return is_within(path, resolved(most, bound.base, surroundings_));
      });
    }
    if (key.type == KeyType::variables) {
      const std::string name = entry.value.substr(0, entry.value.find('='));
      return any([&](const std::string& most) { return most == name || most == entry.value; });
    }
    return any([&](const std::string& most) { return most == entry.value || most == kAllCaches; });
  }

  // The tables' values, not a person's. A preset from a file is a person's.
  static bool is_derived(const Written& written) { return written.derived && !written.by_person; }

  void refuse(const Key& key, const std::string& value, const Written& written,
              const Assignment& bound) {
    errors_.push_back({.what = concat(key.name, " '", printable(value),
                                      "' is wider than what is enforced: ", shown(bound.values)),
                       .where = written.origin,
                       .excerpt = written.excerpt,
                       .remedy = concat("the bound stands in ", bound.origin)});
  }

  void narrow(const Key& key, std::vector<std::string> values, const Assignment& bound) {
    Written written;
    written.values = std::move(values);
    written.layer = Layer::system_file;
    written.origin = concat(bound.origin, " (enforced)");
    written.base = bound.base;
    folded_.write(key, std::move(written));
  }

  const Surroundings& surroundings_;
  Folded& folded_;
  Errors& errors_;
};

}  // namespace

void apply_bounds(std::span<const Assignment> bounds, const Surroundings& surroundings,
                  Folded& folded, Errors& errors) {
  Bounder bounder(surroundings, folded, errors);
  for (const Assignment& bound : bounds) bounder.apply(bound);
}

std::vector<PathRule> enforced_rules(std::span<const Assignment> bounds,
                                     const Surroundings& surroundings) {
  std::vector<PathRule> out;
  for (const Assignment& bound : bounds) {
    if (bound.key != "hide" && bound.key != "readonly") continue;
    for (const std::string& value : bound.values) {
      const auto path = expand_path(value, bound.base, surroundings);
      if (!path) continue;
      if (const auto real = surroundings.files->real_path(*path))
        out.push_back({.path = *real,
                       .access = bound.key == "hide" ? Access::hide : Access::read,
                       .kind = PathRule::Kind::grant,
                       .reason = "enforced for this machine",
                       .origin = bound.origin});
    }
  }
  return out;
}

}  // namespace sefaca
