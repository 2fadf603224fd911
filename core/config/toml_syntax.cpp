#include "core/config/toml_syntax.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr int kMostSyntaxErrors = 20;

struct SyntaxError {
  Position place;
  std::string what;
};

// nullopt: parsed into `root`.
std::optional<SyntaxError> parse_toml(std::string_view text, toml::table& root) {
  try {
    root = toml::parse(text);
    return std::nullopt;
  } catch (const toml::parse_error& error) {
    return SyntaxError{position(error.source().begin), std::string(error.description())};
  } catch (const BrokenAssertion& error) {
    return SyntaxError{{0, 0}, error.what()};
  }
}

bool breaks_assertion(std::string_view text) {
  toml::table root;
  const auto error = parse_toml(text, root);
  return error && error->place.line == 0;
}

// The first line with which the text breaks an assertion; all lines before it are no error.
std::uint32_t breaking_line(std::string_view text) {
  std::uint32_t good = 0;
  std::uint32_t bad = position_of(text, text.size()).line;
  while (bad - good > 1) {
    const std::uint32_t middle = good + (bad - good) / 2;
    (breaks_assertion(text.substr(0, offset_of(text, {middle + 1, 1}))) ? bad : good) = middle;
  }
  return bad;
}

// Whether the line is a whole `name = value` by itself, so that without it the rest still means
// what it meant.
bool stands_alone(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return false;
  const auto name = trim(line.substr(0, equals));
  const auto value = trim(line.substr(equals + 1));
  const auto count = [value](char c) { return std::count(value.begin(), value.end(), c); };
  return !name.empty() &&
         std::all_of(name.begin(), name.end(),
                     [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '_' || c == '-';
                     }) &&
         count('[') == count(']') && count('{') == count('}') &&
         value.find("\"\"\"") == std::string_view::npos &&
         value.find("'''") == std::string_view::npos;
}

}  // namespace

Position position(const toml::source_position& place) {
  return {place.line, place.column};
}

TomlSyntax read_toml(std::string_view text, const std::string& path) {
  TomlSyntax out;
  std::string remaining(text);  // `text`, less the lines that are no TOML: blanks in their place
  std::uint32_t last_line = 0;
  while (auto error = parse_toml(remaining, out.root)) {
    if (error->place.line == 0) error->place = {breaking_line(remaining), 1};
    out.errors.push_back(error_at(path, text, error->place, error->what, ""));
    const auto start = offset_of(remaining, {error->place.line, 1});
    const auto end = std::min(remaining.find('\n', start), remaining.size());
    const bool progress = error->place.line > last_line;
    if (!progress || out.errors.size() >= kMostSyntaxErrors || start >= end ||
        !stands_alone(std::string_view(remaining).substr(start, end - start)))
      return out;
    last_line = error->place.line;
    std::fill(remaining.begin() + static_cast<std::ptrdiff_t>(start),
              remaining.begin() + static_cast<std::ptrdiff_t>(end), ' ');
  }
  out.understood = true;
  return out;
}

}  // namespace sefaca
