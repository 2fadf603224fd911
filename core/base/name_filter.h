// NameFilter: which names a directory does not hold, in a quarter of a kilobyte. Tables of many
// names ask it before they ask the kernel about one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sefaca {

class NameFilter {
 public:
  void add(std::string_view name) { word(name) |= bit(name); }

  // False: no such name was added. True: it was, or another one with the same few bits.
  [[nodiscard]] bool may_hold(std::string_view name) const {
    return (bits_[index(name)] & bit(name)) != 0;
  }

 private:
  static constexpr std::size_t kWords = 32;

  static constexpr std::uint32_t hash(std::string_view name) {  // FNV-1a
    std::uint32_t out = 2166136261U;
    for (const char c : name) out = (out ^ static_cast<unsigned char>(c)) * 16777619U;
    return out ^ (out >> 16);
  }
  static constexpr std::size_t index(std::string_view name) { return hash(name) / 64 % kWords; }
  static constexpr std::uint64_t bit(std::string_view name) {
    return std::uint64_t{1} << (hash(name) % 64);
  }
  std::uint64_t& word(std::string_view name) { return bits_[index(name)]; }

  std::array<std::uint64_t, kWords> bits_{};
};

}  // namespace sefaca
