// A parser that recurses, and destroys what it made by recursion, must not be given a text that
// nests a million deep: dotted keys, headers, arrays and inline tables are counted here first.
#include "core/config/text_check.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"
#include "core/config/source_text.h"
#include "core/config/toml_file.h"

namespace sefaca {
namespace {

// Walks over TOML's lexical structure: strings and comments are skipped, brackets and the dots of
// keys are counted.
class NestingScan {
 public:
  explicit NestingScan(std::string_view text) : text_(text) {}

  // The byte at which the nesting is too deep, or npos.
  std::size_t run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        skip_comment();
      } else if (c == '"' || c == '\'') {
        skip_string(c);
      } else if (!count(c)) {
        return at_;
      } else {
        ++at_;
      }
    }
    return std::string_view::npos;
  }

 private:
  // False when this byte makes it too deep.
  bool count(char c) {
    switch (c) {
      case '[':
      case '{':
        open();
        break;
      case ']':
      case '}':
        close();
        break;
      case '.':
        ++dots_;
        break;
      case '\n':
        end_of_line();
        break;
      case ',':
        dots_ = 0;
        break;
      default:
        break;
    }
    return total_ + dots_ + header_ <= kDeepestNesting;
  }
  void open() {
    if (open_.empty() && line_is_header()) header_ = 0;
    open_.push_back(dots_);
    total_ += dots_ + 1;
    dots_ = 0;
  }
  void close() {
    if (open_.empty()) return;
    if (line_is_header()) header_ = std::max(header_, dots_ + 1);
    total_ -= open_.back() + 1;
    dots_ = 0;
    open_.pop_back();
  }
  void end_of_line() {
    dots_ = 0;
    line_ = at_ + 1;
  }
  // Whether the line's first byte, white space aside, is a bracket.
  bool line_is_header() const {
    const auto first = text_.find_first_not_of(" \t", line_);
    return first != std::string_view::npos && text_[first] == '[';
  }
  void skip_comment() {
    const auto newline = text_.find('\n', at_);
    at_ = newline == std::string_view::npos ? text_.size() : newline;
  }
  void skip_string(char quote) {
    const std::string triple(3, quote);
    if (text_.substr(at_, 3) == triple) {
      at_ += 3;
      while (at_ < text_.size() && text_.substr(at_, 3) != triple) step_in_string(quote);
      at_ = std::min(at_ + 3, text_.size());
      return;
    }
    ++at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') step_in_string(quote);
    if (at_ < text_.size() && text_[at_] == quote) ++at_;
  }
  void step_in_string(char quote) { at_ += quote == '"' && text_[at_] == '\\' ? 2 : 1; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
  std::vector<int> open_;  // the dots before each open bracket
  int dots_ = 0;
  int total_ = 0;
  int header_ = 0;  // parts of the table that the lines stand in
};

}  // namespace

std::optional<Error> check_text(std::string_view text, const std::string& path) {
  if (text.size() > kLargestFile) {
    return Error{.what = concat("the file has ", std::to_string(text.size()),
                                " bytes; a configuration has at most 1 MiB"),
                 .where = path};
  }
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return error_at(path, text, position_of(text, nul), "a NUL byte: this is not a text file", "");
  }
  if (const auto deep = NestingScan(text).run(); deep != std::string_view::npos) {
    return error_at(path, text, position_of(text, deep),
                    concat("nested deeper than ", std::to_string(kDeepestNesting)), "");
  }
  return std::nullopt;
}

}  // namespace sefaca
