#include "core/supervise/enclosed.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>

#include "core/backend/tool.h"
#include "core/base/text.h"
#include "core/supervise/guardian.h"
#include "core/supervise/process_tree.h"

namespace sefaca {
namespace {

constexpr int kRemoveMs = 60'000;           // an engine that is busy
constexpr std::int64_t kClientMs = 10'000;  // a client whose container is gone
// Without an init of ours inside, process 1 ignores what it has no handler for.
constexpr std::int64_t kIgnoredMs = 2'000;

constexpr int kForwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

bool ends(int signal) {
  return signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT;
}

}  // namespace

class EnclosedRun::Impl {
 public:
  explicit Impl(const EnclosedRequest& request) : request_(request) {}

  ~Impl() {
    try {
      remove();
    } catch (const std::exception&) {  // out of memory: as if the engine had not answered
      removed_ = true;
    }
    guardian_.dismiss();
  }

  Supervised run() {
    sigset_t watched;
    sigemptyset(&watched);
    for (const int signal : kForwarded) sigaddset(&watched, signal);
    sigaddset(&watched, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &watched, nullptr);
    signals_.reset(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
    Supervised out;
    if (!signals_) {
      out.failed = Step::spawn;
      out.error = {.what = concat("signalfd: ", errno_text(errno)), .errno_value = errno};
      return out;
    }
    started_ = now_ms();
    guard();
    auto client =
        start_tool(request_.enclosure.argv, request_.enclosure.environment, request_.directory);
    if (!client) {
      removed_ = true;  // nothing was made
      out.failed = Step::spawn;
      out.error = client.error();
      return out;
    }
    client_ = *client;
    started_ticks_ = ticks_since_boot();
    if (request_.timeout_ms) deadline_ = started_ + static_cast<std::int64_t>(*request_.timeout_ms);
    while (!reap()) wait_for_something();
    out.pid = client_;
    out.guarded = guardian_.pid() != 0;
    out.outcome = outcome();
    return out;
  }

  std::string remove() {
    if (removed_ || request_.enclosure.end.empty()) return {};
    removed_ = true;
    const auto answer = run_tool(request_.enclosure.end, request_.enclosure.environment, kRemoveMs);
    if (!answer) return answer.error().what;
    // One that was never made, or is gone already, is none of our business.
    if (answer->exit_code == 0 || answer->err.find("o such container") != std::string::npos ||
        answer->err.find("no container with name") != std::string::npos)
      return {};
    return answer->err;
  }

 private:
  Outcome outcome() const {
    Outcome out;
    out.duration_ms = static_cast<std::uint64_t>(now_ms() - started_);
    if (WIFSIGNALED(status_)) {
      out.kind = Outcome::Kind::signaled;
      out.signal = WTERMSIG(status_);
    } else {
      out.exit_code = WEXITSTATUS(status_);
    }
    if (timed_out_) out.kind = Outcome::Kind::timed_out;
    return out;
  }

  void guard() {
    if (!request_.when_killed) return;
    auto started = Guardian::start(
        request_.guardian_keeps_fd, [] {},
        [this] {
          // Whatever part of it there is by now: the client goes on without us.
          if (client_ > 0) signal_if_older(client_, started_ticks_, SIGKILL);
          removed_ = false;
          remove();
          Supervised killed;
          killed.pid = client_;
          killed.guarded = killed.killed = true;
          killed.outcome.kind = Outcome::Kind::signaled;
          killed.outcome.signal = SIGKILL;
          killed.outcome.duration_ms = static_cast<std::uint64_t>(now_ms() - started_);
          request_.when_killed(killed);
        });
    if (started) guardian_ = std::move(*started);
  }

  bool reap() {
    pid_t ended = 0;
    do {
      ended = ::waitpid(client_, &status_, WNOHANG);
    } while (ended < 0 && errno == EINTR);
    return ended == client_ || (ended < 0 && errno == ECHILD);
  }

  void wait_for_something() {
    const std::int64_t now = now_ms();
    std::int64_t next = 1000;  // a lost SIGCHLD is made up for
    for (const auto& when : {deadline_, end_at_, kill_at_}) {
      if (when) next = std::min(next, std::max<std::int64_t>(*when - now, 0));
    }
    pollfd events{signals_.get(), POLLIN, 0};
    if (::poll(&events, 1, static_cast<int>(next)) > 0) forward();
    const std::int64_t then = now_ms();
    if (deadline_ && then >= *deadline_) {
      deadline_.reset();
      timed_out_ = true;
      end_now();
    }
    if (end_at_ && then >= *end_at_) end_now();
    if (kill_at_ && then >= *kill_at_ && !reap()) ::kill(client_, SIGKILL);
  }

  void end_now() {
    end_at_.reset();
    if (reap()) return;
    if (request_.enclosure.end.empty()) ::kill(client_, SIGTERM);
    remove();
    removed_ = false;  // again at the end: the client may have been on its way to make it
    if (!kill_at_) kill_at_ = now_ms() + kClientMs;
  }

  // What came from the terminal the client got too, as one of its foreground group.
  void forward() {
    signalfd_siginfo info[8];
    const ssize_t got = ::read(signals_.get(), info, sizeof info);
    for (std::size_t i = 0; got > 0 && i < static_cast<std::size_t>(got) / sizeof info[0]; ++i) {
      const int signal = static_cast<int>(info[i].ssi_signo);
      if (signal == SIGCHLD) continue;
      if (info[i].ssi_code != SI_KERNEL) ::kill(client_, signal);
      if (ends(signal) && request_.enclosure.record.empty() && !end_at_)
        end_at_ = now_ms() + kIgnoredMs;
    }
  }

  const EnclosedRequest& request_;
  UniqueFd signals_;
  Guardian guardian_;
  pid_t client_ = 0;
  int status_ = 0;
  std::int64_t started_ = 0;
  std::uint64_t started_ticks_ = UINT64_MAX;  // the client was started then, or before
  std::optional<std::int64_t> deadline_, end_at_, kill_at_;
  bool timed_out_ = false, removed_ = false;
};

EnclosedRun::EnclosedRun(const EnclosedRequest& request) : impl_(std::make_unique<Impl>(request)) {}
EnclosedRun::~EnclosedRun() = default;
Supervised EnclosedRun::run() {
  return impl_->run();
}
std::string EnclosedRun::remove() {
  return impl_->remove();
}

}  // namespace sefaca
