// QuietTrees: the system's own trees, where every read is let through, so that it needs no walk to
// know that there is nothing to name. A compiler looks for most of its headers and libraries there.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/enforce/launch_plan.h"
#include "core/notify/native_rights.h"

namespace sefaca {

class QuietTrees {
 public:
  QuietTrees(const LaunchPlan& plan, const NativeRights& native) : plan_(plan), native_(native) {}

  // True: reading `path` (absolute, as a call names it, links not resolved) is let through whatever
  // it leads to. Only root can have put a link there, and the command can't write there. Looks at
  // a tree once, when it is first asked for.
  bool lets_read(std::string_view path);

 private:
  enum class Known : std::uint8_t { no_idea, quiet, not_quiet };
  // Of two that hold a path the first counts. /lib and /lib64 are mostly links of the root
  // directory.
  static constexpr std::array<std::string_view, 7> kTrees{
      "/usr/local/include", "/usr/local/lib", "/usr", "/lib", "/lib64", "/nix/store", "/gnu/store"};

  [[nodiscard]] bool is_quiet(std::string_view tree) const;
  [[nodiscard]] bool is_quiet_directory(const std::string& tree) const;  // links resolved

  const LaunchPlan& plan_;
  const NativeRights& native_;
  std::array<Known, kTrees.size()> known_{};
};

}  // namespace sefaca
