// Result and its macros.
#include "core/base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace sefaca {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error{.what = "odd"};
  return number / 2;
}

Result<int> quarter(int number) {
  SEFACA_TRY(once, half(number));
  SEFACA_TRY(twice, half(once));
  return twice;
}

Status even(int number) {
  SEFACA_CHECK(half(number));
  return Done{};
}

TEST(Result, CarriesTheValueOrEveryError) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error().what, "odd");
  EXPECT_TRUE(even(2).ok());
  EXPECT_FALSE(even(3).ok());
  const Result<int> two(Errors{{.what = "a"}, {.what = "b"}});
  EXPECT_EQ(two.errors().size(), 2U);
}

TEST(Result, HoldsWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(3));
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 3);
}

}  // namespace
}  // namespace sefaca
