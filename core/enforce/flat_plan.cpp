#include "core/enforce/flat_plan.h"

#include <linux/seccomp.h>

#include <cstddef>

#include "core/base/kernel_abi.h"
#include "core/enforce/filters/filters.h"

namespace sefaca {
namespace {

// landlock_create_ruleset(2) wants the struct as long as the ABI knows it.
std::size_t ruleset_size(int abi) {
  if (abi >= 6) return sizeof(abi::LandlockRulesetAttr);
  return abi >= 4 ? offsetof(abi::LandlockRulesetAttr, scoped)
                  : offsetof(abi::LandlockRulesetAttr, handled_access_net);
}

std::vector<const char*> pointers(const std::vector<std::string>& words) {
  std::vector<const char*> out;
  out.reserve(words.size() + 1);
  for (const std::string& word : words) out.push_back(word.c_str());
  out.push_back(nullptr);
  return out;
}

const char* text_or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

}  // namespace

FlatPlan::FlatPlan(const LaunchPlan& plan)
    : argv_(pointers(plan.argv)), environment_(pointers(plan.environment)) {
  script_argv_ = {"/bin/sh", plan.program.c_str()};
  for (std::size_t i = 1; i < argv_.size(); ++i) script_argv_.push_back(argv_[i]);  // and the null
  rules_.reserve(plan.landlock.rules.size());
  for (const LandlockRule& rule : plan.landlock.rules) {
    rules_.push_back({rule.path.c_str(), rule.rights});
  }
  child_.program = plan.program.c_str();
  child_.argv = argv_.data();
  child_.script_argv = script_argv_.data();
  child_.environment = environment_.data();
  child_.keep_fds = plan.keep_fds.data();
  child_.keep_fd_count = plan.keep_fds.size();
  child_.limits = plan.limits.data();
  child_.limit_count = plan.limits.size();
  child_.control_groups = plan.control_groups.data();
  child_.control_group_count = plan.control_groups.size();
  child_.birthplace = plan.birthplace;
  child_.keep_capabilities = plan.keep_capabilities;
  child_.die_with_parent = plan.die_with_parent;
  if (plan.landlock_abi > 0) {
    child_.landlock = true;
    child_.ruleset = {landlock_file_rights(plan.landlock_abi), plan.tcp, plan.scopes};
    child_.ruleset_size = ruleset_size(plan.landlock_abi);
    child_.stdio_rights =
        landlock_rights_on_file() & landlock_file_rights(plan.landlock_abi) & ~abi::kFsExecute;
    child_.rules = rules_.data();
    child_.rule_count = rules_.size();
  }
  flatten(plan.namespaces);
  if (plan.filtered) {
    const auto filter = filter_for(plan.filter);
    child_.filter = filter.data();
    child_.filter_length = filter.size();
    if (plan.filter.notify != Notify::none) {
      child_.listener_flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
      if (plan.notify.killable_wait)
        child_.listener_flags |= SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    }
  }
}

void FlatPlan::flatten(const Namespaces& from) {
  NamespacePlan& to = child_.namespaces;
  to.flags = from.clone_flags();
  if (to.flags == 0) return;
  to.uid_map = from.uid_map.c_str();
  to.gid_map = from.gid_map.c_str();
  to.maps_written = from.maps_by_parent ? &maps_written_ : nullptr;
  to.loopback = from.network;
  to.fresh_proc = from.fresh_proc;
  const MountView& view = from.view;
  for (const MountView::Entry& entry : view.entries)
    mounts_.push_back({entry.path.c_str(), entry.kind, entry.directory, -1});
  to.mounts = mounts_.data();
  to.mount_count = mounts_.size();
  to.root_writable = view.root_writable;
  to.tmp_target = text_or_null(view.tmp_target);
  to.tmp_source = text_or_null(view.tmp_source);
  to.tmpfs_options = view.tmpfs_options.c_str();
  to.private_shm = view.private_shm;
  to.working_directory = view.working_directory.c_str();
}

}  // namespace sefaca
