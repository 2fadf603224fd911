// Addresses as calls name them, read from this very process.
#include "core/notify/socket_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace sefaca {
namespace {

template <class T>
std::optional<SocketAddress> read_own(const T& address, socklen_t length = sizeof(T)) {
  return read_address(Target(::gettid()), reinterpret_cast<std::uint64_t>(&address), length);
}

sockaddr_in6 v6(const char* text, std::uint16_t port) {
  sockaddr_in6 out{};
  out.sin6_family = AF_INET6;
  out.sin6_port = htons(port);
  ::inet_pton(AF_INET6, text, &out.sin6_addr);
  return out;
}

TEST(SocketAddress, InternetAddressesAndWhichAreLoopback) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(80);
  ::inet_pton(AF_INET, "127.8.9.1", &v4.sin_addr);
  const auto near = read_own(v4);
  ASSERT_TRUE(near);
  EXPECT_EQ(near->text(), "127.8.9.1");
  EXPECT_EQ(near->port(), 80);
  EXPECT_TRUE(near->is_loopback());
  for (const char* text : {"::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(read_own(v6(text, 1))->is_loopback());
  for (const char* text : {"::", "::2", "::ffff:10.0.0.1", "fe80::1"}) {
    const auto far = read_own(v6(text, 443));
    ASSERT_TRUE(far);
    EXPECT_FALSE(far->is_loopback()) << text;
    EXPECT_EQ(far->text(), text);
    EXPECT_EQ(far->port(), 443);
  }
}

TEST(SocketAddress, ShortOnesAreNotJudged) {
  EXPECT_FALSE(read_own(v6("::1", 1), 1));
  EXPECT_FALSE(read_own(v6("::1", 1), 20));
  EXPECT_FALSE(read_own(v6("::1", 1), 4096));
  EXPECT_FALSE(read_address(Target(::gettid()), 8, sizeof(sockaddr_in)));
}

TEST(SocketAddress, UnixSocketsByPathAndWithout) {
  sockaddr_un named{};
  named.sun_family = AF_UNIX;
  std::strcpy(named.sun_path, "/run/x");
  EXPECT_EQ(read_own(named)->path(), "/run/x");
  constexpr socklen_t kStart = offsetof(sockaddr_un, sun_path);
  EXPECT_EQ(read_own(named, kStart + 4)->path(), "/run");  // no zero needed
  EXPECT_FALSE(read_own(named)->is_abstract());
  EXPECT_EQ(read_own(named, kStart)->path(), "");
  sockaddr_un abstract{};
  abstract.sun_family = AF_UNIX;
  std::memcpy(abstract.sun_path, "\0x", 2);
  const auto other = read_own(abstract, kStart + 2);
  EXPECT_TRUE(other->is_abstract());
  EXPECT_EQ(other->path(), "");
}

}  // namespace
}  // namespace sefaca
