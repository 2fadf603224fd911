// Durations, sizes and counts, with errors that name the unit that was meant.
#include "core/policy/units.h"

#include <array>
#include <charconv>
#include <limits>
#include <span>

#include "core/base/text.h"

namespace sefaca {
namespace {

using Number = std::optional<std::uint64_t>;

struct Unit {
  std::string_view spelling;
  std::uint64_t factor;
  std::string_view meant;  // the unit proper when this is only a spelling that people try; or empty
};

constexpr std::uint64_t kKibi = 1024;

constexpr Unit kDurations[] = {
    {"", 1000, ""},       {"ms", 1, ""},       {"s", 1000, ""},  {"m", 60'000, ""},
    {"h", 3'600'000, ""}, {"sec", 0, "s"},     {"secs", 0, "s"}, {"second", 0, "s"},
    {"seconds", 0, "s"},  {"min", 0, "m"},     {"mins", 0, "m"}, {"minute", 0, "m"},
    {"minutes", 0, "m"},  {"hr", 0, "h"},      {"hour", 0, "h"}, {"hours", 0, "h"},
    {"msec", 0, "ms"},    {"millis", 0, "ms"},
};

constexpr Unit kSizes[] = {
    {"", 1, ""},
    {"b", 1, ""},
    {"k", kKibi, ""},
    {"kb", kKibi, ""},
    {"kib", kKibi, ""},
    {"m", kKibi* kKibi, ""},
    {"mb", kKibi* kKibi, ""},
    {"mib", kKibi* kKibi, ""},
    {"g", kKibi* kKibi* kKibi, ""},
    {"gb", kKibi* kKibi* kKibi, ""},
    {"gib", kKibi* kKibi* kKibi, ""},
    {"t", kKibi* kKibi* kKibi* kKibi, ""},
    {"tb", kKibi* kKibi* kKibi* kKibi, ""},
    {"tib", kKibi* kKibi* kKibi* kKibi, ""},
    {"meg", 0, "m"},
    {"megs", 0, "m"},
    {"gig", 0, "g"},
    {"gigs", 0, "g"},
};

struct Kind {
  std::string_view noun;     // "duration"
  std::string_view known;    // "ms, s, m, h"
  std::string_view example;  // "60, 90s, 5m, 1h or none"
  std::span<const Unit> units;
  bool any_case;  // "4G" is "4g"; a duration's "M" is nothing
};

constexpr Kind kDuration{"duration", "ms, s, m, h", "60, 90s, 5m, 1h or none", kDurations, false};
constexpr Kind kSize{"size", "k, m, g, t", "1048576, 512m, 4g or none", kSizes, true};

Error refusal(std::string_view text, std::string_view noun, std::string_view why,
              std::string remedy) {
  Error error;
  error.what = concat("'", printable(text), "' is no ", noun, ": ", why);
  error.remedy = std::move(remedy);
  return error;
}

// The number at the start of `text`, and what follows it.
struct Leading {
  std::uint64_t number = 0;
  std::string_view rest{};
  bool any = false;  // there were digits
  bool too_large = false;
};

Leading leading_number(std::string_view text) {
  Leading out;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out.number);
  out.any = end != text.data();
  out.too_large = problem == std::errc::result_out_of_range;
  out.rest = text.substr(static_cast<std::size_t>(end - text.data()));
  return out;
}

Error unknown_unit(const Kind& kind, std::string_view text, std::string_view unit,
                   std::uint64_t number) {
  std::vector<std::string_view> spellings;
  for (const Unit& known : kind.units) spellings.push_back(known.spelling);
  const std::string near = nearest(unit, spellings);
  std::string remedy;
  for (const Unit& known : kind.units) {
    if (near.empty() || known.spelling != near) continue;
    const std::string_view proper = known.meant.empty() ? known.spelling : known.meant;
    remedy = concat("did you mean '", std::to_string(number), proper, "'?");
  }
  return refusal(text, kind.noun,
                 concat("unknown unit '", printable(unit), "' (use ", kind.known, ")"), remedy);
}

Result<Number> parse_with_unit(const Kind& kind, std::string_view text) {
  const auto write = [&] { return concat("write it as ", kind.example); };
  if (text == "none") return Number{};
  if (text.empty()) return refusal(text, kind.noun, "it is empty", write());
  const Leading start = leading_number(text);
  if (!start.any) return refusal(text, kind.noun, "it does not begin with a whole number", write());
  if (start.too_large) return refusal(text, kind.noun, "the number is too large", write());
  if (start.rest.starts_with('.') || start.rest.starts_with(','))
    return refusal(text, kind.noun, "fractions are not taken",
                   "use a whole number of a smaller unit");

  const std::string unit = kind.any_case ? lower(start.rest) : std::string(start.rest);
  for (const Unit& known : kind.units) {
    if (known.spelling != unit || known.factor == 0) continue;
    if (start.number > std::numeric_limits<std::uint64_t>::max() / known.factor)
      return refusal(text, kind.noun, "the number is too large", write());
    return Number{start.number * known.factor};
  }
  return unknown_unit(kind, text, start.rest, start.number);
}

std::string format(Number value, std::span<const std::pair<std::uint64_t, const char*>> units) {
  if (!value) return "none";
  for (const auto& [factor, suffix] : units) {
    if (*value >= factor && *value % factor == 0)
      return concat(std::to_string(*value / factor), suffix);
  }
  return std::to_string(*value);
}

}  // namespace

Result<Number> parse_duration(std::string_view text) {
  return parse_with_unit(kDuration, text);
}

Result<Number> parse_bytes(std::string_view text) {
  return parse_with_unit(kSize, text);
}

Result<Number> parse_count(std::string_view text) {
  if (text == "none") return Number{};
  if (text.empty()) return refusal(text, "count", "it is empty", "write a whole number or none");
  const Leading start = leading_number(text);
  if (start.too_large)
    return refusal(text, "count", "the number is too large", "write a whole number or none");
  if (!start.any || !start.rest.empty())
    return refusal(text, "count", "it is not a whole number", "write a whole number or none");
  return Number{start.number};
}

std::string format_duration(Number milliseconds) {
  static constexpr std::array<std::pair<std::uint64_t, const char*>, 4> kUnits{
      {{3'600'000, "h"}, {60'000, "m"}, {1000, "s"}, {1, "ms"}}};
  if (milliseconds == std::uint64_t{0}) return "0s";
  return format(milliseconds, kUnits);
}

std::string format_bytes(Number bytes) {
  static constexpr std::array<std::pair<std::uint64_t, const char*>, 4> kUnits{
      {{kKibi * kKibi * kKibi * kKibi, "t"},
       {kKibi * kKibi * kKibi, "g"},
       {kKibi * kKibi, "m"},
       {kKibi, "k"}}};
  return format(bytes, kUnits);
}

}  // namespace sefaca
