// The baseline: what every program needs where only listed paths can be read, and the base devices.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/policy/policy.h"
#include "core/policy/repository.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// The base devices, writable, at every level and whatever can be read.
std::vector<PathRule> device_rules(Level level, const FileSystem& files);

// The rest, for `read=listed`: system directories, the directories that PATH and the like name, the
// repository of the working directory. What is not there is left out.
std::vector<PathRule> baseline_rules(const Surroundings& surroundings,
                                     const std::vector<std::string>& homes,
                                     const std::optional<Repository>& repository);

}  // namespace sefaca
