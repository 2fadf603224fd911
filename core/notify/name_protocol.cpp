#include "core/notify/name_protocol.h"

#include <netdb.h>
#include <sys/socket.h>

#include <cstring>

namespace sefaca {
namespace {

constexpr std::string_view kZero{"\0", 1};  // ends a name
constexpr std::int32_t kVersion = 2;
constexpr std::size_t kLongestKey = 1024;  // MAXKEYLEN

// Request types; the numbers in between are accounts', groups' and services'.
enum : std::int32_t {
  kHostByName = 4,
  kHostByNameV6 = 5,
  kHostByAddress = 6,
  kHostByAddressV6 = 7,
  kMapPasswd = 11,
  kMapGroup = 12,
  kMapHosts = 13,
  kAllAddresses = 14,  // getaddrinfo(3)
  kMapServices = 18,
  kMapNetgroups = 21
};

NameRequest::Kind kind_of(std::int32_t type) {
  switch (type) {
    case kHostByName:
    case kHostByNameV6:
    case kHostByAddress:
    case kHostByAddressV6:
    case kAllAddresses:
      return NameRequest::Kind::host;
    case kMapPasswd:
    case kMapGroup:
    case kMapHosts:
    case kMapServices:
    case kMapNetgroups:
      return NameRequest::Kind::shared_map;
    default:
      return NameRequest::Kind::account;
  }
}

class Answer {
 public:
  Answer& number(std::int32_t value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out_.append(bytes, sizeof bytes);
    return *this;
  }
  Answer& text(std::string_view value) {
    out_.append(value);
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// ai_response_header, the addresses, a byte of family for each, the name with its zero.
std::string all_addresses(const std::string& name, const std::vector<HostAddress>& addresses) {
  std::string bytes, families;
  for (const HostAddress& address : addresses) {
    bytes += address.bytes;
    families += static_cast<char>(address.v6 ? AF_INET6 : AF_INET);
  }
  const bool found = !addresses.empty();
  Answer out;
  out.number(kVersion).number(found ? 1 : 0).number(static_cast<std::int32_t>(addresses.size()));
  out.number(static_cast<std::int32_t>(bytes.size()));
  out.number(found ? static_cast<std::int32_t>(name.size() + 1) : 0);
  out.number(found ? NETDB_SUCCESS : HOST_NOT_FOUND);
  if (found) out.text(bytes).text(families).text(name).text(kZero);
  return out.take();
}

// hst_response_header, the name with its zero, the addresses. No aliases.
std::string one_family(const std::string& name, const std::vector<HostAddress>& addresses,
                       bool v6) {
  std::string bytes;
  std::int32_t count = 0;
  for (const HostAddress& address : addresses) {
    if (address.v6 != v6) continue;
    bytes += address.bytes;
    ++count;
  }
  const bool found = count > 0;
  constexpr std::int32_t kV4Bytes = 4, kV6Bytes = 16;
  Answer out;
  out.number(kVersion).number(found ? 1 : 0);
  out.number(found ? static_cast<std::int32_t>(name.size() + 1) : 0).number(0);
  out.number(found ? (v6 ? AF_INET6 : AF_INET) : -1)
      .number(found ? (v6 ? kV6Bytes : kV4Bytes) : -1);
  out.number(count).number(found ? NETDB_SUCCESS : HOST_NOT_FOUND);
  if (found) out.text(name).text(kZero).text(bytes);
  return out.take();
}

}  // namespace

RequestState parse_name_request(std::string_view bytes, NameRequest& request) {
  std::int32_t header[3];  // version, type, bytes of the key
  if (bytes.size() < sizeof header) return RequestState::incomplete;
  std::memcpy(header, bytes.data(), sizeof header);
  const auto key_length = static_cast<std::size_t>(header[2]);
  if (header[0] != kVersion || header[2] < 0 || key_length > kLongestKey)
    return RequestState::malformed;
  if (bytes.size() < sizeof header + key_length) return RequestState::incomplete;
  request.type = header[1];
  request.kind = kind_of(request.type);
  request.key = bytes.substr(sizeof header, key_length);
  const bool by_address = request.type == kHostByAddress || request.type == kHostByAddressV6;
  if (!by_address) request.key.resize(::strnlen(request.key.data(), request.key.size()));
  request.length = sizeof header + key_length;
  return RequestState::complete;
}

std::string answer_host(const NameRequest& request, const std::vector<HostAddress>& addresses) {
  if (request.type == kAllAddresses) return all_addresses(request.key, addresses);
  const bool v6 = request.type == kHostByNameV6 || request.type == kHostByAddressV6;
  // The name behind an address is never known here.
  const bool by_address = request.type == kHostByAddress || request.type == kHostByAddressV6;
  return one_family(request.key, by_address ? std::vector<HostAddress>() : addresses, v6);
}

}  // namespace sefaca
