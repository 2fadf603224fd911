// NativeRights: what Landlock and the mounts let the tree do by itself, path by path, so that what
// it stops can be named. Only for naming and for telling what needs no help: the kernel decides by
// its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/enforce/launch_plan.h"

namespace sefaca {

class NativeRights {
 public:
  explicit NativeRights(const LaunchPlan& plan);

  // abi::kFs… rights on `path` (absolute, links resolved), all that no ruleset governs included.
  [[nodiscard]] std::uint64_t at(std::string_view path) const;

  // Rights that no rule of the plan gives: those of the files behind descriptors 0 to 2.
  void add(std::string path, std::uint64_t rights);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::uint64_t everywhere_ = 0;
  using Rights = std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>>;
  Rights rules_;
  Rights mounts_;  // what is covered or read-only, and what that lets through
};

}  // namespace sefaca
