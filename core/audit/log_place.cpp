// Where the log lies.
#include "core/audit/log_file.h"

namespace sefaca {
namespace {

constexpr const char* kName = "/audit.jsonl";

}  // namespace

std::string log_path(const std::string& configured, const Surroundings& surroundings) {
  if (!configured.empty()) return configured;
  const std::string own = surroundings.home + "/.sefaca";
  if (!surroundings.home.empty() && surroundings.files->is_directory(own))
    return own + "/log" + kName;
  // The standard says that a relative XDG_STATE_HOME is to be ignored.
  const std::string state = surroundings.variable("XDG_STATE_HOME");
  if (state.starts_with('/')) return state + "/sefaca" + kName;
  if (surroundings.home.empty()) return {};
  return surroundings.home + "/.local/state/sefaca" + kName;
}

std::string log_path(const Policy& policy, const Surroundings& surroundings) {
  return log_path(policy->log_file, surroundings);
}

std::string rotated_path(const std::string& path, unsigned number) {
  return number == 0 ? path : path + "." + std::to_string(number);
}

}  // namespace sefaca
