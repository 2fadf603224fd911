#include "launcher/makefile_shell.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/recipe_line.h"

namespace sefaca {
namespace {

constexpr std::size_t kLargestMakefile = std::size_t{8} << 20;  // bytes
constexpr std::size_t kMostMakefiles = 64;
constexpr int kDeepestValue = 8;  // variables in variables
// Of compilers, by the hundred; no word of a shell in them.
constexpr std::string_view kDependencyLists[] = {".d",   ".P",    ".Po",    ".Plo",
                                                 ".dep", ".deps", ".depend"};

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

std::string_view first_word(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && line[end] != ' ' && line[end] != '\t') ++end;
  return line.substr(0, end);
}

// Makefiles of many thousand lines are read for each line of a recipe: most of theirs are seen to
// be nothing of ours by their first byte.
bool may_be_word(std::string_view line) {
  return line.starts_with("de") || line.starts_with("end") || line.starts_with("inc") ||
         line.starts_with("-inc") || line.starts_with("sinc");
}

// "NAME = value" of one line, with words like `export` before it; nullopt: no such line.
struct MakeAssignment {
  std::string_view name;
  std::string_view value;
};
std::optional<MakeAssignment> assignment_in(std::string_view line) {
  for (;;) {
    const char first = line.empty() ? '\0' : line.front();
    if (first != 'o' && first != 'e' && first != 'p') break;
    const std::string_view word = first_word(line);
    if (word != "override" && word != "export" && word != "private") break;
    line = trim(line.substr(word.size()));
  }
  std::size_t end = 0;
  while (end < line.size() && is_name_byte(line[end])) ++end;
  std::string_view rest = line.substr(end);
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
  // ?= finds SHELL set already, += adds to it, != runs something.
  while (rest.starts_with(':')) rest.remove_prefix(1);
  if (end == 0 || !rest.starts_with('=')) return std::nullopt;
  return MakeAssignment{line.substr(0, end), trim(rest.substr(1))};
}

std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || line[at - 1] != '\\') return line.substr(0, at);
  }
  return line;
}

// `which bash`, `command -v bash 2>/dev/null`: the name that is looked for.
std::string_view looked_for(std::string_view command) {
  std::vector<std::string_view> words;
  while (!(command = trim(command)).empty()) {
    const std::string_view word = first_word(command);
    command.remove_prefix(word.size());
    if (word.find('>') == std::string_view::npos && !word.starts_with('-')) words.push_back(word);
  }
  const bool asks =
      words.size() == 2 && (words[0] == "which" || words[0] == "command" || words[0] == "type");
  const bool plain = asks && std::all_of(words[1].begin(), words[1].end(),
                                         [](char c) { return is_name_byte(c) || c == '/'; });
  return plain ? words[1] : std::string_view();
}

class Makefiles {
 public:
  Makefiles(const std::string& directory, const std::map<std::string, std::string>& given,
            const Surroundings& surroundings)
      : directory_(directory), given_(given), surroundings_(surroundings) {}

