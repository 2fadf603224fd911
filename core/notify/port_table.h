// The ports of this machine: which sockets take what is sent to one, as /proc/net tells. It is
// that of the supervisor's own network namespace.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/notify/socket_address.h"

namespace sefaca {

// The inodes of the sockets that take connections (TCP: those that listen) or datagrams for an
// internet address: those bound to it, else those bound to every address. Empty: nobody does, or
// /proc/net can't be read.
std::vector<std::uint64_t> takers_of(const SocketAddress& address, bool datagram);

// The same of the text of /proc/net/{tcp,udp} and of its form with 6 (proc(5)).
std::vector<std::uint64_t> takers_in(std::string_view v4, std::string_view v6,
                                     const SocketAddress& address, bool datagram);

}  // namespace sefaca
