// Timestamps and ids of the log.
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "core/audit/record.h"

namespace sefaca {
namespace {

TEST(Timestamp, IsWrittenAsTheSpecificationPrintsIt) {
  EXPECT_EQ(format_timestamp(1'753'644'600'000), "2025-07-27T19:30:00Z");
  EXPECT_EQ(format_timestamp(1'753'644'600'999), "2025-07-27T19:30:00Z");
  EXPECT_EQ(format_timestamp(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_timestamp(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(format_timestamp(1'709'164'800'000), "2024-02-29T00:00:00Z");
  EXPECT_EQ(format_timestamp(4'107'542'399'000), "2100-02-28T23:59:59Z");
  EXPECT_EQ(format_timestamp(4'107'542'400'000), "2100-03-01T00:00:00Z");
}

TEST(Timestamp, EveryDayReadsBack) {
  for (std::int64_t day = -40'000; day < 60'000; ++day) {
    const std::int64_t ms = day * 86'400'000 + 45'296'000;
    ASSERT_EQ(parse_timestamp(format_timestamp(ms)), ms) << day;
  }
}

TEST(Timestamp, TakesTheUsualForms) {
  constexpr std::int64_t kDay = 1'753'574'400'000;
  EXPECT_EQ(parse_timestamp("2025-07-27"), kDay);
  EXPECT_EQ(parse_timestamp("2025-07-27T19:30"), kDay + 70'200'000);
  EXPECT_EQ(parse_timestamp("2025-07-27 19:30:00"), kDay + 70'200'000);
  EXPECT_EQ(parse_timestamp("2025-07-27T19:30:00.25Z"), kDay + 70'200'250);
  EXPECT_EQ(parse_timestamp("2025-07-27T21:30:00+02:00"), kDay + 70'200'000);
  EXPECT_EQ(parse_timestamp("2025-07-27T14:00:00-0530"), kDay + 70'200'000);
}

TEST(Timestamp, RefusesWhatIsNone) {
  for (const char* bad :
       {"", "2025", "2025-13-01", "2025-02-29", "2025-00-10", "2025-07-32", "2025-07-27T",
        "2025-07-27T25:00", "2025-07-27T19:60", "2025-07-27T19:30:00X", "2025-07-27T19:30:00.Z",
        "2025-07-27T19:30:00+2", "yesterday", "2025-07-27T19:30:00Z "})
    EXPECT_EQ(parse_timestamp(bad), std::nullopt) << bad;
}

TEST(RecordId, IsAUuidOfVersion7InOrder) {
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  std::string last;
  for (int i = 0; i < 2000; ++i) {
    const std::string id = new_record_id();
    ASSERT_TRUE(std::regex_match(id, form)) << id;
    ASSERT_TRUE(seen.insert(id).second) << id;
    // Up to the random part; a quarter of a microsecond is what it resolves.
    ASSERT_GE(id.substr(0, 18), last);
    last = id.substr(0, 18);
  }
}

}  // namespace
}  // namespace sefaca
