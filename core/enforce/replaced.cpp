// Mounts that went with what they lay on.
#include <sys/stat.h>

#include "core/base/path.h"
#include "core/enforce/launch_plan.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

// The ruleset holds it as well, whatever lies there.
bool is_carved(const LaunchPlan& plan, const MountView::Entry& entry) {
  const PathRule* rule = rule_at(plan.paths, entry.path);
  return plan.notify.performs && rule != nullptr && is_kept_in_place(*rule);
}

bool lies_there(const MountView::Entry& entry) {
  struct stat now {};
  return ::lstat(entry.path.c_str(), &now) == 0 && now.st_dev == entry.device &&
         now.st_ino == entry.inode;
}

}  // namespace

std::vector<std::string> replaced_below_mounts(const LaunchPlan& plan) {
  const MountView& view = plan.namespaces.view;
  std::vector<std::string> out;
  for (const MountView::Entry& entry : view.entries) {
    // A mount on the private directory lies on nothing that anybody outside has.
    const bool apart = !view.tmp_target.empty() && is_within(entry.path, view.tmp_target);
    if (entry.kind == MountView::Kind::writable || entry.inode == 0 || apart) continue;
    if (!is_carved(plan, entry) && !lies_there(entry)) out.push_back(entry.path);
  }
  return out;
}

}  // namespace sefaca
