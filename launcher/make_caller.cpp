#include "launcher/make_caller.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <string_view>

#include "core/audit/first_of_build.h"
#include "core/base/slurp.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr int kMostAncestors = 256;
constexpr std::size_t kLongestCommandLine = 1 << 20;
constexpr std::string_view kMakes[] = {"make", "gmake", "gnumake"};

std::string read_proc(pid_t pid, const char* name, std::size_t most) {
  return slurp(concat("/proc/", std::to_string(pid), "/", name), most);
}

std::string link_of(pid_t pid, const char* name) {
  std::array<char, PATH_MAX> target{};
  const ssize_t n = ::readlink(concat("/proc/", std::to_string(pid), "/", name).c_str(),
                               target.data(), target.size());
  if (n <= 0 || target[0] != '/') return {};
  return {target.data(), static_cast<std::size_t>(n)};
}

}  // namespace

void read_make_words(const std::vector<std::string>& words, MakeCaller& caller) {
  // Options whose value may be the next word; the value of -j and -l is no goal either way.
  constexpr std::string_view kTakeValue = "CfIoW";
  constexpr std::string_view kLongTakeValue[] = {
      "--directory",  "--file",    "--makefile", "--include-dir", "--old-file",
      "--assume-old", "--what-if", "--new-file", "--assume-new",  "--eval"};
  const auto is_number = [](const std::string& word) {
    return !word.empty() && word.find_first_not_of("0123456789.") == std::string::npos;
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") continue;
    if (word.starts_with("--file=") || word.starts_with("--makefile=")) {
      caller.makefiles.push_back(word.substr(word.find('=') + 1));
    } else if (word.starts_with("--")) {
      if ((word == "--file" || word == "--makefile") && i + 1 < words.size())
        caller.makefiles.push_back(words[i + 1]);
      if (std::find(std::begin(kLongTakeValue), std::end(kLongTakeValue), word) !=
          std::end(kLongTakeValue))
        ++i;
    } else if (word.size() > 1 && word.front() == '-') {
      const auto at = word.find_first_of(kTakeValue, 1);
      const bool joined = at != std::string::npos && at + 1 < word.size();
      if (at != std::string::npos && word[at] == 'f') {
        if (joined)
          caller.makefiles.push_back(word.substr(at + 1));
        else if (i + 1 < words.size())
          caller.makefiles.push_back(words[i + 1]);
      }
      if (at != std::string::npos && !joined) ++i;
      const bool counts = word.ends_with('j') || word.ends_with('l');
      if (at == std::string::npos && counts && i + 1 < words.size() && is_number(words[i + 1])) ++i;
    } else if (const auto equals = word.find('='); equals != std::string::npos) {
      std::string_view name = std::string_view(word).substr(0, equals);
      while (name.ends_with(':') || name.ends_with('+') || name.ends_with('?'))
        name.remove_suffix(1);
      caller.variables.insert_or_assign(std::string(name), word.substr(equals + 1));
      if ((name == "O" || name == "BUILDDIR") && equals + 1 < word.size())
        caller.directories.push_back(word.substr(equals + 1));
    } else if (!word.empty()) {
      caller.goals.push_back(word);
    }
  }
}

std::optional<MakeCaller> find_make_caller(int level) {
  std::optional<MakeCaller> found;
  pid_t pid = ::getppid();
  for (int i = 0; i < kMostAncestors && pid > 1 && level > 0; ++i) {
    const auto ancestor = process_stat(pid);
    if (!ancestor) break;
    if (std::find(std::begin(kMakes), std::end(kMakes), ancestor->name) != std::end(kMakes)) {
      MakeCaller caller{.process = {pid, ancestor->started}, .directory = link_of(pid, "cwd")};
      // One of another user's, or outside of our own sandbox: not ours to look at.
      if (caller.directory.empty()) break;
      found = std::move(caller);
      --level;
    }
    pid = ancestor->parent;
  }
  if (!found) return found;
  std::vector<std::string> words =
      split(read_proc(found->process.pid, "cmdline", kLongestCommandLine), '\0');
  if (!words.empty()) words.erase(words.begin());
  read_make_words(words, *found);
  return found;
}

}  // namespace sefaca
