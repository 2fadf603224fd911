#include "launcher/make_call.h"

#include <string_view>

#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::string_view kTarget = "--target=";
constexpr std::string_view kMakefiles = "--makefiles=";

// Options that leave what a plain line does as it is: -c itself, and -e, since a line that is one
// command ends with its code in any case.
constexpr std::string_view kHarmless = "ce";

}  // namespace

ShellCall parse_shell_call(std::span<const std::string> words) {
  ShellCall call;
  bool harmless = true;
  bool wants_line = false;
  std::size_t next = 0;
  for (; next < words.size(); ++next) {
    const std::string& word = words[next];
    if (word.starts_with(kTarget)) {
      call.target = word.substr(kTarget.size());
      continue;
    }
    if (word.starts_with(kMakefiles)) {
      for (std::string& name : split(word.substr(kMakefiles.size()), ' ')) {
        if (!name.empty()) call.makefiles.push_back(std::move(name));
      }
      continue;
    }
    const bool option = word.size() > 1 && (word.front() == '-' || word.front() == '+');
    if (!option) break;
    call.words.push_back(word);
    if (word == "--") {
      ++next;
      break;
    }
    if (word.starts_with("--")) {
      harmless = false;
      continue;
    }
    const std::string_view letters = std::string_view(word).substr(1);
    if (word.front() == '-' && letters.find('c') != std::string_view::npos) wants_line = true;
    if (word.front() == '+' || letters.find_first_not_of(kHarmless) != std::string_view::npos)
      harmless = false;
    // -o takes the next word ("-o pipefail", "-euo pipefail").
    if (letters.ends_with('o') && next + 1 < words.size()) call.words.push_back(words[++next]);
  }
  if (wants_line && next < words.size()) call.line = words[next];
  call.bare = harmless && call.line.has_value() && next + 1 == words.size();
  call.words.insert(call.words.end(), words.begin() + static_cast<std::ptrdiff_t>(next),
                    words.end());
  return call;
}

}  // namespace sefaca
