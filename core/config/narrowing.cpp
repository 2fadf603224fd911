// Compares two policies field by field.
#include "core/config/narrowing.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

class Comparison {
 public:
  Comparison(const Policy& before, const Policy& after) : before_(*before), after_(*after) {}

  std::vector<Widening> run() {
    ordered("network", before_.network, after_.network);
    ordered("read", before_.read, after_.read);
    ordered("tmp", before_.tmp, after_.tmp);
    ordered("on_unavailable", before_.on_unavailable, after_.on_unavailable);
    ordered("keep_background", before_.keep_background, after_.keep_background);
    limit("memory", before_.limits.memory_bytes, after_.limits.memory_bytes);
    limit("timeout", before_.limits.timeout_ms, after_.limits.timeout_ms);
    limit("pids", before_.limits.processes, after_.limits.processes);
    limit("cpu_time", before_.limits.cpu_time_ms, after_.limits.cpu_time_ms);
    limit("file_size", before_.limits.file_size_bytes, after_.limits.file_size_bytes);
    limit("open_files", before_.limits.open_files, after_.limits.open_files);
    environment();
    subset("allow", before_.allow, after_.allow);
    descriptors();
    paths();
    return std::move(found_);
  }

 private:
  // Enumerations are declared from narrow to wide.
  template <class T>
  void ordered(const char* key, T before, T after) {
    if (after > before) add(key);
  }
  void limit(const char* key, std::optional<std::uint64_t> before,
             std::optional<std::uint64_t> after) {
    if (before && (!after || *after > *before)) add(key);
  }
  void subset(const char* key, const std::set<std::string>& before,
              const std::set<std::string>& after) {
    if (!std::includes(before.begin(), before.end(), after.begin(), after.end())) add(key);
  }

  // A variable with another value counts as a new one: LD_PRELOAD and PATH decide what is run.
  // TMPDIR alone follows from `tmp`, which is compared by itself.
  void environment() {
    const std::set<std::string> before(before_.environment.begin(), before_.environment.end());
    for (const auto& entry : after_.environment) {
      if (before.contains(entry) || entry.starts_with("TMPDIR=")) continue;
      const std::string name = entry.substr(0, entry.find('='));
      found_.push_back({"env", "", name, origin_of_key("env")});
    }
  }

  void descriptors() {
    const std::set<int> before(before_.keep_fds.begin(), before_.keep_fds.end());
    for (int fd : after_.keep_fds) {
      if (!before.contains(fd)) return add("keep_fd");
    }
  }

  void paths() {
    const RuleMap old_rules = by_path(before_.paths);
    const RuleMap new_rules = by_path(after_.paths);
    std::set<std::string_view> all;
    for (const auto& [path, rule] : old_rules) all.insert(path);
    for (const auto& [path, rule] : new_rules) all.insert(path);
    for (const auto path : all) {
      const PathRule* old_rule = deciding(old_rules, path);
      const PathRule* new_rule = deciding(new_rules, path);
      const Access old_access = old_rule == nullptr ? Access::hide : old_rule->access;
      const Access new_access = new_rule == nullptr ? Access::hide : new_rule->access;
      if (new_access <= old_access) continue;
      found_.push_back({new_access == Access::write ? "readwrite" : "readonly",
                        concat(path, " ", name_of(old_access)),
                        concat(path, " ", name_of(new_access)), new_rule->origin});
    }
  }

  using RuleMap = std::map<std::string_view, const PathRule*>;

  // Of several rules for one path the narrowest.
  static RuleMap by_path(const std::vector<PathRule>& rules) {
    RuleMap map;
    for (const auto& rule : rules) {
      auto& slot = map[rule.path];
      if (slot == nullptr || rule.access < slot->access) slot = &rule;
    }
    return map;
  }

  // The rule of the longest path that holds `path`.
  static const PathRule* deciding(const RuleMap& rules, std::string_view path) {
    for (;; path = parent_path(path)) {
      if (const auto found = rules.find(path); found != rules.end()) return found->second;
      if (path == "/" || path.empty()) return nullptr;
    }
  }

  void add(const char* key) {
    found_.push_back({key, value_of(before_, key), value_of(after_, key), origin_of_key(key)});
  }
  static std::string value_of(const PolicyFields& fields, const std::string& key) {
    const auto found = fields.values.find(key);
    return found == fields.values.end() ? std::string() : found->second;
  }
  [[nodiscard]] std::string origin_of_key(const std::string& key) const {
    const auto found = after_.origins.find(key);
    return found == after_.origins.end() ? std::string() : found->second;
  }

  const PolicyFields& before_;
  const PolicyFields& after_;
  std::vector<Widening> found_;
};

}  // namespace

std::vector<Widening> widenings(const Policy& before, const Policy& after) {
  return Comparison(before, after).run();
}

}  // namespace sefaca
