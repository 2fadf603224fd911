// PolicyBuilder: the only maker of a Policy.
//
// Layers fold weakest first. A layer that names a level gives that level's values, then those of
// the preset it names, then its own: so `--level=strict` beats a file's `network`, and
// `--preset=compiler --memory=3g` has 3g. Scalars: the last wins. Lists: replaced, or added to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/policy/assignment.h"
#include "core/policy/door_limits.h"
#include "core/policy/door_paths.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// The command as it will be executed.
struct Command {
  std::vector<std::string> argv{};  // never empty; ["/bin/sh","-c",LINE] for a shell line
  bool shell_line = false;
};

// A preset from a file: what it derives from and its own values.
struct PresetDefinition {
  std::string name{};
  std::string inherits{};  // empty: stands on level default alone
  std::vector<Assignment> values{};
  std::string origin{};  // "FILE:LINE:COLUMN", "built-in"
};

class PolicyBuilder {
 public:
  explicit PolicyBuilder(const Surroundings& surroundings) : surroundings_(surroundings) {}

  // Defines or changes a preset (a file's [presets.NAME]); later definitions stand on earlier ones.
  PolicyBuilder& define(PresetDefinition preset);
  // Adds one layer's own values, in any order of layers. Order within a layer is kept.
  PolicyBuilder& set(Assignment assignment);
  // Bounds from the system file's [enforce]: no later layer may be wider.
  PolicyBuilder& enforce(Assignment bound);

  // The run is a build's step: limits as core/policy/door_limits.h says.
  PolicyBuilder& at_door(DoorLimits limits);
  // What the door, or make's job server, grants and protects.
  PolicyBuilder& add_paths(const DoorPaths& paths);

  // The policy for `command`, or every error at once: unknown keys, levels, presets and units,
  // paths that are not there, bounds that are crossed.
  Result<Policy> build(const Command& command) const;

  // A policy that build() made earlier and that was kept (see core/config/plan_file.h), as it was
  // or narrower. Nothing is checked again.
  static Policy restored(PolicyFields fields);

  // How each key came to its value: the winner first, then what lost against it, strongest first.
  struct Candidate {
    std::string value;
    std::string origin;
  };
  struct Explanation {
    std::string key;
    std::vector<Candidate> candidates;
  };
  Result<std::vector<Explanation>> explain() const;

 private:
  const Surroundings& surroundings_;
  std::vector<PresetDefinition> presets_;
  std::vector<Assignment> assignments_;
  std::vector<Assignment> bounds_;
  std::optional<DoorLimits> door_;
  DoorPaths door_paths_;
};

}  // namespace sefaca
