// Loopback: internet sockets of the machine's own network, kept to its loopback by the supervisor
// (where a run has no network namespace). It works on copies of the command's descriptors: what is
// done with them is done with its sockets. A socket that it has touched is bound to the device lo
// (socket(7), SO_BINDTODEVICE), which an unprivileged process can't undo: nothing that the socket
// is told afterwards makes it send or receive anywhere else.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "core/notify/socket_address.h"

namespace sefaca {

class Loopback {
 public:
  // `every_port`: the host's own services are reached too, else only ports that this tree bound.
  explicit Loopback(bool every_port) : every_port_(every_port) {}

  enum class Reach : std::uint8_t {
    granted,
    nobody,     // on loopback, and nobody is there: the connection is refused
    the_hosts,  // on loopback, and somebody else of this machine
    outside     // not loopback
  };
  [[nodiscard]] Reach reach(const SocketAddress& to, bool datagram);

  // Each gives 0 or an errno. `to`: where the socket will send to, which its own address must suit.
  int bind(int socket, SocketAddress address);
  int give_address(int socket, const SocketAddress* to);
  int listen(int socket, int backlog);
  // What the kernel has bound for a socket that was connected is this tree's, too.
  void own(int socket);
  // False: it can't be kept to lo.
  static bool keep_to_lo(int socket);

 private:
  struct Port {
    bool datagram;
    std::uint16_t number;
    bool operator<(const Port& other) const {
      return datagram != other.datagram ? datagram < other.datagram : number < other.number;
    }
  };
  const bool every_port_;
  std::mutex mutex_;
  // Inodes of sockets; what is no more is left out when its port is looked at again.
  std::map<Port, std::vector<std::uint64_t>> own_;
};

// The unspecified address of either family becomes the loopback one, AF_UNSPEC what `domain` says.
// `mapped`: of a socket that takes both families.
SocketAddress on_loopback(SocketAddress address, int domain, bool mapped);

}  // namespace sefaca
