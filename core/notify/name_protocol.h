// The protocol of nscd, as glibc speaks it (nscd/nscd-client.h, version 2): what a program asks,
// and the answers that we give. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sefaca {

inline constexpr std::string_view kNameSocket = "/var/run/nscd/socket";
inline constexpr std::string_view kNameSocketResolved = "/run/nscd/socket";

struct NameRequest {
  enum class Kind : std::uint8_t {
    host,       // the name of a host, or its address: a key
    account,    // passwd, group, their members, services: not ours to answer
    shared_map  // the service's memory as a descriptor: refused, so that the program asks in words
  };
  Kind kind = Kind::account;
  std::int32_t type = 0;
  std::string key;         // without its zero; an address's bytes for types 6 and 7
  std::size_t length = 0;  // bytes of the whole request
};

enum class RequestState : std::uint8_t { incomplete, complete, malformed };

// The request at the start of `bytes`.
RequestState parse_name_request(std::string_view bytes, NameRequest& request);

struct HostAddress {
  bool v6 = false;
  std::string bytes;  // 4 or 16
};

// The answer to a request for a host: its addresses, or "not found" where there are none.
std::string answer_host(const NameRequest& request, const std::vector<HostAddress>& addresses);

}  // namespace sefaca
