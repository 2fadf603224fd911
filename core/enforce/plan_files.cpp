#include <algorithm>
#include <cerrno>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/enforce/planner.h"
#include "core/policy/paths.h"

namespace sefaca {

std::string Planner::tmp_inside() const {
  const std::string& target = plan_.namespaces.view.tmp_target;
  return target.empty() ? in_.private_directory : target;
}

void Planner::environment() {
  plan_.environment = policy_.environment;
  const std::string directory = plan_.private_directory = tmp_inside();
  if (directory.empty()) return;
  plan_.set_variable("TMPDIR", directory);
  if (policy_.level == Level::strict) plan_.set_variable("HOME", directory);
}

void Planner::own_paths() {
  if (const std::string directory = tmp_inside(); !directory.empty()) {
    plan_.paths.push_back({directory, Access::write, PathRule::Kind::grant,
                           "the private temporary directory", "--tmp=private"});
  }
  if (policy_.read == ReadScope::listed && in_.program.starts_with("/")) {
    const auto real = surroundings_.files->real_path(in_.program);
    plan_.paths.push_back({real.value_or(in_.program), Access::read, PathRule::Kind::grant,
                           "the command itself", "built-in"});
  }
}

void Planner::files() {
  if (host_.landlock_abi == 0) {
    lacks(host_.landlock_errno == EOPNOTSUPP ? Lack::landlock_off : Lack::landlock_absent);
    return;
  }
  plan_.landlock_abi = host_.landlock_abi;
  compile_rules();
  if (!plan_.landlock.no_creation.empty() && !plan_.namespaces.any()) {
    take_namespaces();
    hold_namespaces();
    if (plan_.namespaces.any()) compile_rules();
  }
  if (policy_.network != Network::allow && !own_network())
    plan_.tcp = landlock_tcp_rights(host_.landlock_abi);
  plan_.held("files", concat("landlock (ABI ", std::to_string(host_.landlock_abi), ")",
                             plan_.namespaces.mount ? ", mount namespace" : ""));
  for (const std::string& directory : plan_.landlock.no_creation) {
    if (directory != "/") lacks(Lack::narrower_below, printable(directory));
  }
  if (host_.landlock_abi < 2) lacks(Lack::landlock_refer);
  if (host_.landlock_abi < 3) lacks(Lack::landlock_truncate);
  if (host_.landlock_abi < 5) lacks(Lack::landlock_ioctls);
  protected_paths();
}

void Planner::compile_rules() {
  std::vector<PathRule> rules;
  for (const PathRule& rule : plan_.paths) {
    // A mount is got round by what is moved, replaced or absent; the ruleset is not.
    const bool carved = plan_.notify.performs && is_kept_in_place(rule);
    // What a container's mounts hold need not be carved out where nobody performs the rest.
    const bool contained =
        in_.contained && !plan_.notify.performs && rule.access != Access::write &&
        rule.path != "/" &&
        access_at(plan_.paths, parent_path(rule.path), Access::hide) == Access::write;
    if (carved || (!contained && !plan_.namespaces.view.holds(rule))) rules.push_back(rule);
  }
  plan_.landlock = compile_landlock_rules(rules, host_.landlock_abi, *surroundings_.files,
                                          plan_.notify.performs);
  if (plan_.notify.performs) plan_.landlock.no_creation.clear();
  // What is made there is read by the supervisor's hand alone, whatever is to be reported.
  if (plan_.notify.performs && plan_.landlock.new_is_unreadable) plan_.filter.notify = Notify::full;
}

void Planner::private_places() {
  if (!private_tmp()) return;
  const MountView& view = plan_.namespaces.view;
  if (!view.tmp_target.empty()) {
    plan_.held("private_tmp", "mount namespace");
  } else if (plan_.namespaces.mount) {
    lacks(Lack::no_own_tmp);
  } else {
    if (host_.landlock_abi > 0) plan_.held("private_tmp", "TMPDIR");
    lacks(host_.landlock_abi > 0 ? Lack::own_tmp_without_mounts : Lack::own_tmp_open,
          namespaces_trouble());
    if (access_at(plan_.paths, "/dev/shm", Access::hide) == Access::write)
      lacks(Lack::host_shm, namespaces_trouble());
  }
  if (!in_.private_directory.empty() && !supervised())
    lacks(Lack::tmp_left_behind, printable(in_.private_directory));
}

void Planner::protected_paths() {
  const bool own_log =
      !policy_.log_file.empty() &&
      access_at(plan_.paths, parent_path(policy_.log_file), Access::read) == Access::write;
  // At permissive all is writable natively: nobody is asked about the log.
  if (own_log && (!plan_.notify.performs || policy_.level == Level::permissive))
    lacks(Lack::log_writable, printable(policy_.log_file));
  const auto some_rule = [&](const auto& fits) {
    return std::any_of(plan_.paths.begin(), plan_.paths.end(), fits);
  };
  if (plan_.notify.performs) {
    if (some_rule([](const PathRule& rule) { return is_kept_in_place(rule); }))
      plan_.held("protected_paths", "landlock; the supervisor performs what is made around them");
  } else if (!in_.contained && some_rule([&](const PathRule& rule) {
               return is_kept_in_place(rule) && rule.path != policy_.log_file &&
                      !plan_.namespaces.view.holds(rule);
             })) {
    lacks(Lack::kept_places_open);
  } else if (policy_.level == Level::standard && some_rule([&](const PathRule& rule) {
               return rule.kind == PathRule::Kind::grant && rule.access == Access::write &&
                      rule.path != plan_.private_directory;
             })) {
    lacks(Lack::new_names_open);
  }
}

void Planner::metadata_gap() {
  if (policy_.level != Level::permissive) lacks(Lack::metadata_open);
}

}  // namespace sefaca
