// Step: where the child stands, so that a failure becomes a sentence in the parent.
#pragma once

#include <cstdint>

#include "core/base/result.h"

namespace sefaca {

enum class Step : std::uint32_t {
  none,
  spawn,
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

// What failed, with errno translated into cause and remedy. `path`: the rule's or the program's.
Error setup_error(Step step, int errno_value, const char* path);

}  // namespace sefaca
