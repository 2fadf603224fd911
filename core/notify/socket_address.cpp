#include "core/notify/socket_address.h"

#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace sefaca {

bool SocketAddress::is_loopback() const {
  constexpr std::uint32_t kNet = 127, kShift = 24;
  if (family() == AF_INET) return ntohl(v4.sin_addr.s_addr) >> kShift == kNet;
  if (family() != AF_INET6) return false;
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return v6.sin6_addr.s6_addr[12] == kNet;
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

bool SocketAddress::is_here() const {
  if (is_loopback()) return true;
  if (family() == AF_INET) return v4.sin_addr.s_addr == INADDR_ANY;
  if (family() != AF_INET6) return false;
  return IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr);
}

std::string SocketAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const void* bytes = family() == AF_INET    ? static_cast<const void*>(&v4.sin_addr)
                      : family() == AF_INET6 ? static_cast<const void*>(&v6.sin6_addr)
                                             : nullptr;
  if (bytes == nullptr) return {};
  const char* text = ::inet_ntop(family(), bytes, buffer.data(), buffer.size());
  return text == nullptr ? std::string() : std::string(text);
}

std::uint16_t SocketAddress::port() const {
  if (family() == AF_INET) return ntohs(v4.sin_port);
  return family() == AF_INET6 ? ntohs(v6.sin6_port) : std::uint16_t{0};
}

std::string SocketAddress::path() const {
  constexpr std::size_t kStart = offsetof(sockaddr_un, sun_path);
  if (family() != AF_UNIX || length <= kStart || unix_path.sun_path[0] == '\0') return {};
  return {unix_path.sun_path, ::strnlen(unix_path.sun_path, length - kStart)};
}

bool SocketAddress::is_abstract() const {
  constexpr std::size_t kStart = offsetof(sockaddr_un, sun_path);
  return family() == AF_UNIX && length > kStart && unix_path.sun_path[0] == '\0';
}

std::optional<SocketAddress> read_address(const Target& target, std::uint64_t at,
                                          socklen_t length) {
  SocketAddress out;
  std::memset(&out.room, 0, sizeof out.room);
  if (length < sizeof(sa_family_t) || length > sizeof out.room) return std::nullopt;
  const auto bytes = std::as_writable_bytes(std::span(&out.room, 1)).first(length);
  if (target.read(at, bytes) != length) return std::nullopt;
  // A shorter internet address is EINVAL to the kernel, and must not be judged by our zeros.
  if (out.family() == AF_INET && length < sizeof(sockaddr_in)) return std::nullopt;
  if (out.family() == AF_INET6 && length < offsetof(sockaddr_in6, sin6_scope_id))
    return std::nullopt;
  out.length = length;
  return out;
}

}  // namespace sefaca
