#include "core/notify/native_rights.h"

#include "core/base/path.h"

namespace sefaca {

NativeRights::NativeRights(const LaunchPlan& plan)
    : everywhere_(~(plan.landlock_abi > 0 ? landlock_file_rights(plan.landlock_abi) : 0)) {
  rules_.reserve(plan.landlock.rules.size());
  for (const LandlockRule& rule : plan.landlock.rules) add(rule.path, rule.rights);
  for (const MountView::Entry& entry : plan.namespaces.view.entries) {
    if (entry.kind == MountView::Kind::covered) mounts_[entry.path] = 0;
    if (entry.kind == MountView::Kind::read_only)
      mounts_[entry.path] = landlock_rights_for(Access::read);
  }
}

void NativeRights::add(std::string path, std::uint64_t rights) {
  rules_[std::move(path)] |= rights;
}

std::uint64_t NativeRights::at(std::string_view path) const {
  std::uint64_t found = everywhere_;
  std::uint64_t passed = ~0ULL;  // what the mounts on the way up let through
  for (;;) {
    if (const auto mount = mounts_.find(path); mount != mounts_.end()) passed &= mount->second;
    if (const auto rule = rules_.find(path); rule != rules_.end()) found |= rule->second & passed;
    if (path.size() <= 1) return found;
    path = parent_path(path);
  }
}

}  // namespace sefaca
