// A shell's words as make gives them: SHELL .SHELLFLAGS… 'line'.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sefaca {

struct ShellCall {
  // What the real shell is given, in order; our own options are taken away.
  std::vector<std::string> words{};
  // Where the words hold -c (also in a group, -ec): its line. Not followed by further arguments
  // that the line could use, and no option that makes the shell do more than run it: `bare`.
  std::optional<std::string> line{};
  bool bare = false;
  // --target=NAME and --makefiles=LIST of our .SHELLFLAGS; nullopt: not given.
  std::optional<std::string> target{};
  std::vector<std::string> makefiles{};
};

// Never fails: what is not understood is the real shell's to refuse. Our own options are taken only
// before the first word that is none of the shell's options.
ShellCall parse_shell_call(std::span<const std::string> words);

}  // namespace sefaca
