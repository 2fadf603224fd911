// Ways to send over a network. word: ADDRESS PORT TEXT; a receiver of the tests judges.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/vm_sockets.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "attempt.h"

union Address {
  struct sockaddr any;
  struct sockaddr_in four;
  struct sockaddr_in6 six;
};

static socklen_t parse(char** w, union Address* a) {
  memset(a, 0, sizeof *a);
  const uint16_t port = htons((uint16_t)strtoul(w[1], NULL, 10));
  if (inet_pton(AF_INET, w[0], &a->four.sin_addr) == 1) {
    a->four.sin_family = AF_INET;
    a->four.sin_port = port;
    return sizeof a->four;
  }
  a->six.sin6_family = AF_INET6;
  a->six.sin6_port = port;
  inet_pton(AF_INET6, w[0], &a->six.sin6_addr);
  return sizeof a->six;
}

static int stream(char** w, int protocol) {
  union Address to;
  const socklen_t size = parse(w, &to);
  const int fd = socket(to.any.sa_family, SOCK_STREAM, protocol);
  if (fd < 0 || connect(fd, &to.any, size) != 0) return told(-1);
  return told(put(fd, w[2]));
}
static int tcp(char** w) {
  return stream(w, 0);
}
static int mptcp(char** w) {
  return stream(w, 262);
}
static int sctp(char** w) {
  return stream(w, 132);
}
static int tcp_nonblocking(char** w) {
  union Address to;
  const socklen_t size = parse(w, &to);
  const int fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0 || (connect(fd, &to.any, size) != 0 && errno != EINPROGRESS)) return told(-1);
  struct pollfd ready = {fd, POLLOUT, 0};
  poll(&ready, 1, 1000);
  return told(put(fd, w[2]));
}
static int tcp_fast_open(char** w) {
  union Address to;
  const socklen_t size = parse(w, &to);
  const int fd = socket(to.any.sa_family, SOCK_STREAM, 0);
  return told(fd < 0 ? -1 : sendto(fd, w[2], strlen(w[2]), MSG_FASTOPEN, &to.any, size));
}
static int udp_sendto(char** w) {
  union Address to;
  const socklen_t size = parse(w, &to);
  const int fd = socket(to.any.sa_family, SOCK_DGRAM, 0);
  return told(fd < 0 ? -1 : sendto(fd, w[2], strlen(w[2]), 0, &to.any, size));
}
static int udp_connected(char** w) {
  union Address to;
  const socklen_t size = parse(w, &to);
  const int fd = socket(to.any.sa_family, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, &to.any, size) != 0) return told(-1);
  return told(put(fd, w[2]));
}
static int udp_messages(char** w) {
  union Address to;
  const socklen_t size = parse(w, &to);
  const int fd = socket(to.any.sa_family, SOCK_DGRAM, 0);
  struct iovec text = {w[2], strlen(w[2])};
  struct mmsghdr one = {.msg_hdr = {&to, size, &text, 1, NULL, 0, 0}};
  return told(fd < 0 ? -1 : sendmmsg(fd, &one, 1, 0));
}
// A question as a resolver asks it, with TEXT as the first label.
static int dns(char** w) {
  union Address to;
  const socklen_t size = parse(w, &to);
  unsigned char question[300] = {0x12, 0x34, 1, 0, 0, 1};
  const size_t label = strlen(w[2]) < 63 ? strlen(w[2]) : 63;
  question[12] = (unsigned char)label;
  memcpy(question + 13, w[2], label);
  question[13 + label + 2] = 1;
  question[13 + label + 4] = 1;
  const int fd = socket(to.any.sa_family, SOCK_DGRAM, 0);
  return told(fd < 0 ? -1 : sendto(fd, question, 13 + label + 5, 0, &to.any, size));
}
static int echo_request(char** w, int type) {
  union Address to;
  const socklen_t size = parse(w, &to);
  struct {
    struct icmphdr head;
    char text[64];
  } packet = {.head = {.type = ICMP_ECHO}};
  snprintf(packet.text, sizeof packet.text, "%s", w[2]);
  const int fd = socket(AF_INET, type, IPPROTO_ICMP);
  return told(fd < 0 ? -1 : sendto(fd, &packet, sizeof packet, 0, &to.any, size));
}
static int ping(char** w) {
  return echo_request(w, SOCK_DGRAM);
}
static int raw(char** w) {
  return echo_request(w, SOCK_RAW);
}
static int packet(char** w) {  // INTERFACE: a frame of our own making
  const int fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
  const struct sockaddr_ll to = {.sll_family = AF_PACKET,
                                 .sll_protocol = htons(ETH_P_IP),
                                 .sll_ifindex = (int)if_nametoindex(w[0]),
                                 .sll_halen = 6};
  return told(fd < 0 ? -1 : sendto(fd, w[1], strlen(w[1]), 0, (const void*)&to, sizeof to));
}
static int source_route(char** w) {
  union Address to;
  const socklen_t size = parse(w, &to);
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  unsigned char route[8] = {131, 7, 4, 192, 0, 2, 1, 0};  // LSRR through another host
  if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_OPTIONS, route, sizeof route) != 0) return told(-1);
  return told(sendto(fd, w[2], strlen(w[2]), 0, &to.any, size) < 0 && errno != ENETUNREACH ? -1
                                                                                           : 0);
}
static int vsock(char** w) {  // a socket that the machine's host could be reached by; sends nothing
  (void)w;
  const struct sockaddr_vm any = {
      .svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = VMADDR_PORT_ANY};
  const int fd = socket(AF_VSOCK, SOCK_STREAM, 0);
  return told(fd < 0 ? -1 : bind(fd, (const void*)&any, sizeof any));
}
static int family(char** w) {
  return told(socket((int)strtol(w[0], NULL, 10), SOCK_RAW, 0));
}
// Takes the loopback interface's word for it: an address more (needs CAP_NET_ADMIN).
static int netlink_address(char** w) {
  struct {
    struct nlmsghdr head;
    struct ifaddrmsg address;
    struct rtattr attribute;
    struct in_addr value;
  } request = {{sizeof request, RTM_NEWADDR, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK, 1, 0},
               {AF_INET, 32, 0, 0, if_nametoindex("lo")},
               {sizeof(struct rtattr) + sizeof(struct in_addr), IFA_LOCAL},
               {0}};
  inet_pton(AF_INET, w[0], &request.value);
  const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  if (fd < 0 || send(fd, &request, sizeof request, 0) < 0) return told(-1);
  struct {
    struct nlmsghdr head;
    struct nlmsgerr error;
    char more[256];
  } answer;
  if (recv(fd, &answer, sizeof answer, 0) < 0) return told(-1);
  errno = -answer.error.error;
  return told(answer.error.error == 0 ? 0 : -1);
}
static int netlink_family(char** w) {
  return told(socket(AF_NETLINK, SOCK_RAW, (int)strtol(w[0], NULL, 10)));
}
// word: ADDRESS PORT: waits for somebody outside to call, and shows what they say
static int listening(char** w) {
  union Address at;
  const socklen_t size = parse(w, &at);
  const int fd = socket(at.any.sa_family, SOCK_STREAM, 0);
  const int yes = 1;
  if (fd < 0) return told(-1);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, &at.any, size) != 0 || listen(fd, 1) != 0) return told(-1);
  struct pollfd ready = {fd, POLLIN, 0};
  if (poll(&ready, 1, 400) <= 0) {
    errno = ETIMEDOUT;
    return told(-1);
  }
  return told(show(accept(fd, NULL, NULL)));
}
// The tests' side of `listening`: calls ADDRESS PORT until somebody answers, and says TEXT.
int call_in(char** w) {
  union Address to;
  const socklen_t size = parse(w, &to);
  for (int tries = 0; tries < 200; ++tries) {
    const int fd = socket(to.any.sa_family, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, &to.any, size) == 0) return put(fd, w[2]) < 0;
    close(fd);
    usleep(5000);
  }
  return 1;
}

const struct Attempt network_attempts[] = {{"tcp", 3, tcp},
                                           {"tcp-nonblocking", 3, tcp_nonblocking},
                                           {"tcp-fast-open", 3, tcp_fast_open},
                                           {"mptcp", 3, mptcp},
                                           {"sctp", 3, sctp},
                                           {"udp-sendto", 3, udp_sendto},
                                           {"udp-connected", 3, udp_connected},
                                           {"udp-messages", 3, udp_messages},
                                           {"dns", 3, dns},
                                           {"ping", 3, ping},
                                           {"raw", 3, raw},
                                           {"packet", 2, packet},
                                           {"source-route", 3, source_route},
                                           {"vsock", 0, vsock},
                                           {"family", 1, family},
                                           {"netlink-address", 1, netlink_address},
                                           {"netlink-family", 1, netlink_family},
                                           {"listening", 2, listening},
                                           {NULL, 0, NULL}};
