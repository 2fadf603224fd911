#include "core/notify/loopback.h"

#include <net/if.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "core/notify/port_table.h"
#include "core/notify/socket_options.h"

namespace sefaca {
namespace {

constexpr std::string_view kDevice = "lo";

std::uint64_t inode_of(int socket) {
  struct stat info {};
  return ::fstat(socket, &info) == 0 ? info.st_ino : 0;
}

SocketAddress own_address(int socket) {
  SocketAddress out;
  std::memset(&out.room, 0, sizeof out.room);
  out.length = sizeof out.room;
  if (::getsockname(socket, &out.base, &out.length) != 0) out.base.sa_family = AF_UNSPEC;
  return out;
}

SocketAddress any_address(int domain) {
  SocketAddress out;
  std::memset(&out.room, 0, sizeof out.room);
  out.base.sa_family = static_cast<sa_family_t>(domain);
  out.length = domain == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  return out;
}

}  // namespace

SocketAddress on_loopback(SocketAddress address, int domain, bool mapped) {
  // bind(2) and sendto(2) take it for the socket's own family.
  if (address.family() == AF_UNSPEC && domain == AF_INET) address.base.sa_family = AF_INET;
  if (address.family() == AF_INET && address.v4.sin_addr.s_addr == INADDR_ANY) {
    address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  } else if (address.family() == AF_INET6) {
    in6_addr& to = address.v6.sin6_addr;
    const bool any_v4 = IN6_IS_ADDR_V4MAPPED(&to) && to.s6_addr32[3] == 0;  // "::ffff:0.0.0.0"
    if (IN6_IS_ADDR_UNSPECIFIED(&to) && !mapped) {
      to = in6addr_loopback;
    } else if (IN6_IS_ADDR_UNSPECIFIED(&to) || any_v4) {
      to.s6_addr32[2] = htonl(0xffff);
      to.s6_addr32[3] = htonl(INADDR_LOOPBACK);
    }
  }
  return address;
}

bool Loopback::keep_to_lo(int socket) {
  std::array<char, IFNAMSIZ> device{};
  socklen_t size = device.size();
  if (::getsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, device.data(), &size) == 0 &&
      kDevice == device.data())
    return true;
  return ::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, kDevice.data(),
                      static_cast<socklen_t>(kDevice.size() + 1)) == 0;
}

Loopback::Reach Loopback::reach(const SocketAddress& to, bool datagram) {
  if (!to.is_loopback()) return Reach::outside;
  if (every_port_) return Reach::granted;
  const std::vector<std::uint64_t> takers = takers_of(to, datagram);
  const std::lock_guard lock(mutex_);
  const auto own = own_.find({datagram, to.port()});
  if (own != own_.end()) {
    std::erase_if(own->second, [&](std::uint64_t inode) {
      return std::find(takers.begin(), takers.end(), inode) == takers.end();
    });
  }
  if (takers.empty()) return Reach::nobody;
  // Where others share the port, the kernel chooses: then it is theirs.
  return own != own_.end() && own->second.size() == takers.size() ? Reach::granted
                                                                  : Reach::the_hosts;
}

void Loopback::own(int socket) {
  const std::uint16_t port = own_address(socket).port();
  const std::uint64_t inode = inode_of(socket);
  if (port == 0 || inode == 0) return;
  const std::lock_guard lock(mutex_);
  const Port bound{is_datagram(socket), port};
  std::vector<std::uint64_t>& inodes = own_[bound];
  if (std::find(inodes.begin(), inodes.end(), inode) == inodes.end()) inodes.push_back(inode);
}

int Loopback::bind(int socket, SocketAddress address) {
  const int domain = domain_of(socket);
  address = on_loopback(address, domain, takes_both_families(socket, domain));
  if (!address.is_internet()) return EAFNOSUPPORT;
  if (!address.is_loopback()) return EADDRNOTAVAIL;
  if (!keep_to_lo(socket)) return EACCES;
  if (::bind(socket, &address.base, address.length) != 0) return errno;
  own(socket);
  return 0;
}

int Loopback::give_address(int socket, const SocketAddress* to) {
  if (!keep_to_lo(socket)) return EACCES;
  const SocketAddress now = own_address(socket);
  if (now.port() != 0) return 0;
  const int domain = domain_of(socket);
  if (!is_internet(domain)) return EAFNOSUPPORT;
  SocketAddress any = any_address(domain);
  const bool mapped = to == nullptr
                          ? takes_both_families(socket, domain)
                          : to->family() == AF_INET || IN6_IS_ADDR_V4MAPPED(&to->v6.sin6_addr);
  any = on_loopback(any, domain, mapped);
  const int result = bind(socket, any);
  return result == EINVAL && own_address(socket).port() != 0 ? 0 : result;  // another thread was
}

int Loopback::listen(int socket, int backlog) {
  if (const int trouble = give_address(socket, nullptr); trouble != 0) return trouble;
  if (!own_address(socket).is_loopback()) return EACCES;
  if (::listen(socket, backlog) != 0) return errno;
  own(socket);
  return 0;
}

}  // namespace sefaca
