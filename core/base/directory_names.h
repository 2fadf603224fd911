// DirectoryNames: what one look into a directory found. Tables of many names ask it, not the kernel
// about each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sefaca {

// An entry's own type: a link is a link.
enum class FileType : std::uint8_t { file, directory, symlink, socket, fifo, device };

class DirectoryNames {
 public:
  struct Name {
    std::optional<FileType> type{};  // nullopt: the file system did not say
    std::uint32_t begin = 0, length = 0;
  };

  void add(std::string_view name, std::optional<FileType> type) {
    const std::uint32_t hashed = hash(name);
    bits_[hashed / 64 % kWords] |= std::uint64_t{1} << (hashed % 64);
    names_.push_back(
        {type, static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size())});
    text_ += name;
  }

  // nullptr: it is not there.
  [[nodiscard]] const Name* find(std::string_view name) const {
    const std::uint32_t hashed = hash(name);
    if ((bits_[hashed / 64 % kWords] >> (hashed % 64) & 1U) == 0) return nullptr;
    for (const Name& known : names_) {
      if (std::string_view(text_).substr(known.begin, known.length) == name) return &known;
    }
    return nullptr;
  }
  [[nodiscard]] bool holds(std::string_view name) const { return find(name) != nullptr; }

 private:
  static constexpr std::size_t kWords = 32;

  static constexpr std::uint32_t hash(std::string_view name) {  // FNV-1a
    std::uint32_t out = 2166136261U;
    for (const char c : name) out = (out ^ static_cast<unsigned char>(c)) * 16777619U;
    return out ^ (out >> 16);
  }

  // Which names are surely not there, so that most questions end here.
  std::array<std::uint64_t, kWords> bits_{};
  std::string text_;
  std::vector<Name> names_;
};

}  // namespace sefaca
