// Configuration: from argv, variables and files to a Policy and a command.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/policy/builder.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// Reads the layers that stand below the command line: system, user and project file, SEFACA_*.
// `config_file` (absolute) takes the user file's place when given. Every error of every file at once.
struct LoadedLayers {
  std::vector<PresetDefinition> presets;
  std::vector<Assignment> assignments;
  std::vector<Assignment> bounds;          // the system file's [enforce]
  std::vector<std::string> files;          // read, in order
};
Result<LoadedLayers> load_layers(const Surroundings& surroundings,
                                 const std::optional<std::string>& config_file);

}  // namespace sefaca