  void read(std::string_view name) {
    const std::string path = absolute_path(name, directory_);
    if (read_.size() >= kMostMakefiles || !read_.insert(path).second) return;
    auto content = surroundings_.files->read(path, kLargestMakefile);
    if (!content) return;
    const std::string& text = keep(std::move(*content));
    // "define" to "endef" is text, none of whose lines is an assignment of the makefile's own.
    bool defining = false;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = text.find('\n', at);
      if (end == std::string::npos) end = text.size();
      std::string_view line(text.data() + at, end - at);
      if (line.ends_with('\\')) {
        std::string joined;
        while (line.ends_with('\\') && end < text.size()) {
          joined += concat(line.substr(0, line.size() - 1), " ");
          at = end + 1;
          end = std::min(text.find('\n', at), text.size());
          line = std::string_view(text).substr(at, end - at);
        }
        line = keep(joined += line);
      }
      at = end + 1;
      if (line.empty() || line.front() == '\t' || line.front() == '#') continue;
      while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
      const std::string_view word = may_be_word(line) ? first_word(line) : std::string_view();
      if (word == "endef") defining = false;
      if (!defining) statement(line, word);
      if (word == "define") defining = true;
    }
  }

  // The words of each value of SHELL, the last first.
  [[nodiscard]] std::vector<std::vector<std::string>> shells() const {
    std::vector<std::vector<std::string>> out;
    for (auto one = assigned_.rbegin(); one != assigned_.rend(); ++one) {
      if (one->name != "SHELL") continue;
      auto value = expanded(one->value, 0);
      if (!value && one->value.find("bash") != std::string_view::npos) value = "bash";
      if (!value) continue;
      std::vector<std::string> words = read_recipe_line(*value).argv;
      if (!words.empty()) out.push_back(std::move(words));
    }
    return out;
  }

 private:
  void statement(std::string_view line, std::string_view word) {
    if (word == "include" || word == "-include" || word == "sinclude") {
      const auto names = expanded(trim(without_comment(line.substr(word.size()))), 0);
      for (const std::string& name : split(names.value_or(""), ' ')) {
        const auto ends = [&](std::string_view suffix) { return name.ends_with(suffix); };
        if (name.empty() || name.find_first_of("*?[") != std::string::npos ||
            std::any_of(std::begin(kDependencyLists), std::end(kDependencyLists), ends))
          continue;
        read(name);
      }
    } else if (const auto found = assignment_in(line)) {
      // Kept as written: what a value names may come later.
      assigned_.push_back({found->name, trim(without_comment(found->value))});
    }
  }

  // As make would expand it; nullopt where that can't be told from the text.
  [[nodiscard]] std::optional<std::string> expanded(std::string_view text, int depth) const {
    if (depth > kDeepestValue) return std::nullopt;
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] != '$') {
        out += text[at];
        continue;
      }
      if (++at == text.size()) return std::nullopt;
      if (text[at] == '$') {
        out += '$';
        continue;
      }
      if (text[at] != '(' && text[at] != '{') return std::nullopt;
      const std::size_t end = text.find(text[at] == '(' ? ')' : '}', at);
      if (end == std::string_view::npos) return std::nullopt;
      const auto value = reference(text.substr(at + 1, end - at - 1), depth);
      if (!value) return std::nullopt;
      out += *value;
      at = end;
    }
    return out;
  }

  const std::string& keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  [[nodiscard]] std::optional<std::string> reference(std::string_view inside, int depth) const {
    if (first_word(inside) == "shell") {
      const std::string_view name = looked_for(inside.substr(5));
      return name.empty() ? std::nullopt : std::optional<std::string>(name);
    }
    if (!std::all_of(inside.begin(), inside.end(), is_name_byte)) return std::nullopt;
    if (const auto found = given_.find(std::string(inside)); found != given_.end())
      return expanded(found->second, depth + 1);
    for (auto one = assigned_.rbegin(); one != assigned_.rend(); ++one) {
      if (one->name == inside) return expanded(one->value, depth + 1);
    }
    const auto variable = surroundings_.environment.find(inside);
    if (variable == surroundings_.environment.end()) return std::nullopt;
    return variable->second;
  }

  const std::string& directory_;
  const std::map<std::string, std::string>& given_;
  const Surroundings& surroundings_;
  std::set<std::string> read_;
  std::deque<std::string> texts_;  // what assigned_ looks into
  std::vector<MakeAssignment> assigned_;
};

}  // namespace

std::vector<std::string> default_makefiles() {
  return {"GNUmakefile", "makefile", "Makefile"};
}

std::vector<std::vector<std::string>> shells_of_makefiles(
    std::span<const std::string> files, const std::string& directory,
    const std::map<std::string, std::string>& given, const Surroundings& surroundings) {
  Makefiles makefiles(directory, given, surroundings);
  for (const std::string& name : files) makefiles.read(name);
  return makefiles.shells();
}

}  // namespace sefaca
