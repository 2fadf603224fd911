#include "shipper/ship.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <random>

#include "core/audit/spool.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::size_t kMostLines = 500;
constexpr std::size_t kMostBytes = std::size_t{1024} * 1024;
constexpr std::uint64_t kFirstPauseMs = 1000;
constexpr std::uint64_t kLongestPauseMs = 60'000;
constexpr std::uint64_t kLongestRetryAfter = 300;  // seconds
constexpr std::uint64_t kBackgroundMs = 600'000;
constexpr std::uint64_t kLingerMs = 2000;
constexpr std::uint64_t kTakeOverMs = 10'000;

std::uint64_t now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

void sleep_ms(std::uint64_t ms) {
  const timespec pause{static_cast<time_t>(ms / 1000), static_cast<long>(ms % 1000) * 1'000'000};
  nanosleep(&pause, nullptr);
}

constexpr char kBackgroundMark = 'b', kForegroundMark = 'f';

// What the holder of the lock is, in the lock's file.
void mark_lock(int fd, bool background) {
  const char mark = background ? kBackgroundMark : kForegroundMark;
  if (pwrite(fd, &mark, 1, 0) != 1) return;  // then it is not taken for a background one
}
bool is_in_background(const std::string& spool) {
  const UniqueFd fd(::open((spool + "/lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  char mark = 0;
  const bool read = fd && pread(fd.get(), &mark, 1, 0) == 1;
  // Closing any descriptor of a file ends this process's locks on it (fcntl(2)): it has none yet.
  return read && mark == kBackgroundMark;
}

// Ends the background process that ships now; it may be ended at any moment without a loss. The
// descriptor makes sure that it is still the one that holds the lock.
void end_other(const std::string& spool) {
  const auto pid = shipper_of(spool);
  if (!pid || !is_in_background(spool)) return;
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, *pid, 0)));
  if (process && shipper_of(spool) == pid)
    syscall(SYS_pidfd_send_signal, process.get(), SIGTERM, nullptr, 0);
}

void keep_failure(const std::string& spool, const std::string& failure) {
  const std::string path = spool + "/last-error";
  if (failure.empty()) {
    unlink(path.c_str());
    return;
  }
  const UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (fd && ::write(fd.get(), failure.data(), failure.size()) < 0) return;  // only a hint
}

class Shipper {
 public:
  Shipper(const ShipRequest& request, Endpoint& endpoint) : request_(request), endpoint_(endpoint) {
    const bool background = request.mode == ShipRequest::Mode::background;
    deadline_ = now_ms() + (background ? kBackgroundMs : request.wait_ms);
  }

  // Until nothing waits, or something does and there is no time left.
  Status run(Shipped& out) {
    SpoolReader reader(request_.spool);
    for (;;) {
      SEFACA_TRY(batch, reader.next(lines_, kMostBytes));
      out.skipped += batch.skipped;
      if (batch.ends.empty()) return Done{};
      const Answer answer = endpoint_.post(batch.text);
      if (answer.kind == Answer::Kind::taken) {
        SEFACA_CHECK(reader.done());
        out.records += batch.ends.size();
        out.failure.clear();
        lines_ = std::min(kMostLines, lines_ * 2);
        pause_ms_ = kFirstPauseMs;
        continue;
      }
      if (answer.kind == Answer::Kind::refused) {
        // One record of many may be the reason: the batch is halved until it is alone.
        if (batch.ends.size() > 1) {
          lines_ = batch.ends.size() / 2;
          continue;
        }
        SEFACA_CHECK(reader.set_aside());
        ++out.refused;
        continue;
      }
      out.failure = answer.why;
      if (!wait_after(answer)) return Done{};
    }
  }

 private:
  // False: there is no time for another attempt.
  bool wait_after(const Answer& answer) {
    const bool background = request_.mode == ShipRequest::Mode::background;
    if (request_.mode == ShipRequest::Mode::once || (!background && answer.token_is_bad))
      return false;
    if (background) keep_failure(request_.spool, answer.why);
    // Some time less or more, so that many hosts don't come back at once.
    std::uint64_t pause =
        std::uniform_int_distribution<std::uint64_t>(pause_ms_ / 2, pause_ms_)(random_);
    if (answer.retry_after)
      pause = std::max(pause, std::min(*answer.retry_after, kLongestRetryAfter) * 1000);
    pause_ms_ = std::min(kLongestPauseMs, pause_ms_ * 2);
    const std::uint64_t now = now_ms();
    if (now >= deadline_) return false;
    sleep_ms(std::min(pause, deadline_ - now));
    return true;
  }

  const ShipRequest& request_;
  Endpoint& endpoint_;
  std::uint64_t deadline_ = 0;
  std::uint64_t pause_ms_ = kFirstPauseMs;
  std::size_t lines_ = kMostLines;
  std::mt19937_64 random_{std::random_device{}()};
};

// The lock, for one who doesn't give way. Empty: another in the foreground goes on holding it.
Result<UniqueFd> take_over(const std::string& spool) {
  for (const std::uint64_t end = now_ms() + kTakeOverMs;;) {
    SEFACA_TRY(lock, lock_spool(spool));
    if (lock || now_ms() > end) return lock;
    end_other(spool);
    sleep_ms(50);
  }
}

bool waits(const std::string& spool) {
  return state_of_spool(spool).waiting_bytes > 0;
}

// Stays for a moment: a build's next steps find someone at work, and their records go together.
bool something_comes(const std::string& spool) {
  for (const std::uint64_t end = now_ms() + kLingerMs; now_ms() < end; sleep_ms(100))
    if (waits(spool)) return true;
  return false;
}

}  // namespace

Result<Shipped> ship(const ShipRequest& request) {
  const bool background = request.mode == ShipRequest::Mode::background;
  SEFACA_TRY(endpoint, Endpoint::open(request.endpoint));
  Shipped out;
  Shipper shipper(request, endpoint);
  // A record that came between the last look and the lock's end found someone at work: look again.
  do {
    SEFACA_TRY(lock, background ? lock_spool(request.spool) : take_over(request.spool));
    if (lock) mark_lock(lock.get(), background);
    if (!lock && background) return out;
    if (!lock) {
      out.failure = "another 'sefaca log ship' is at work";
      return out;
    }
    do {
      SEFACA_CHECK(shipper.run(out));
    } while (background && out.failure.empty() && something_comes(request.spool));
    keep_failure(request.spool, out.failure);
  } while (out.failure.empty() && waits(request.spool));
  return out;
}

}  // namespace sefaca
