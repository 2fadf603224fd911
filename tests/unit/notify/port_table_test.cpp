#include "core/notify/port_table.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>

#include <cstring>

#include "core/notify/loopback.h"

namespace sefaca {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SocketAddress address(const char* text, std::uint16_t port) {
  SocketAddress out;
  std::memset(&out.room, 0, sizeof out.room);
  if (::inet_pton(AF_INET, text, &out.v4.sin_addr) == 1) {
    out.base.sa_family = AF_INET;
    out.v4.sin_port = htons(port);
    out.length = sizeof out.v4;
  } else {
    EXPECT_EQ(::inet_pton(AF_INET6, text, &out.v6.sin6_addr), 1);
    out.base.sa_family = AF_INET6;
    out.v6.sin6_port = htons(port);
    out.length = sizeof out.v6;
  }
  return out;
}

// As little-endian machines print it.
constexpr const char* kV4 =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n"
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 "
    "1 0\n"
    "   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12 "
    "1 0\n"
    "   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13 "
    "1 0\n"
    "   3: 0100007F:1F91 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 14 "
    "1 0\n"
    "   4: garbage\n";
constexpr const char* kV6 =
    "  sl  local_address remote_address st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n"
    "   0: 00000000000000000000000001000000:1F92 00000000000000000000000000000000:0000 0A "
    "00000000:00000000 00:00000000 00000000  1000        0 21 1 0\n"
    "   1: 0000000000000000FFFF00000100007F:1F93 00000000000000000000000000000000:0000 0A "
    "00000000:00000000 00:00000000 00000000  1000        0 22 1 0\n"
    "   2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A "
    "00000000:00000000 00:00000000 00000000     0        0 23 1 0\n";

TEST(PortTable, TheExactAddressTakesItBeforeTheUnspecified) {
  EXPECT_THAT(takers_in(kV4, kV6, address("127.0.0.1", 8080), false), ElementsAre(11));
  EXPECT_THAT(takers_in(kV4, kV6, address("127.0.0.2", 8080), false), ElementsAre(12));
  EXPECT_THAT(takers_in(kV4, kV6, address("127.0.0.1", 80), false), ElementsAre(13, 23));
  EXPECT_THAT(takers_in(kV4, kV6, address("::1", 8082), false), ElementsAre(21));
}

TEST(PortTable, MappedAddressesAreTheirOwnWithFourBytes) {
  EXPECT_THAT(takers_in(kV4, kV6, address("127.0.0.1", 8083), false), ElementsAre(22));
  EXPECT_THAT(takers_in(kV4, kV6, address("::ffff:127.0.0.1", 8080), false), ElementsAre(11));
}

TEST(PortTable, OnlyWhatListensTakesConnectionsButAllTakeDatagrams) {
  EXPECT_THAT(takers_in(kV4, kV6, address("127.0.0.1", 8081), false), IsEmpty());
  EXPECT_THAT(takers_in(kV4, kV6, address("127.0.0.1", 8081), true), ElementsAre(14));
  EXPECT_THAT(takers_in("", "", address("127.0.0.1", 8080), false), IsEmpty());
}

TEST(Loopback, TheUnspecifiedAddressBecomesLoopback) {
  EXPECT_EQ(on_loopback(address("0.0.0.0", 9), AF_INET, false).text(), "127.0.0.1");
  EXPECT_EQ(on_loopback(address("::", 9), AF_INET6, false).text(), "::1");
  EXPECT_EQ(on_loopback(address("::", 9), AF_INET6, true).text(), "::ffff:127.0.0.1");
  EXPECT_EQ(on_loopback(address("::ffff:0.0.0.0", 9), AF_INET6, true).text(), "::ffff:127.0.0.1");
  EXPECT_EQ(on_loopback(address("192.0.2.1", 9), AF_INET, false).text(), "192.0.2.1");
  SocketAddress none = address("0.0.0.0", 9);
  none.base.sa_family = AF_UNSPEC;
  EXPECT_EQ(on_loopback(none, AF_INET, false).text(), "127.0.0.1");
  EXPECT_EQ(on_loopback(none, AF_INET6, false).family(), AF_UNSPEC);
}

TEST(Loopback, WhatIsNotLoopbackIsOutside) {
  Loopback every(true);
  EXPECT_EQ(every.reach(address("192.0.2.1", 9), false), Loopback::Reach::outside);
  EXPECT_EQ(every.reach(address("::ffff:192.0.2.1", 9), true), Loopback::Reach::outside);
  EXPECT_EQ(every.reach(address("127.9.9.9", 9), false), Loopback::Reach::granted);
  EXPECT_EQ(every.reach(address("::1", 9), true), Loopback::Reach::granted);
}

}  // namespace
}  // namespace sefaca
