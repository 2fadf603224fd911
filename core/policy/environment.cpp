// Decides each variable by the level's rule, the table of credentials and what was given.
#include "core/policy/environment.h"

#include <algorithm>
#include <string_view>

#include "core/base/text.h"
#include "core/policy/credentials.h"

namespace sefaca {
namespace {

constexpr std::string_view kLogToken = "SEFACA_LOG_TOKEN";
constexpr std::string_view kAlwaysKept[] = {"PATH", "TERM", "LANG"};

bool is_kept(std::string_view name) {
  return std::find(std::begin(kAlwaysKept), std::end(kAlwaysKept), name) != std::end(kAlwaysKept);
}

}  // namespace

CommandEnvironment make_environment(EnvironmentRule rule, std::span<const std::string> given,
                                    const Surroundings& surroundings) {
  CommandEnvironment out;
  Environment wanted;
  for (const std::string& part : given) {
    const std::size_t equals = part.find('=');
    const std::string name = part.substr(0, equals);
    if (name == kLogToken) continue;
    if (equals != std::string::npos) {
      wanted[name] = part.substr(equals + 1);
    } else if (const auto found = surroundings.environment.find(name);
               found != surroundings.environment.end()) {
      wanted[name] = found->second;
    }
  }
  for (const std::string& part : given) {
    const std::size_t equals = part.find('=');
    if (equals != std::string::npos && equals + 1 < part.size())
      out.given_values.push_back(part.substr(equals + 1));
  }

  for (const auto& [name, value] : surroundings.environment) {
    if (wanted.contains(name)) continue;
    const bool credential =
        name == kLogToken ||
        (rule != EnvironmentRule::all && (name_is_credential(name) || value_is_credential(value)));
    if (credential) {
      out.withheld.push_back(name);
    } else if (rule != EnvironmentRule::none || is_kept(name)) {
      wanted.emplace(name, value);
    }
  }
  for (const auto& [name, value] : wanted) out.entries.push_back(concat(name, "=", value));
  return out;
}

void fill_environment(PolicyFields& fields, const Surroundings& surroundings) {
  CommandEnvironment made = make_environment(fields.environment_rule, fields.given, surroundings);
  fields.environment = std::move(made.entries);
  fields.withheld = std::move(made.withheld);
  fields.given_values = std::move(made.given_values);
}

}  // namespace sefaca
