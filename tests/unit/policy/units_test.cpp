// Durations, sizes and counts: values and exact errors.
#include "core/policy/units.h"

#include <gtest/gtest.h>

namespace sefaca {
namespace {

using Number = std::optional<std::uint64_t>;

std::string error_text(const Result<Number>& result) {
  if (result) return "no error";
  const Error& error = result.error();
  return error.remedy.empty() ? error.what : error.what + "; " + error.remedy;
}

TEST(Duration, Values) {
  EXPECT_EQ(*parse_duration("60"), Number(60'000));
  EXPECT_EQ(*parse_duration("90s"), Number(90'000));
  EXPECT_EQ(*parse_duration("1500ms"), Number(1500));
  EXPECT_EQ(*parse_duration("5m"), Number(300'000));
  EXPECT_EQ(*parse_duration("1h"), Number(3'600'000));
  EXPECT_EQ(*parse_duration("none"), Number());
  EXPECT_EQ(*parse_duration("0"), Number(0));
}

TEST(Duration, Errors) {
  const std::pair<const char*, const char*> rows[] = {
      {"12x", "'12x' is no duration: unknown unit 'x' (use ms, s, m, h)"},
      {"5M", "'5M' is no duration: unknown unit 'M' (use ms, s, m, h); did you mean '5m'?"},
      {"5min", "'5min' is no duration: unknown unit 'min' (use ms, s, m, h); did you mean '5m'?"},
      {"90secs",
       "'90secs' is no duration: unknown unit 'secs' (use ms, s, m, h); did you mean '90s'?"},
      {"", "'' is no duration: it is empty; write it as 60, 90s, 5m, 1h or none"},
      {"-5",
       "'-5' is no duration: it does not begin with a whole number; "
       "write it as 60, 90s, 5m, 1h or none"},
      {"1.5h",
       "'1.5h' is no duration: fractions are not taken; "
       "use a whole number of a smaller unit"},
      {"99999999999999999999s",
       "'99999999999999999999s' is no duration: the number is too large; "
       "write it as 60, 90s, 5m, 1h or none"},
      {"18446744073709551615h",
       "'18446744073709551615h' is no duration: the number is too large; "
       "write it as 60, 90s, 5m, 1h or none"},
      {"5\x1B", "'5\\x1b' is no duration: unknown unit '\\x1b' (use ms, s, m, h)"},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(error_text(parse_duration(text)), expected);
}

TEST(Bytes, Values) {
  constexpr std::uint64_t kMebi = 1024 * 1024;
  const std::pair<const char*, std::uint64_t> rows[] = {
      {"1048576", kMebi},
      {"64k", 65536},
      {"512m", 512 * kMebi},
      {"512M", 512 * kMebi},
      {"4g", 4096 * kMebi},
      {"4GB", 4096 * kMebi},
      {"4GiB", 4096 * kMebi},
      {"1t", 1024 * 1024 * kMebi},
      {"5b", 5},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(*parse_bytes(text), Number(expected)) << text;
  EXPECT_EQ(*parse_bytes("none"), Number());
}

TEST(Bytes, Errors) {
  EXPECT_EQ(error_text(parse_bytes("12x")), "'12x' is no size: unknown unit 'x' (use k, m, g, t)");
  EXPECT_EQ(error_text(parse_bytes("2gig")),
            "'2gig' is no size: unknown unit 'gig' (use k, m, g, t); did you mean '2g'?");
  EXPECT_EQ(error_text(parse_bytes("20000000t")),
            "'20000000t' is no size: the number is too large; "
            "write it as 1048576, 512m, 4g or none");
}

TEST(Count, ValuesAndErrors) {
  EXPECT_EQ(*parse_count("64"), Number(64));
  EXPECT_EQ(*parse_count("none"), Number());
  EXPECT_EQ(error_text(parse_count("64k")),
            "'64k' is no count: it is not a whole number; write a whole number or none");
  EXPECT_EQ(error_text(parse_count("")),
            "'' is no count: it is empty; write a whole number or none");
}

TEST(Format, IsReadBack) {
  EXPECT_EQ(format_duration(90'000), "90s");
  EXPECT_EQ(format_duration(300'000), "5m");
  EXPECT_EQ(format_duration(1500), "1500ms");
  EXPECT_EQ(format_duration(0), "0s");
  EXPECT_EQ(format_duration(std::nullopt), "none");
  EXPECT_EQ(format_bytes(512ULL << 20), "512m");
  EXPECT_EQ(format_bytes(1000), "1000");
  EXPECT_EQ(format_bytes(0), "0");
  for (const std::uint64_t value : {1ULL, 1024ULL, 3ULL << 30, 1ULL << 40, 1536ULL << 20})
    EXPECT_EQ(*parse_bytes(format_bytes(value)), Number(value));
}

}  // namespace
}  // namespace sefaca
