// Socket addresses as calls name them: read once, and told in words.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <optional>
#include <string>

#include "core/audit/violation.h"
#include "core/enforce/launch_plan.h"
#include "core/notify/target.h"

namespace sefaca {

struct SocketAddress {
  union {
    sockaddr base;
    sockaddr_in v4;
    sockaddr_in6 v6;
    sockaddr_un unix_path;
    sockaddr_storage room;
  };
  socklen_t length = 0;

  [[nodiscard]] sa_family_t family() const { return base.sa_family; }
  [[nodiscard]] bool is_internet() const { return family() == AF_INET || family() == AF_INET6; }
  [[nodiscard]] bool is_loopback() const;  // 127.0.0.0/8, ::1 and the mapped form
  // That, or the unspecified address, which a connect takes for this host's own.
  [[nodiscard]] bool is_here() const;
  [[nodiscard]] std::string text() const;  // "10.0.0.1", "::1"; empty for no internet address
  [[nodiscard]] std::uint16_t port() const;
  // A unix socket's path as it was named, without its zeros; empty for abstract and unnamed ones.
  [[nodiscard]] std::string path() const;
  [[nodiscard]] bool is_abstract() const;
};

// nullopt: too short for a family, too long, or unreadable.
std::optional<SocketAddress> read_address(const Target& target, std::uint64_t at, socklen_t length);

}  // namespace sefaca
