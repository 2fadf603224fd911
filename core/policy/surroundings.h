// Surroundings: what a run finds around it, as a value. Everything that decides a policy reads it
// from here and never from getenv or getcwd, so that a unit test can pretend any host.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/file_system.h"
#include "core/base/result.h"

namespace sefaca {

using Environment = std::map<std::string, std::string, std::less<>>;  // NAME -> value, bytes

struct Surroundings {
  std::string cwd;   // absolute, physical
  std::string home;  // absolute: $HOME, else the passwd entry's; empty when neither is there
  std::string account_home;  // the passwd entry's, wherever $HOME points; empty: there is none
  std::string user;          // login name, else the number
  uid_t uid = 0;
  gid_t gid = 0;
  Environment environment;
  std::vector<std::string> malformed_environment;  // entries without '=', dropped
  std::uint64_t machine_memory_bytes = 0;
  const FileSystem* files = nullptr;  // not owned, never null

  [[nodiscard]] std::string variable(std::string_view name) const;  // empty when unset
  [[nodiscard]] std::string temporary_directory() const;            // absolute $TMPDIR, else /tmp
};

// Reads this process's own. An error only when the working directory can't be named.
Result<Surroundings> read_surroundings(const FileSystem& files, char** envp);

}  // namespace sefaca
