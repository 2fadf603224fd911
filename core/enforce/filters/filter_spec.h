// FilterSpec: the few bits of a policy that a seccomp filter depends on. One filter is made for
// each combination when the project is built, so that the launcher only installs it.
#pragma once

#include <cstddef>

namespace sefaca {

struct FilterSpec {
  bool network = false;    // internet sockets and connect are let through
  bool metadata = true;    // chmod, chown, utime and xattr calls are let through
  bool userns = false;     // --allow=userns
  bool keyrings = false;   // --allow=keyrings
  bool datagrams = false;  // --allow=dgram-sockets: unix datagram sockets

  [[nodiscard]] constexpr std::size_t index() const {
    return (network ? 1U : 0U) | (metadata ? 2U : 0U) | (userns ? 4U : 0U) | (keyrings ? 8U : 0U) |
           (datagrams ? 16U : 0U);
  }
  static constexpr FilterSpec at(std::size_t index) {
    return {(index & 1U) != 0, (index & 2U) != 0, (index & 4U) != 0, (index & 8U) != 0,
            (index & 16U) != 0};
  }
};
inline constexpr std::size_t kFilterCount = 32;

}  // namespace sefaca
