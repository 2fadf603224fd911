// How a door applies limits: to each step by itself, and generously. A preset's figures are meant
// for one command of a person's; a build's step is none.
#pragma once

#include <cstdint>
#include <optional>

#include "core/policy/surroundings.h"

namespace sefaca {

class Folded;

struct DoorLimits {
  // The longest that the build tool itself lets this step run; nullopt: it sets no bound (make and
  // Ninja; ctest has one).
  std::optional<std::uint64_t> tool_time_ms{};
  // Custom steps and recursive makes hold a whole build of their own: none unless set.
  bool unlimited = false;
};

// Writes memory and timeout anew where a table of ours gave them: memory the larger of the preset's
// and half of the machine's, time the larger of the preset's and the tool's. What a person wrote,
// in a file's preset too, and what a level that somebody chose says, stands as it is. Nothing
// becomes narrower. Before the bounds of the system's file, which hold in any case.
void apply_door_limits(const DoorLimits& door, const Surroundings& surroundings, Folded& folded);

}  // namespace sefaca
