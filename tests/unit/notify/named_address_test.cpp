#include "core/notify/named_address.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sefaca {
namespace {

std::string among(std::vector<std::string> words) {
  return address_among(words);
}

TEST(NamedAddress, StandsAloneOrInAUrl) {
  EXPECT_EQ(among({"curl", "-s", "http://10.1.2.3:8080/x?y=1"}), "10.1.2.3");
  EXPECT_EQ(among({"nc", "10.1.2.3", "80"}), "10.1.2.3");
  EXPECT_EQ(among({"git", "clone", "git@10.1.2.3:repository"}), "10.1.2.3");
  EXPECT_EQ(among({"wget", "https://user:word@[2001:db8::1]:443/"}), "2001:db8::1");
  EXPECT_EQ(among({"ping", "2001:db8::1"}), "2001:db8::1");
}

TEST(NamedAddress, NothingElseIsTakenForOne) {
  EXPECT_EQ(among({}), "");
  EXPECT_EQ(among({"", ":", "[", "://", "@", "a@", "[]"}), "");
  EXPECT_EQ(among({"server", "0.0.0.0", "1.2.3", "1.2.3.4.5", "http://example.com/10.0.0.1"}), "");
  EXPECT_EQ(among({"--version=10.1.2.3"}), "");
}

}  // namespace
}  // namespace sefaca
