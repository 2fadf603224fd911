#include "core/notify/native_rights.h"

#include "core/base/path.h"

namespace sefaca {

NativeRights::NativeRights(const LaunchPlan& plan)
    : everywhere_(~(plan.landlock_abi > 0 ? landlock_file_rights(plan.landlock_abi) : 0)) {
  rules_.reserve(plan.landlock.rules.size());
  for (const LandlockRule& rule : plan.landlock.rules) add(rule.path, rule.rights);
}

void NativeRights::add(std::string path, std::uint64_t rights) {
  rules_[std::move(path)] |= rights;
}

std::uint64_t NativeRights::at(std::string_view path) const {
  std::uint64_t found = everywhere_;
  for (;;) {
    if (const auto rule = rules_.find(path); rule != rules_.end()) found |= rule->second;
    if (path.size() <= 1) return found;
    path = parent_path(path);
  }
}

}  // namespace sefaca
