// What a CI runner (GitHub's, Forgejo's, Gitea's) leaves beside a step: files that steer the steps
// after it, credentials of steps before it, and the step's own script.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/policy/builder.h"
#include "core/policy/door_paths.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// `protect`: what the runner reads after the step ($GITHUB_ENV, $GITHUB_PATH, $GITHUB_OUTPUT,
// $GITHUB_STATE, $GITHUB_STEP_SUMMARY). `read`: operands of `command` that lie directly in
// $RUNNER_TEMP, as `shell: sefaca run … -- bash -e {0}` has them; `scripts`: those of them that
// only what `command` names tells from a key. Empty where no runner is.
DoorPaths runner_paths(const Command& command, const Surroundings& surroundings);

// Where GitHub's runner keeps all files that steer, those of the other steps too.
bool is_steering_directory(std::string_view path);

// Files in $RUNNER_TEMP that actions keep credentials in: actions/checkout's ssh key and its
// configuration of git, keys of clouds, .npmrc, and what is named like a key. Absolute.
std::vector<std::string> runner_credentials(const Surroundings& surroundings);

}  // namespace sefaca
