// Configuration: from argv, variables and files to a Policy and a command.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/policy/builder.h"
#include "core/policy/make_rules.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

inline constexpr const char* kSystemConfig = "/etc/sefaca/config.toml";
inline constexpr const char* kProjectConfig = ".sefaca.toml";

// Reads the layers that stand below the command line: system, user and project file, SEFACA_*.
// `config_file` (absolute) takes the user file's place when given; SEFACA_CONFIG does the same.
// Every error of every file at once.
//
// A project's file that the user does not trust may only narrow. It is judged by what the whole run
// may do with and without it, so `command_line` should hold the assignments that stand above.
// Without it (nullopt) the file is judged for every run that could name one of its presets.
struct LoadedLayers {
  std::vector<PresetDefinition> presets;
  std::vector<Assignment> assignments;
  std::vector<Assignment> bounds;    // the system file's [enforce]
  std::vector<MakeRule> make_rules;  // [make.targets] and [make.programs], strongest first
  std::vector<std::string> files;    // read, in order
  std::string project_file;          // of them the project's; empty: there is none
  bool project_trusted = false;
};
Result<LoadedLayers> load_layers(const Surroundings& surroundings,
                                 const std::optional<std::string>& config_file,
                                 std::optional<std::span<const Assignment>> command_line = {});

// The make door's rules of the files alone, strongest first: they decide what is then asked for.
// Those of a project's file that is not trusted are left out here; load_layers() refuses the file.
struct MakeSettings {
  std::vector<MakeRule> rules;
  bool bounded = false;  // the system's file has an [enforce]: nothing is passed through
};
Result<MakeSettings> load_make_settings(const Surroundings& surroundings);

// The user's own files that would be read, weakest first, whether they are there or not.
std::vector<std::string> user_config_paths(const Surroundings& surroundings);
// The nearest .sefaca.toml from the working directory upwards, no further than the repository's
// root or file system; empty when there is none.
std::string find_project_file(const Surroundings& surroundings);

// Gives a builder all that the layers hold.
void apply_layers(PolicyBuilder& builder, const LoadedLayers& layers);

}  // namespace sefaca
