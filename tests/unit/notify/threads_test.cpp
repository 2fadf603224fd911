// What is done beside the receiver: names, work that may block, and the violations of all of them.
// The same tests run under ThreadSanitizer (see `./dev test`).
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "core/notify/host_names.h"
#include "core/notify/name_protocol.h"
#include "core/notify/violations.h"
#include "core/notify/workers.h"

namespace sefaca {
namespace {

constexpr std::int32_t kAllAddresses = 14;

// What glibc sends for a host's addresses.
std::string question(const std::string& name) {
  const std::int32_t header[3] = {2, kAllAddresses, static_cast<std::int32_t>(name.size() + 1)};
  std::string out(reinterpret_cast<const char*>(header), sizeof header);
  return out.append(name).append(1, '\0');
}

// Asks, and waits for the answer, whose second number says whether the name was found.
bool is_found(int fd, const std::string& name) {
  const std::string words = question(name);
  if (::send(fd, words.data(), words.size(), MSG_NOSIGNAL) < 0) return true;
  pollfd waits{fd, POLLIN, 0};
  std::int32_t answer[64] = {};
  constexpr int kPatienceMs = 60'000;
  if (::poll(&waits, 1, kPatienceMs) != 1) return true;
  return ::read(fd, answer, sizeof answer) < 8 || answer[1] == 1;
}

Violation asked_for(const std::string& name) {
  Violation v;
  v.kind = ViolationKind::network_access_denied;
  v.operation = "resolve";
  v.attempted_host = name;
  return v;
}

TEST(Threads, NamesAreHeardWhileOthersAskAndTheReceiverReadsThem) {
  constexpr int kAskers = 8, kQuestions = 20;
  Violations violations;
  std::atomic<int> denied = 0;
  {
    HostNames names([&](const HostNames::Asker& asker, const std::string& name) {
      Violation v = asked_for(name);
      v.pid = asker.process;
      violations.add(std::move(v));
      ++denied;
    });
    std::vector<std::thread> askers;
    for (int i = 0; i < kAskers; ++i) {
      UniqueFd end = names.connect({.process = i, .program = "/usr/bin/curl"});
      ASSERT_TRUE(end);
      askers.emplace_back([i, end = std::move(end)] {
        for (int j = 0; j < kQuestions; ++j)
          EXPECT_FALSE(is_found(end.get(), "host" + std::to_string(i) + ".example"));
      });
    }
    for (int i = 0; i < 1000; ++i) {
      (void)names.name_of("192.0.2.1");
      Violation own = asked_for("receiver.example");
      if (!violations.count_again(own)) violations.add(std::move(own));
    }
    for (std::thread& asker : askers) asker.join();
  }
  EXPECT_EQ(denied, kAskers * kQuestions);
  std::uint64_t asked = 0;
  for (const Violation& v : violations.take()) {
    if (v.attempted_host.starts_with("host")) asked += v.count;
  }
  EXPECT_EQ(asked, kAskers * kQuestions);
}

TEST(Threads, NamesEndWithConnectionsOpenAndQuestionsUnread) {
  for (int round = 0; round < 20; ++round) {
    HostNames names([](const HostNames::Asker&, const std::string&) {});
    std::vector<UniqueFd> ends;
    for (int i = 0; i < 4; ++i) {
      ends.push_back(names.connect({}));
      ASSERT_TRUE(ends.back());
      const std::string words = question("a.example");
      ASSERT_GT(::send(ends.back().get(), words.data(), words.size(), MSG_NOSIGNAL), 0);
    }
  }
}

TEST(Threads, WorkersAreBoundedAndAllAreDone) {
  constexpr int kMany = 400;
  std::atomic<int> done = 0, refused = 0;
  std::atomic<bool> go = false;
  for (int i = 0; i < kMany; ++i) {
    const bool taken = run_beside([&] {
      go.wait(false);
      if (done.fetch_add(1) + 1 == kMany) done.notify_all();
    });
    if (!taken) ++refused;
  }
  EXPECT_GT(refused, 0);
  go = true;
  go.notify_all();
  while (done + refused < kMany) std::this_thread::yield();
  EXPECT_TRUE([&] {
    // A place is free again once its worker has ended, a moment after its work.
    for (int i = 0; i < 10'000; ++i) {
      std::atomic<bool> over = false;
      if (run_beside([&] {
            over = true;
            over.notify_all();
          })) {
        over.wait(false);
        return true;
      }
      std::this_thread::yield();
    }
    return false;
  }());
}

}  // namespace
}  // namespace sefaca
