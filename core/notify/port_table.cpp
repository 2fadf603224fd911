#include "core/notify/port_table.h"

#include <array>
#include <charconv>
#include <cstring>
#include <string>

#include "core/base/slurp.h"

namespace sefaca {
namespace {

constexpr std::uint32_t kListening = 0x0A;  // TCP_LISTEN (net/tcp_states.h)
constexpr std::size_t kAddressField = 1, kStateField = 3, kInodeField = 9, kFields = 10;

using Bytes = std::array<std::uint8_t, 16>;  // IPv4 in its mapped form

Bytes mapped(const void* four) {
  Bytes out{};
  out[10] = out[11] = 0xff;
  std::memcpy(&out[12], four, 4);
  return out;
}

Bytes bytes_of(const SocketAddress& address) {
  if (address.family() == AF_INET) return mapped(&address.v4.sin_addr);
  Bytes out{};
  std::memcpy(out.data(), &address.v6.sin6_addr, out.size());
  return out;
}

bool is_any(const Bytes& bytes) {
  constexpr std::uint32_t kZero = 0;
  return bytes == Bytes{} || bytes == mapped(&kZero);
}

template <typename Number>
bool number_in(std::string_view text, Number& out, int base) {
  const auto end = text.data() + text.size();
  return std::from_chars(text.data(), end, out, base).ptr == end && !text.empty();
}

// "0100007F:1F90": words as this machine holds them, then the port.
bool read_local(std::string_view field, Bytes& address, std::uint16_t& port) {
  constexpr std::size_t kWord = 8;
  const std::size_t colon = field.find(':');
  if (colon != kWord && colon != 4 * kWord) return false;
  std::array<std::uint32_t, 4> words{};
  for (std::size_t i = 0; i < colon / kWord; ++i) {
    if (!number_in(field.substr(i * kWord, kWord), words[i], 16)) return false;
  }
  if (colon == kWord) {
    address = mapped(words.data());
  } else {
    std::memcpy(address.data(), words.data(), address.size());
  }
  return number_in(field.substr(colon + 1), port, 16);
}

struct Takers {
  std::vector<std::uint64_t> exactly, any;
};

void look(std::string_view table, const Bytes& wanted, std::uint16_t port, bool datagram,
          Takers& out) {
  bool first = true;
  for (std::string_view rest = table; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (std::exchange(first, false)) continue;  // the headings
    std::array<std::string_view, kFields> fields;
    std::size_t n = 0;
    while (n < fields.size()) {
      const std::size_t start = line.find_first_not_of(' ');
      if (start == std::string_view::npos) break;
      line.remove_prefix(start);
      const std::size_t length = std::min(line.find(' '), line.size());
      fields[n++] = line.substr(0, length);
      line.remove_prefix(length);
    }
    Bytes address{};
    std::uint16_t at = 0;
    std::uint32_t state = 0;
    std::uint64_t inode = 0;
    if (n < fields.size() || !read_local(fields[kAddressField], address, at) || at != port ||
        !number_in(fields[kStateField], state, 16) || !number_in(fields[kInodeField], inode, 10))
      continue;
    if (!datagram && state != kListening) continue;
    if (address == wanted) out.exactly.push_back(inode);
    if (is_any(address)) out.any.push_back(inode);
  }
}

}  // namespace

std::vector<std::uint64_t> takers_in(std::string_view v4, std::string_view v6,
                                     const SocketAddress& address, bool datagram) {
  Takers found;
  const Bytes wanted = bytes_of(address);
  look(v4, wanted, address.port(), datagram, found);
  look(v6, wanted, address.port(), datagram, found);
  return found.exactly.empty() ? std::move(found.any) : std::move(found.exactly);
}

std::vector<std::uint64_t> takers_of(const SocketAddress& address, bool datagram) {
  return takers_in(slurp(datagram ? "/proc/net/udp" : "/proc/net/tcp"),
                   slurp(datagram ? "/proc/net/udp6" : "/proc/net/tcp6"), address, datagram);
}

}  // namespace sefaca
