#include "launcher/unsupported.h"

#include <string_view>

#include "core/base/text.h"

namespace sefaca {
namespace {

struct Unsupported {
  std::string_view key;
  std::string_view value;  // a part of a list, or the whole value; empty: any
  std::string_view why;
  std::string_view instead;
};
constexpr Unsupported kUnsupported[] = {
    {"allow", "ptrace-outside", "Landlock always keeps tracing inside", ""},
};

bool holds(const std::string& value, std::string_view wanted) {
  if (wanted.empty()) return !value.empty();
  for (const std::string& part : split(value, ',')) {
    if (trim(part) == wanted) return true;
  }
  return false;
}

}  // namespace

Status refuse_unsupported(const Policy& policy) {
  Errors errors;
  for (const Unsupported& row : kUnsupported) {
    const std::string key(row.key);
    if (!policy->from_user.contains(key)) continue;
    const auto value = policy->values.find(key);
    if (value == policy->values.end() || !holds(value->second, row.value)) continue;
    const auto origin = policy->origins.find(key);
    errors.push_back(
        {.what = concat(key, " '", row.value.empty() ? value->second : std::string(row.value),
                        "' is not supported in this build: ", row.why),
         .where = origin == policy->origins.end() ? "" : origin->second,
         .excerpt = {},
         .remedy = row.instead.empty() ? "" : concat("use ", row.instead)});
  }
  if (!errors.empty()) return errors;
  return Done{};
}

Status refuse_supervised(const Policy& policy) {
  Errors errors;
  for (const char* key : {"timeout", "memory", "pids"}) {
    if (!policy->from_user.contains(key)) continue;
    const auto value = policy->values.find(key);
    if (value == policy->values.end() || value->second == "none") continue;
    const auto origin = policy->origins.find(key);
    errors.push_back({.what = concat("exec has no supervisor to hold '", key, "'"),
                      .where = origin == policy->origins.end() ? "" : origin->second,
                      .excerpt = {},
                      .remedy = "sefaca run"});
  }
  if (!errors.empty()) return errors;
  return Done{};
}

}  // namespace sefaca
