// From a manifest to the policies of a build's steps: the roles, and the exceptions from them.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/config/plan_file.h"
#include "core/policy/surroundings.h"
#include "launcher/manifest.h"
#include "launcher/step.h"

namespace sefaca {

struct NamedPlan {
  std::string name;  // the plan file's, without ".plan"
  StepRole role;
  Plan plan;
};

struct ResolvedBuild {
  std::vector<NamedPlan> plans;
  std::vector<std::string> files;  // configuration files that were read
  std::vector<std::string> notes;  // what a person should know, a sentence each
};

// `surroundings` are those of the configure run, its working directory the source tree. Every error
// at once: names that are not there, with the nearest spelling; paths; values.
Result<ResolvedBuild> resolve_build(const Manifest& manifest, const Surroundings& surroundings);

}  // namespace sefaca
