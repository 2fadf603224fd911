// Longest path wins; the narrower wins a tie.
#include "core/policy/paths.h"

#include <algorithm>

#include "core/base/path.h"

namespace sefaca {
namespace {

void add_home(std::vector<std::string>& homes, const std::string& home, const FileSystem& files) {
  if (home.empty()) return;
  const auto add = [&](const std::string& path) {
    if (std::find(homes.begin(), homes.end(), path) == homes.end()) homes.push_back(path);
  };
  add(home);
  if (const auto real = files.real_path(home)) add(*real);
}

}  // namespace

const PathRule* rule_at(const std::vector<PathRule>& rules, std::string_view path) {
  const PathRule* best = nullptr;
  for (const PathRule& rule : rules) {
    if (!is_within(path, rule.path)) continue;
    if (best == nullptr || rule.path.size() > best->path.size() ||
        (rule.path.size() == best->path.size() && rule.access < best->access))
      best = &rule;
  }
  return best;
}

Access access_at(const std::vector<PathRule>& rules, std::string_view path, Access otherwise) {
  const PathRule* rule = rule_at(rules, path);
  return rule == nullptr ? otherwise : rule->access;
}

std::vector<std::string> home_directories(const Surroundings& surroundings) {
  std::vector<std::string> homes;
  add_home(homes, surroundings.home, *surroundings.files);
  if (surroundings.account_home != surroundings.home)
    add_home(homes, surroundings.account_home, *surroundings.files);
  return homes;
}

bool holds_a_home(std::string_view path, const std::vector<std::string>& homes) {
  return path == "/" || std::any_of(homes.begin(), homes.end(),
                                    [&](const std::string& home) { return is_within(home, path); });
}

bool is_home_or_above(std::string_view path, const std::vector<std::string>& homes) {
  return path == "/home" || is_a_home(path, homes) || holds_a_home(path, homes);
}

bool is_a_home(std::string_view path, const std::vector<std::string>& homes) {
  if (path == "/root" || (path != "/home" && parent_path(path) == "/home")) return true;
  return std::find(homes.begin(), homes.end(), path) != homes.end();
}

bool is_kept_in_place(const PathRule& rule) {
  return rule.kind == PathRule::Kind::protected_ && rule.access == Access::read;
}

}  // namespace sefaca
