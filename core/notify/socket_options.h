// What a descriptor of ours says of its socket (socket(7), ipv6(7)).
#pragma once

namespace sefaca {

int socket_option(int fd, int level, int name);  // -1: it can't be had
int domain_of(int fd);                           // AF_…; -1: no socket
bool is_internet(int domain);
bool is_datagram(int fd);  // whatever is no stream
// Whether a socket of IPv6 takes IPv4's addresses too.
bool takes_both_families(int fd, int domain);

}  // namespace sefaca
