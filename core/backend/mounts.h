// What of the host is seen inside of a container or a jail: the policy's paths as mounts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

struct HostMount {
  enum class Kind : std::uint8_t {
    read,             // the host's, read-only
    write,            // the host's
    empty_directory,  // a secret's place
    empty_file
  };
  std::string path;  // the same inside and outside
  Kind kind = Kind::read;
  std::string reason{};
};

// Sorted, so that what lies around comes first. The root directory, the system's own directories
// and devices are those of the image and never mounted; a secret is covered where something around
// it is mounted and is not there elsewhere. What a policy names and is not there is left out.
std::vector<HostMount> host_mounts(const PolicyFields& policy, const Surroundings& surroundings);

// The mount that decides about `path`; nullptr: it is the image's.
const HostMount* mount_at(const std::vector<HostMount>& mounts, const std::string& path);

}  // namespace sefaca
