// The command's environment: what is inherited, what is withheld, what was given.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

struct CommandEnvironment {
  std::vector<std::string> entries;       // NAME=VALUE, sorted by name
  std::vector<std::string> withheld;      // names that looked like a credential, sorted
  std::vector<std::string> given_values;  // values that were written out, to be redacted
};

// `given` are the parts of `env`: NAME passes the caller's value on, NAME=VALUE sets one. What is
// given is never withheld, but for the token of our own log. HOME and TMPDIR of a private directory
// are the launcher's to add.
CommandEnvironment make_environment(EnvironmentRule rule, std::span<const std::string> given,
                                    const Surroundings& surroundings);

// Fills `environment`, `withheld` and `given_values` of a policy from its rule, what it gives and
// the caller's environment: for a policy that was made earlier, the environment is that of now.
void fill_environment(PolicyFields& fields, const Surroundings& surroundings);

}  // namespace sefaca
