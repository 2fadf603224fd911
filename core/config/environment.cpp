// SEFACA_* variables to assignments; lists add up, as on the command line.
#include "core/config/environment.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/policy/keys.h"

namespace sefaca {
namespace {

constexpr std::string_view kPrefix = "SEFACA_";

// What sefaca and its doors read elsewhere, and what CMake's find_package gives a meaning to.
constexpr std::string_view kReserved[] = {"SEFACA_BYPASS", "SEFACA_CONFIG",    "SEFACA_DIR",
                                          "SEFACA_DOOR",   "SEFACA_LOG_TOKEN", "SEFACA_PARENT",
                                          "SEFACA_QUIET",  "SEFACA_ROOT",      "SEFACA_SHELL",
                                          "SEFACA_TARGET", "SEFACA_VERBOSE"};

bool is_reserved(std::string_view name) {
  return std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved);
}

const Key* key_of_variable(std::string_view name) {
  for (const Key& key : all_keys()) {
    if (variable_name(key) == name) return &key;
  }
  return nullptr;
}

// The whole name that `name` was meant to be, or empty.
std::string meant_name(std::string_view name) {
  std::vector<std::string> known;
  for (const Key& key : all_keys()) known.push_back(variable_name(key).substr(kPrefix.size()));
  for (const auto reserved : kReserved) known.emplace_back(reserved.substr(kPrefix.size()));
  const std::vector<std::string_view> views(known.begin(), known.end());
  const auto near = nearest(name.substr(kPrefix.size()), views);
  return near.empty() ? near : concat(kPrefix, near);
}

void append(Errors& errors, const Errors& more, const std::string& where) {
  for (Error error : more) {
    error.where = where;
    errors.push_back(std::move(error));
  }
}

void read_one(const Key& key, const std::string& name, const std::string& text,
              std::vector<Assignment>& assignments, Errors& errors) {
  const std::string origin = concat("$", name);
  auto values = split_value(key, text);
  if (!values) return append(errors, values.errors(), origin);
  const auto errors_before = errors.size();
  for (auto& value : *values) {
    if (key.type == KeyType::flag && value == "1") value = "true";
    if (key.type == KeyType::flag && value == "0") value = "false";
    if (auto checked = check_value(key, value); !checked) append(errors, checked.errors(), origin);
  }
  if (errors.size() != errors_before) return;
  Assignment assignment;
  assignment.key = key.name;
  assignment.values = std::move(*values);
  assignment.add = is_list(key);
  assignment.layer = Layer::variable;
  assignment.origin = origin;
  assignments.push_back(std::move(assignment));
}

}  // namespace

std::span<const std::string_view> reserved_variables() {
  return kReserved;
}

Result<std::vector<Assignment>> read_variables(const Surroundings& surroundings) {
  std::vector<Assignment> assignments;
  Errors errors;
  const auto& environment = surroundings.environment;
  for (auto at = environment.lower_bound(std::string(kPrefix));
       at != environment.end() && at->first.starts_with(kPrefix); ++at) {
    const auto& [name, value] = *at;
    if (is_reserved(name)) continue;
    if (const Key* key = key_of_variable(name)) {
      if (!value.empty()) read_one(*key, name, value, assignments, errors);
    } else if (const auto meant = meant_name(name); !meant.empty()) {
      errors.push_back(Error{.what = "unknown variable",
                             .where = concat("$", printable(name)),
                             .remedy = concat("did you mean '", meant, "'?")});
    }
  }
  if (!errors.empty()) return errors;
  return assignments;
}

}  // namespace sefaca
