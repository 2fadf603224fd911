// From what the layers say about paths to the rules of a policy.
#pragma once

#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/policy/assignment.h"
#include "core/policy/fold.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// Fills `paths` and `make_directories`. `fields` has level, read, tmp and log_file already. Adds to
// `errors` each path that a person named and that is not there.
void add_path_rules(const Folded& folded, std::span<const Assignment> bounds, const DoorPaths& door,
                    const Surroundings& surroundings, PolicyFields& fields, Errors& errors);

}  // namespace sefaca
