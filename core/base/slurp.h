// Texts of the kernel's and the system's own, whose size is not known before: /proc, cgroups,
// /etc/hosts. Files of a user's go through FileSystem.
#pragma once

#include <cstddef>
#include <string>

namespace sefaca {

// The whole of `name` (absolute, or below the descriptor `directory`); reading stops once there are
// `most` bytes. Empty: it can't be read, or there is nothing in it.
std::string slurp_at(int directory, const char* name, std::size_t most = std::string::npos);
std::string slurp(const std::string& path, std::size_t most = std::string::npos);

}  // namespace sefaca
