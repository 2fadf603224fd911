// FilterSpec: the few bits of a policy that a seccomp filter depends on. One filter is made for
// each combination when the project is built, so that the launcher only installs it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sefaca {

// Which calls the supervisor is notified of. `summary`: what is refused and what it decides;
// `full`: also every open and every execution.
enum class Notify : std::uint8_t { none, summary, full };

// Internet sockets. `refused`: there are none. `open`: let through, connect with them. `watched`:
// the same, and with a listener it is told of addresses that are sent to. `decided`: sockets are
// made, and each call that names an address, or without one would be bound to every address of the
// machine, is the supervisor's to perform; without a listener those are refused.
enum class SocketCalls : std::uint8_t { refused, open, watched, decided };

struct FilterSpec {
  SocketCalls sockets = SocketCalls::refused;
  bool metadata = true;    // chmod, chown, utime and xattr calls are let through; with a listener
                           // they are notified either way
  bool userns = false;     // --allow=userns
  bool keyrings = false;   // --allow=keyrings
  bool datagrams = false;  // --allow=dgram-sockets: unix datagram sockets
  bool sharing = true;     // System V IPC, message queues, scheduling of other processes
  Notify notify = Notify::none;

  [[nodiscard]] constexpr bool network() const { return sockets != SocketCalls::refused; }
  [[nodiscard]] constexpr std::size_t index() const {
    const std::size_t calls =
        notify == Notify::none ? (metadata ? 1U : 0U) : 1U + static_cast<std::size_t>(notify);
    return static_cast<std::size_t>(sockets) | (userns ? 4U : 0U) | (keyrings ? 8U : 0U) |
           (datagrams ? 16U : 0U) | (sharing ? 32U : 0U) | calls << 6U;
  }
  static constexpr FilterSpec at(std::size_t index) {
    const std::size_t calls = index >> 6U;
    return {static_cast<SocketCalls>(index & 3U),
            calls != 0,
            (index & 4U) != 0,
            (index & 8U) != 0,
            (index & 16U) != 0,
            (index & 32U) != 0,
            calls > 1 ? static_cast<Notify>(calls - 1) : Notify::none};
  }
  // The same without a listener: what it refuses is what a notified call is refused with.
  [[nodiscard]] constexpr FilterSpec without_listener() const {
    FilterSpec out = *this;
    out.notify = Notify::none;
    return out;
  }
};
inline constexpr std::size_t kFilterCount = 256;

}  // namespace sefaca
