// Step: where the child stands, so that a failure becomes a sentence in the parent.
#pragma once

#include <cerrno>
#include <cstdint>

#include "core/base/result.h"

namespace sefaca {

enum class Step : std::uint32_t {
  none,
  spawn,
  namespaces,
  id_maps,
  loopback,
  mounts,
  proc,
  working_directory,
  control_group,
  dispositions,
  descriptors,
  capabilities,
  limits,
  no_new_privileges,
  landlock_ruleset,
  landlock_rule,
  landlock_restrict,
  filter,
  listener,  // a filter with a listener; EBUSY: an outer sandbox has one already
  execute
};

// What failed can be done without: namespaces and a cgroup that this host refuses, a listener where
// an outer sandbox has one already (EBUSY). What they give is then a gap.
constexpr bool can_do_without(Step step, int errno_value) {
  return (step >= Step::namespaces && step <= Step::control_group) ||
         (step == Step::listener && errno_value == EBUSY);
}

// What failed, with errno translated into cause and remedy. `path`: the rule's or the program's.
Error setup_error(Step step, int errno_value, const char* path);

}  // namespace sefaca
