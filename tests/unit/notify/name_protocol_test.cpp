// The name service's protocol and the hosts file.
#include "core/notify/name_protocol.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <sys/socket.h>

#include <cstring>
#include <string>

#include "core/notify/hosts_file.h"

namespace sefaca {
namespace {

std::string request(std::int32_t type, const std::string& key, std::int32_t version = 2) {
  const std::int32_t header[3] = {version, type, static_cast<std::int32_t>(key.size())};
  return std::string(reinterpret_cast<const char*>(header), sizeof header) + key;
}
std::int32_t number(const std::string& answer, std::size_t index) {
  std::int32_t out = -99;
  if (answer.size() >= (index + 1) * sizeof out)
    std::memcpy(&out, answer.data() + index * sizeof out, sizeof out);
  return out;
}
const std::string kName("example.com\0", 12);

TEST(NameProtocol, RequestsAreReadByKind) {
  NameRequest got;
  ASSERT_EQ(parse_name_request(request(14, kName), got), RequestState::complete);
  EXPECT_EQ(got.kind, NameRequest::Kind::host);
  EXPECT_EQ(got.key, "example.com");
  EXPECT_EQ(got.length, 24U);
  for (const int type : {4, 5, 6, 7}) {
    ASSERT_EQ(parse_name_request(request(type, kName), got), RequestState::complete);
    EXPECT_EQ(got.kind, NameRequest::Kind::host) << type;
  }
  for (const int type : {11, 12, 13, 18, 21}) {
    ASSERT_EQ(parse_name_request(request(type, kName), got), RequestState::complete);
    EXPECT_EQ(got.kind, NameRequest::Kind::shared_map) << type;
  }
  for (const int type : {0, 1, 2, 3, 15, 16, 19}) {
    ASSERT_EQ(parse_name_request(request(type, kName), got), RequestState::complete);
    EXPECT_EQ(got.kind, NameRequest::Kind::account) << type;
  }
}

TEST(NameProtocol, TornAndWrongRequests) {
  NameRequest got;
  const std::string whole = request(14, kName);
  for (std::size_t i = 0; i < whole.size(); ++i)
    EXPECT_EQ(parse_name_request(whole.substr(0, i), got), RequestState::incomplete) << i;
  EXPECT_EQ(parse_name_request(request(14, kName, 1), got), RequestState::malformed);
  std::string negative = whole, huge = whole;
  const std::int32_t minus = -1, most = 1 << 20;
  std::memcpy(negative.data() + 8, &minus, sizeof minus);
  std::memcpy(huge.data() + 8, &most, sizeof most);
  EXPECT_EQ(parse_name_request(negative, got), RequestState::malformed);
  EXPECT_EQ(parse_name_request(huge, got), RequestState::malformed);
}

TEST(NameProtocol, AnswersAreAsGlibcReadsThem) {
  NameRequest all;
  parse_name_request(request(14, kName), all);
  const std::string none = answer_host(all, {});
  ASSERT_EQ(none.size(), 24U);
  EXPECT_EQ(number(none, 1), 0);
  EXPECT_EQ(number(none, 5), HOST_NOT_FOUND);
  const std::string two = answer_host(
      all, addresses_in_hosts("127.0.0.1 example.com\n::1 example.com", "example.com", ""));
  EXPECT_EQ(number(two, 1), 1);
  EXPECT_EQ(number(two, 2), 2);
  EXPECT_EQ(number(two, 3), 20);
  EXPECT_EQ(number(two, 4), 12);
  ASSERT_EQ(two.size(), 24U + 20 + 2 + 12);
  EXPECT_EQ(two[44], AF_INET);
  EXPECT_EQ(two[45], AF_INET6);
  EXPECT_EQ(two.substr(46), kName);
  NameRequest v4;
  parse_name_request(request(4, kName), v4);
  const std::string one =
      answer_host(v4, addresses_in_hosts("127.0.0.1 example.com", "example.com", ""));
  ASSERT_EQ(one.size(), 32U + 12 + 4);
  EXPECT_EQ(number(one, 1), 1);
  EXPECT_EQ(number(one, 4), AF_INET);
  EXPECT_EQ(number(one, 6), 1);
}

TEST(HostsFile, NamesAliasesCommentsAndCase) {
  constexpr std::string_view kHosts =
      "# a comment\n10.1.2.3\tServer.Example server # server2\n\n::5 server\r\nbad.address x\n"
      "10.9.9.9 last";
  EXPECT_EQ(addresses_in_hosts(kHosts, "server", "").size(), 2U);
  EXPECT_EQ(addresses_in_hosts(kHosts, "SERVER.example.", "").size(), 1U);
  EXPECT_EQ(addresses_in_hosts(kHosts, "last", "").size(), 1U);
  EXPECT_TRUE(addresses_in_hosts(kHosts, "server2", "").empty());
  EXPECT_TRUE(addresses_in_hosts(kHosts, "x", "").empty());
  EXPECT_TRUE(addresses_in_hosts(kHosts, "10.1.2.3", "").empty());
}

TEST(HostsFile, TheMachineItselfIsLoopbackWhateverStandsThere) {
  for (const char* name : {"localhost", "a.localhost", "Box"})
    EXPECT_EQ(addresses_in_hosts("", name, "box").size(), 2U) << name;
  EXPECT_EQ(addresses_in_hosts("127.0.1.1 box", "box", "box").size(), 1U);
  EXPECT_TRUE(addresses_in_hosts("", "other", "box").empty());
  EXPECT_TRUE(addresses_in_hosts("", "", "").empty());
}

}  // namespace
}  // namespace sefaca
