// Distinct violations once, counted, and bounded in number.
#include "core/notify/violations.h"

#include <gtest/gtest.h>

#include <string>

namespace sefaca {
namespace {

Violation write_to(const std::string& path) {
  Violation v;
  v.kind = ViolationKind::filesystem_write_denied;
  v.path = path;
  v.operation = "open";
  v.program = "/usr/bin/touch";
  return v;
}

Violation network(const std::string& host, const std::string& program) {
  Violation v;
  v.kind = ViolationKind::network_access_denied;
  v.attempted_host = host;
  v.operation = host.empty() ? "socket" : "connect";
  v.program = program;
  return v;
}

TEST(Violations, TheSameOneIsCounted) {
  Violations all;
  EXPECT_TRUE(all.empty());
  EXPECT_FALSE(all.count_again(write_to("/a")));
  EXPECT_TRUE(all.add(write_to("/a")));
  EXPECT_TRUE(all.count_again(write_to("/a")));
  EXPECT_FALSE(all.add(write_to("/a")));
  EXPECT_TRUE(all.add(write_to("/b")));
  const auto taken = all.take();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].path, "/a");
  EXPECT_EQ(taken[0].count, 3U);
  EXPECT_EQ(taken[1].count, 1U);
  EXPECT_TRUE(all.empty());
}

TEST(Violations, WhatDiffersInOneFieldIsAnother) {
  Violations all;
  Violation logged = write_to("/a");
  logged.blocked = false;
  Violation removed = write_to("/a");
  removed.operation = "unlink";
  for (const Violation& v : {write_to("/a"), logged, removed}) EXPECT_TRUE(all.add(v));
  EXPECT_EQ(all.take().size(), 3U);
}

TEST(Violations, TheRestIsSummedUpByKindAndAction) {
  Violations all;
  constexpr std::size_t kMany = 5000;
  for (std::size_t i = 0; i < kMany; ++i) all.add(write_to("/many/" + std::to_string(i)));
  Violation other = network("example.com", "/usr/bin/curl");
  all.add(other);
  EXPECT_TRUE(all.count_again(write_to("/many/7")));
  const auto taken = all.take();
  ASSERT_EQ(taken.size(), Violations::kMostDistinct + 2);
  EXPECT_EQ(taken[7].count, 2U);
  const Violation& rest = taken[Violations::kMostDistinct];
  EXPECT_EQ(rest.operation, "further denials");
  EXPECT_EQ(rest.kind, ViolationKind::filesystem_write_denied);
  EXPECT_EQ(rest.count, kMany - Violations::kMostDistinct);
  EXPECT_TRUE(rest.path.empty());
  EXPECT_EQ(taken.back().kind, ViolationKind::network_access_denied);
}

TEST(Violations, ARefusedSocketOfAProgramThatNamedItsHostIsNoSecondOne) {
  Violations all;
  all.add(network("", "/usr/bin/curl"));
  all.add(network("example.com", "/usr/bin/curl"));
  all.add(network("", "/usr/bin/nc"));
  const auto taken = all.take();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].attempted_host, "example.com");
  EXPECT_EQ(taken[1].program, "/usr/bin/nc");
}

}  // namespace
}  // namespace sefaca
