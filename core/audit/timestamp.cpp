// Timestamps of the log: ISO 8601 in UTC, without the C library's locale and time zones.
#include <array>
#include <cstddef>
#include <cstdio>

#include "core/audit/record.h"

namespace sefaca {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

struct Date {
  std::int64_t year;
  int month, day;
};

// Days since 1970-01-01 in the Gregorian calendar; years run from March, so that a leap day is the
// last of its year.
std::int64_t days_from(const Date& date) {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const int month_from_march = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

Date date_from(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int month =
      static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  const int day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

// Reads fixed-width numbers and separators off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool number(std::size_t digits, int& out) {
    if (rest_.size() < digits) return false;
    out = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      out = out * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return true;
  }
  bool skip(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

int days_in(const Date& date) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
  return date.month == 2 && leap ? 29 : kDays.at(static_cast<std::size_t>(date.month - 1));
}

// "12:34", "12:34:56", "12:34:56.789": milliseconds of the day.
bool scan_time(Scanner& scanner, std::int64_t& out) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int milliseconds = 0;
  if (!scanner.number(2, hour) || !scanner.skip(":") || !scanner.number(2, minute)) return false;
  if (scanner.skip(":")) {
    if (!scanner.number(2, second)) return false;
    if (scanner.skip(".,")) {
      int digit = 0;
      int scale = 100;
      if (!scanner.number(1, digit)) return false;
      do {
        milliseconds += digit * scale;
        scale /= 10;
      } while (scanner.number(1, digit));
    }
  }
  if (hour > 23 || minute > 59 || second > 60) return false;
  out = ((hour * 60 + minute) * 60 + second) * std::int64_t{1000} + milliseconds;
  return true;
}

// "Z", "+02:00", "-0530" or nothing: milliseconds to take off.
bool scan_offset(Scanner& scanner, std::int64_t& out) {
  out = 0;
  if (scanner.done() || scanner.skip("Zz")) return true;
  const bool negative = scanner.peek() == '-';
  int hours = 0;
  int minutes = 0;
  if (!scanner.skip("+-") || !scanner.number(2, hours)) return false;
  scanner.skip(":");
  if (!scanner.number(2, minutes) || hours > 23 || minutes > 59) return false;
  out = (hours * 60 + minutes) * std::int64_t{60'000} * (negative ? -1 : 1);
  return true;
}

}  // namespace

std::string format_timestamp(std::int64_t unix_ms) {
  std::int64_t seconds = unix_ms / 1000;
  if (unix_ms % 1000 < 0) --seconds;
  std::int64_t days = seconds / kSecondsPerDay;
  if (seconds % kSecondsPerDay < 0) --days;
  const int of_day = static_cast<int>(seconds - days * kSecondsPerDay);
  const Date date = date_from(days);
  std::array<char, 48> text{};
  static_cast<void>(std::snprintf(text.data(), text.size(), "%04lld-%02d-%02dT%02d:%02d:%02dZ",
                                  static_cast<long long>(date.year), date.month, date.day,
                                  of_day / 3600, of_day / 60 % 60, of_day % 60));
  return text.data();
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  Scanner scanner(text);
  int year = 0;
  int month = 0;
  int day = 0;
  if (!scanner.number(4, year) || !scanner.skip("-") || !scanner.number(2, month) ||
      !scanner.skip("-") || !scanner.number(2, day))
    return std::nullopt;
  const Date date{year, month, day};
  if (month < 1 || month > 12 || day < 1 || day > days_in(date)) return std::nullopt;
  std::int64_t time = 0;
  std::int64_t offset = 0;
  if (scanner.skip("Tt ") && (!scan_time(scanner, time) || !scan_offset(scanner, offset)))
    return std::nullopt;
  if (!scanner.done()) return std::nullopt;
  return days_from(date) * kSecondsPerDay * 1000 + time - offset;
}

}  // namespace sefaca
