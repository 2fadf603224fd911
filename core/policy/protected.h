// What stays read-only inside a writable tree: files that would run code later, outside.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/policy/policy.h"
#include "core/policy/repository.h"

namespace sefaca {

// The protected paths at each of `roots` (absolute, resolved), there or not, and in the git
// directories of `repository` that lie in a root. In other git directories only what is there. No
// tree is walked.
std::vector<PathRule> protected_rules(const std::vector<std::string>& roots,
                                      const std::optional<Repository>& repository,
                                      const FileSystem& files);

}  // namespace sefaca
