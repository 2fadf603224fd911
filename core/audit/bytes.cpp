// UTF-8 and base64 for the log.
#include "core/audit/bytes.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sefaca {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// What may follow a lead byte (RFC 3629): how many bytes, and the bounds of the first of them.
struct Sequence {
  unsigned char first, last;  // of the lead
  std::size_t length;
  unsigned char low, high;  // of the second byte
};
constexpr std::array<Sequence, 8> kSequences = {{{0xC2, 0xDF, 2, 0x80, 0xBF},
                                                 {0xE0, 0xE0, 3, 0xA0, 0xBF},
                                                 {0xE1, 0xEC, 3, 0x80, 0xBF},
                                                 {0xED, 0xED, 3, 0x80, 0x9F},
                                                 {0xEE, 0xEF, 3, 0x80, 0xBF},
                                                 {0xF0, 0xF0, 4, 0x90, 0xBF},
                                                 {0xF1, 0xF3, 4, 0x80, 0xBF},
                                                 {0xF4, 0xF4, 4, 0x80, 0x8F}}};

// The length of the well-formed character at the start of `bytes` (not empty), 0 when it is wrong.
std::size_t character_length(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (byte(0) < 0x80) return 1;
  for (const Sequence& sequence : kSequences) {
    if (byte(0) < sequence.first || byte(0) > sequence.last) continue;
    if (bytes.size() < sequence.length) return 0;
    if (byte(1) < sequence.low || byte(1) > sequence.high) return 0;
    for (std::size_t i = 2; i < sequence.length; ++i)
      if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
    return sequence.length;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    out += length == 0 ? std::string_view("\xEF\xBF\xBD") : bytes.substr(0, length);
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = bytes.size() - i < 3 ? bytes.size() - i : 3;
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= count ? kAlphabet[group >> (18 - 6 * k) & 0x3F] : '=';
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  while (!text.empty()) {
    std::uint32_t group = 0;
    std::size_t padding = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t digit = text[k] == '=' ? 0 : kAlphabet.find(text[k]);
      if (digit == std::string_view::npos) return std::nullopt;
      if (text[k] == '=') {
        ++padding;
      } else if (padding > 0) {
        return std::nullopt;
      }
      group = group << 6 | static_cast<std::uint32_t>(digit);
    }
    text.remove_prefix(4);
    if (padding > 2 || (padding > 0 && !text.empty())) return std::nullopt;
    for (std::size_t k = 0; k < 3 - padding; ++k)
      out += static_cast<char>(group >> (16 - 8 * k) & 0xFF);
  }
  return out;
}

}  // namespace sefaca
