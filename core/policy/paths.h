// Which rule of a list decides about a path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// The deciding rule: of the longest path, of two for one path the narrower. nullptr: none holds it.
const PathRule* rule_at(const std::vector<PathRule>& rules, std::string_view path);

// What may be done with `path` (absolute and clean); `otherwise` where no rule says anything.
Access access_at(const std::vector<PathRule>& rules, std::string_view path, Access otherwise);

// The home directories that are known: $HOME and the account's, with links resolved too.
std::vector<std::string> home_directories(const Surroundings& surroundings);

// True for `/`, our homes, and whatever lies above one.
bool holds_a_home(std::string_view path, const std::vector<std::string>& homes);

// The same, and true for others' homes (/root, /home/NAME) and /home: too much to be granted
// because some variable or link happened to name it.
bool is_home_or_above(std::string_view path, const std::vector<std::string>& homes);

// True for a home directory itself, be it ours or another's (/root, /home/NAME).
bool is_a_home(std::string_view path, const std::vector<std::string>& homes);

// Protected in a writable tree, other than by who may connect to it.
bool is_kept_in_place(const PathRule& rule);

}  // namespace sefaca
