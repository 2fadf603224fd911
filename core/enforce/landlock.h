// Landlock: from path rules to a ruleset. Rights by ABI stand in one table; a hidden or read-only
// path below a wider grant is carved out by granting its siblings, since Landlock can't take away
// below a grant (Documentation/userspace-api/landlock.rst).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/file_system.h"
#include "core/policy/policy.h"

namespace sefaca {

// Every right that this ABI knows, for files, TCP and scopes. `abi` >= 1.
std::uint64_t landlock_file_rights(int abi);
std::uint64_t landlock_tcp_rights(int abi);
std::uint64_t landlock_scopes(int abi);

// The rights of an access, before they are cut to the ABI and the file's type.
std::uint64_t landlock_rights_for(Access access);
// Rights that the kernel accepts on a file that is no directory (EINVAL otherwise).
std::uint64_t landlock_rights_on_file();

struct LandlockRule {
  std::string path;          // absolute
  std::uint64_t rights = 0;  // cut to the ABI, not to the file's type: the child does that
};

struct LandlockRules {
  std::vector<LandlockRule> rules;
  // Directories in which nothing new can be made, although the policy grants it: something below
  // them is narrower, so that only what was there is granted.
  std::vector<std::string> no_creation;
  // True: in some writable directory what is made later is not even readable by these rules.
  bool new_is_unreadable = false;
};

// `paths` of kind protected_ are left out (see LaunchPlan). Lists the directories above carved
// paths, nothing else.
// With `brokered` the supervisor performs what the policy grants and these rules don't: then what
// is protected is left out of the grants around it, and of a large directory only a part of the
// entries is granted here.
LandlockRules compile_landlock_rules(const std::vector<PathRule>& paths, int abi,
                                     const FileSystem& files, bool brokered = false);

}  // namespace sefaca
