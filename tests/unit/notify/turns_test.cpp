#include "core/notify/turns.h"

#include <gtest/gtest.h>

namespace sefaca {
namespace {

TEST(Turns, OneAfterTheOtherIsOneAtATime) {
  Turns turns;
  for (int caller = 1; caller <= 5; ++caller) {
    for (int call = 0; call < 100; ++call) EXPECT_FALSE(turns.take(caller));
  }
  EXPECT_TRUE(turns.one_at_a_time());
}

TEST(Turns, CallersThatTakeTurnsAtEachCallRunBesideEachOther) {
  Turns turns;
  int changes = 0;
  for (int call = 0; call < 1000; ++call) changes += turns.take(1 + call / 2 % 2) ? 1 : 0;
  EXPECT_FALSE(turns.one_at_a_time());
  EXPECT_EQ(changes, 1);
  for (int call = 0; call < 1000; ++call) changes += turns.take(1) ? 1 : 0;
  EXPECT_TRUE(turns.one_at_a_time());
  EXPECT_EQ(changes, 2);
}

}  // namespace
}  // namespace sefaca
