#include "launcher/step_line.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/base/text.h"
#include "core/policy/recipe_line.h"

namespace sefaca {
namespace {

// Where a custom step's rule begins, as Sefaca.cmake writes it; it ends with RuleMarks::custom.
constexpr std::string_view kRuleBegin = "_sf_target=--target=";
constexpr std::size_t kLargestLine = std::size_t{1} << 20U;

std::string_view without_end(std::string_view text, std::string_view end) {
  return text.ends_with(end) ? trim(text.substr(0, text.size() - end.size())) : text;
}

// A COMMAND without what CMake puts between it and the next: `&& cd DIR &&`, `&& :`.
std::string_view without_joint(std::string_view command) {
  command = without_end(trim(command), "&&");
  const std::size_t joint = command.rfind("&&");
  if (joint == std::string_view::npos) return command;
  const std::string_view last = trim(command.substr(joint + 2));
  const RecipeLine line = read_recipe_line(last);
  const bool changes_directory = last.starts_with("cd ") && line.complete &&
                                 line.programs.size() == 1 && line.words.size() == 2;
  return last == ":" || changes_directory ? trim(command.substr(0, joint)) : command;
}

std::string without_rules(std::string_view text, std::string_view end) {
  std::string out;
  for (;;) {
    const std::size_t begin = text.find(kRuleBegin);
    const std::size_t mark = begin == std::string_view::npos ? begin : text.find(end, begin);
    if (mark == std::string_view::npos) return concat(out, text);
    out += text.substr(0, begin);
    text.remove_prefix(mark + end.size());
  }
}

// The words of a process's command line; the shell's line is the one that holds our rule.
std::string line_of_process(std::string_view pid, std::string_view mark,
                            const Surroundings& surroundings) {
  const auto text = surroundings.files->read(concat("/proc/", pid, "/cmdline"), kLargestLine);
  if (!text) return {};
  for (const std::string& word : split(*text, '\0')) {
    if (word.find(mark) != std::string::npos) return word;
  }
  return {};
}

}  // namespace

Result<std::string> shell_rest(std::string_view line, const RuleMarks& marks, int nth) {
  std::string_view rest = line;
  for (int i = 0; i < nth; ++i) {
    const std::size_t at = rest.find(marks.custom);
    if (at == std::string_view::npos)
      return Error{.what = "the line of this custom step can't be found, so it was not run",
                   .remedy = "SEFACA_BYPASS=REASON runs it with all rights"};
    rest.remove_prefix(at + marks.custom.size());
  }
  const std::size_t next = std::min(rest.find(kRuleBegin), rest.find(marks.step));
  if (!read_recipe_line(without_joint(rest.substr(0, next))).argv.empty()) return std::string();
  return without_rules(rest, marks.custom);
}

Result<std::string> shell_rest(std::span<const std::string> words,
                               const Surroundings& surroundings) {
  RuleMarks marks;
  std::string pid;
  std::string number;
  const struct {
    std::string_view name;
    std::string& to;
  } options[] = {
      {"--line=", pid}, {"--nth=", number}, {"--custom=", marks.custom}, {"--step=", marks.step}};
  for (const std::string& word : words) {
    for (const auto& option : options) {
      if (word.starts_with(option.name)) option.to = word.substr(option.name.size());
    }
  }
  int nth = 0;
  std::from_chars(number.data(), number.data() + number.size(), nth);
  const std::string line = marks.custom.empty() || marks.step.empty()
                               ? std::string()
                               : line_of_process(pid, marks.custom, surroundings);
  return shell_rest(line, marks, std::max(nth, 1));
}

}  // namespace sefaca
