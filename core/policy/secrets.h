// The contract's secrets: contents that stay hidden unless the user names them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/policy/places.h"
#include "core/policy/policy.h"
#include "core/policy/repository.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// A rule for each secret that is there, one more for what it leads to when it is a link. Those for
// sockets have Kind::protected_: rules on files don't stop a connect, the supervisor does.
std::vector<PathRule> secret_rules(const Surroundings& surroundings, const Places& places,
                                   const std::vector<std::string>& homes,
                                   const std::optional<Repository>& repository);

// sefaca's own log and configuration, hidden at every level; on demand also where nothing is yet.
std::vector<PathRule> own_rules(const Surroundings& surroundings, const Places& places,
                                const std::vector<std::string>& homes, bool also_absent);

}  // namespace sefaca
