// FilterSpec: the few bits of a policy that a seccomp filter depends on. One filter is made for
// each combination when the project is built, so that the launcher only installs it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sefaca {

// Which calls the supervisor is notified of. `summary`: what is refused and what it decides;
// `full`: also every open and every execution.
enum class Notify : std::uint8_t { none, summary, full };

struct FilterSpec {
  bool network = false;    // internet sockets and connect are let through
  bool metadata = true;    // chmod, chown, utime and xattr calls are let through; with a listener
                           // they are notified either way
  bool userns = false;     // --allow=userns
  bool keyrings = false;   // --allow=keyrings
  bool datagrams = false;  // --allow=dgram-sockets: unix datagram sockets
  bool sharing = true;     // System V IPC, message queues, scheduling of other processes
  Notify notify = Notify::none;

  [[nodiscard]] constexpr std::size_t index() const {
    const std::size_t calls =
        notify == Notify::none ? (metadata ? 1U : 0U) : 1U + static_cast<std::size_t>(notify);
    return (network ? 1U : 0U) | (userns ? 2U : 0U) | (keyrings ? 4U : 0U) | (datagrams ? 8U : 0U) |
           (sharing ? 16U : 0U) | calls << 5U;
  }
  static constexpr FilterSpec at(std::size_t index) {
    const std::size_t calls = index >> 5U;
    return {(index & 1U) != 0,
            calls != 0,
            (index & 2U) != 0,
            (index & 4U) != 0,
            (index & 8U) != 0,
            (index & 16U) != 0,
            calls > 1 ? static_cast<Notify>(calls - 1) : Notify::none};
  }
  // The same without a listener: what it refuses is what a notified call is refused with.
  [[nodiscard]] constexpr FilterSpec without_listener() const {
    FilterSpec out = *this;
    out.notify = Notify::none;
    return out;
  }
};
inline constexpr std::size_t kFilterCount = 128;

}  // namespace sefaca
