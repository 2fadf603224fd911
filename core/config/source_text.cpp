// Lines, columns and carets of a configuration file.
#include "core/config/source_text.h"

#include <algorithm>

#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::size_t kWidth = 96;  // of an excerpt, in bytes of the source

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

// The beginning of line `line`, or npos when there are fewer lines.
std::size_t line_start(std::string_view text, std::uint32_t line) {
  std::size_t start = 0;
  for (std::uint32_t at = 1; at < line; ++at) {
    const auto newline = text.find('\n', start);
    if (newline == std::string_view::npos) return std::string_view::npos;
    start = newline + 1;
  }
  return start;
}

std::string_view line_from(std::string_view text, std::size_t start) {
  auto line = text.substr(start, text.find('\n', start) - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Tabs as one space: the caret below counts columns, not tab stops.
std::string shown(std::string_view piece) {
  std::string out(piece);
  std::replace(out.begin(), out.end(), '\t', ' ');
  return printable(out);
}

}  // namespace

std::size_t offset_of(std::string_view text, Position position) {
  const auto start = line_start(text, position.line);
  if (start == std::string_view::npos) return text.size();
  std::size_t offset = start;
  std::uint32_t column = 1;
  while (offset < text.size() && text[offset] != '\n' && column < position.column) {
    ++offset;
    while (offset < text.size() && is_continuation(text[offset])) ++offset;
    ++column;
  }
  return offset;
}

Position position_of(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto newline = before.rfind('\n');
  const auto start = newline == std::string_view::npos ? 0 : newline + 1;
  return {static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
          static_cast<std::uint32_t>(code_points(before.substr(start)) + 1)};
}

std::string origin_of(std::string_view path, Position position) {
  return concat(path, ":", std::to_string(position.line), ":", std::to_string(position.column));
}

std::string excerpt_of(std::string_view text, Position position) {
  const auto start = line_start(text, position.line);
  if (start == std::string_view::npos) return {};
  const auto line = line_from(text, start);
  std::size_t at = std::min(offset_of(text, position) - start, line.size());
  std::size_t from = at > kWidth - 16 ? at - kWidth / 2 : 0;
  while (from > 0 && is_continuation(line[from])) --from;
  std::size_t to = std::min(from + kWidth, line.size());
  while (to < line.size() && is_continuation(line[to])) ++to;
  const std::string before = concat(from > 0 ? "..." : "", shown(line.substr(from, at - from)));
  const std::string after = concat(shown(line.substr(at, to - at)), to < line.size() ? "..." : "");
  return concat(before, after, "\n", std::string(code_points(before), ' '), "^");
}

Error error_at(std::string_view path, std::string_view text, Position position, std::string what,
               std::string remedy) {
  return Error{.what = std::move(what),
               .where = origin_of(path, position),
               .excerpt = excerpt_of(text, position),
               .remedy = std::move(remedy)};
}

}  // namespace sefaca
