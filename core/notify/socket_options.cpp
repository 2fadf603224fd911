#include "core/notify/socket_options.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace sefaca {

int socket_option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

int domain_of(int fd) {
  return socket_option(fd, SOL_SOCKET, SO_DOMAIN);
}

bool is_internet(int domain) {
  return domain == AF_INET || domain == AF_INET6;
}

bool is_datagram(int fd) {
  return socket_option(fd, SOL_SOCKET, SO_TYPE) != SOCK_STREAM;
}

bool takes_both_families(int fd, int domain) {
  return domain == AF_INET6 && socket_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 0;
}

}  // namespace sefaca
