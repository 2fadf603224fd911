// Folding: from presets and assignments of all layers to the history of each key.
//
// Within a layer come first the values of the level that it names, then those of its preset, then
// its own. A preset named without a level stands on the level that it names itself, else on
// default.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/policy/assignment.h"
#include "core/policy/builder.h"
#include "core/policy/keys.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// One writing of a key.
struct Written {
  std::vector<std::string> values{};
  bool add = false;
  Layer layer = Layer::built_in;
  bool derived = false;      // by a level or preset, not by the layer itself
  bool from_preset = false;  // by a preset
  bool by_person = false;    // in a file, a variable or an option; false: by a table of ours
  std::string origin{};
  std::string excerpt{};
  std::string base{};
};

// One value of a list in effect, and the writing that it came from.
struct ListEntry {
  std::string value;
  const Written* from;
};

class Folded {
 public:
  Folded();

  void write(const Key& key, Written written);

  // Weakest first; empty when nothing wrote the key.
  [[nodiscard]] const std::vector<Written>& history(const Key& key) const;

  // A scalar's winner, nullptr when nothing wrote it. `network = auto` means what level and preset
  // say: the last derived writing.
  [[nodiscard]] const Written* winner(const Key& key) const;
  [[nodiscard]] std::string scalar(const Key& key) const;  // its value, else the key's fallback

  // A list's entries: those after the last writing that replaced it, weakest first.
  [[nodiscard]] std::vector<ListEntry> entries(const Key& key) const;
  // The index in the history from which on writings count for a list.
  [[nodiscard]] std::size_t first_in_effect(const Key& key) const;

 private:
  std::vector<std::vector<Written>> histories_;  // in the order of all_keys()
};

// Folds everything. What is wrong is added to `errors` and left out.
Folded fold(std::span<const PresetDefinition> presets, std::span<const Assignment> assignments,
            const Surroundings& surroundings, Errors& errors);

// Checks one assignment by the table of keys, with the nearest spelling; the key, or nullptr after
// adding to `errors`.
const Key* checked_key(const Assignment& assignment, Errors& errors);

}  // namespace sefaca
