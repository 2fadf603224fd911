// Enumerations are declared from narrow to wide, so the smaller value is the narrower one.
#include "core/policy/narrow.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "core/base/path.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

class Narrowing {
 public:
  Narrowing(PolicyFields kept, const PolicyFields& other) : out_(std::move(kept)), other_(other) {}

  PolicyFields run() {
    smaller("level", out_.level, other_.level);
    smaller("network", out_.network, other_.network);
    smaller("read", out_.read, other_.read);
    smaller("tmp", out_.tmp, other_.tmp);
    smaller("clean_env", out_.environment_rule, other_.environment_rule);
    smaller("on_unavailable", out_.on_unavailable, other_.on_unavailable);
    smaller("keep_background", out_.keep_background, other_.keep_background);
    limit("memory", out_.limits.memory_bytes, other_.limits.memory_bytes);
    limit("timeout", out_.limits.timeout_ms, other_.limits.timeout_ms);
    limit("pids", out_.limits.processes, other_.limits.processes);
    limit("cpu_time", out_.limits.cpu_time_ms, other_.limits.cpu_time_ms);
    limit("file_size", out_.limits.file_size_bytes, other_.limits.file_size_bytes);
    limit("open_files", out_.limits.open_files, other_.limits.open_files);
    std::erase_if(out_.allow, [&](const auto& name) { return !other_.allow.contains(name); });
    std::erase_if(out_.keep_fds, [&](int fd) { return !holds(other_.keep_fds, fd); });
    std::erase_if(out_.given, [&](const auto& part) { return !holds(other_.given, part); });
    paths();
    return std::move(out_);
  }

 private:
  template <class List, class Value>
  static bool holds(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  }

  void take(const char* key) {
    const auto value = other_.values.find(key);
    const auto origin = other_.origins.find(key);
    if (value != other_.values.end()) out_.values[key] = value->second;
    if (origin != other_.origins.end()) out_.origins[key] = origin->second;
  }

  template <class T>
  void smaller(const char* key, T& kept, T other) {
    if (!(other < kept)) return;
    kept = other;
    take(key);
  }

  void limit(const char* key, std::optional<std::uint64_t>& kept,
             std::optional<std::uint64_t> other) {
    if (!other || (kept && *kept <= *other)) return;
    kept = other;
    take(key);
  }

  // At the path of each rule of either the narrower of what the two say there.
  void paths() {
    std::vector<PathRule> rules;
    const auto add = [&](const std::vector<PathRule>& from, const std::vector<PathRule>& against) {
      for (const PathRule& rule : from) {
        const Access access = access_at(from, rule.path, Access::hide);
        const PathRule* facing = rule_at(against, rule.path);
        const Access limit = facing == nullptr ? Access::hide : facing->access;
        if (rule.access != access) continue;  // another rule for this very path decides
        PathRule one = limit < access && facing != nullptr ? *facing : rule;
        one.path = rule.path;
        one.access = std::min(access, limit);
        const bool there = std::any_of(rules.begin(), rules.end(), [&](const PathRule& known) {
          return known.path == one.path && known.access <= one.access;
        });
        if (!there) rules.push_back(std::move(one));
      }
    };
    add(out_.paths, other_.paths);
    add(other_.paths, out_.paths);
    std::stable_sort(rules.begin(), rules.end(),
                     [](const PathRule& a, const PathRule& b) { return a.path < b.path; });
    // What nothing around it opens need not be hidden: `/` least of all.
    out_.paths.clear();
    for (PathRule& rule : rules) {
      const bool shut = rule.path == "/" ||
                        access_at(out_.paths, parent_path(rule.path), Access::hide) == Access::hide;
      if (rule.access != Access::hide || !shut) out_.paths.push_back(std::move(rule));
    }
  }

  PolicyFields out_;
  const PolicyFields& other_;
};

}  // namespace

PolicyFields narrower_of(PolicyFields kept, const PolicyFields& other) {
  return Narrowing(std::move(kept), other).run();
}

}  // namespace sefaca
