#include "core/supervise/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <new>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/enforce/flat_plan.h"
#include "core/enforce/init.h"
#include "core/notify/receiver.h"
#include "core/supervise/fence.h"
#include "core/supervise/guardian.h"
#include "core/supervise/limit_violation.h"
#include "core/supervise/process_tree.h"
#include "core/supervise/terminal.h"

namespace sefaca {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kReserveBytes = std::size_t{1} << 20U;
constexpr std::int64_t kTermGraceMs = 2000;     // between TERM and KILL at a time-out
constexpr std::int64_t kLeftoverGraceMs = 100;  // `cmd > >(tee log)`: the tee is still writing
// The tree is looked at this often; small limits are reached sooner, so they are looked at more
// often.
constexpr std::int64_t kWatchMs = 100, kCloseWatchMs = 20;
constexpr std::uint64_t kSmallMemory = 256ULL << 20, kFewProcesses = 256;
// At most a 50th of the processor's time is spent looking, but it is looked at this often whatever
// it costs. Counted in processor time: to be kept waiting by a busy machine is no reason to look
// away.
constexpr std::int64_t kWatchShare = 50, kLongestWatchMs = 200;

std::int64_t now_us(clockid_t clock = CLOCK_MONOTONIC) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000 + t.tv_nsec / 1000;
}
std::int64_t now_ms() {
  return now_us() / 1000;
}

std::uint64_t milliseconds(const timeval& t) {
  return static_cast<std::uint64_t>(t.tv_sec) * 1000 + static_cast<std::uint64_t>(t.tv_usec) / 1000;
}

// Those that a person or a build tool sends to the launcher and means for the command.
constexpr int kForwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

}  // namespace

class Supervisor::Impl {
 public:
  explicit Impl(const SuperviseRequest& request) : request_(request), limits_(request.limits) {}

  Supervised run(const LaunchPlan& plan) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    if (auto fine = listen_to_signals(); !fine) return not_run(Step::spawn, fine.error());
    raise_fence(plan);
    flat_.emplace(plan);
    ended_ = false;
    // A child that failed may have taken it away, and the next one has its id maps to write.
    if (tries_++ > 0) ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    start_us_ = now_us();
    // A command may have made a daemon before this process is killed, in its first moments even.
    if (!guarded_) start_guardian();
    // What is needed once the command runs must be there before it does.
    void* reserve = std::malloc(kReserveBytes);
    if (reserve == nullptr) throw std::bad_alloc();
    auto started = start();
    std::free(reserve);
    if (!started) {
      const Step step = plan.namespaces.any() ? Step::namespaces : Step::spawn;
      return not_run(step, started.error());
    }
    set_clocks();
    // From here on beside the command, which is still on its way to execve.
    take_listener(plan);
    if (request_.meanwhile) request_.meanwhile();
    while (!ended_) wait_for_something();
    finish_tree();
    // What the kernel stopped since the last look.
    if (const auto full = look_into_group(); full && kind_ == Outcome::Kind::exited) kind_ = *full;
    close_receiver();
    if (request_.nested != nullptr) request_.nested->receive(request_.take_record);
    const ChildPlan& child = flat_->child();
    if (child.failed_step != Step::none) {
      return not_run(child.failed_step,
                     setup_error(child.failed_step, child.failed_errno, child.failed_path));
    }
    return result();
  }

 private:
  static Supervised not_run(Step step, Error error) {
    return {.failed = step, .error = std::move(error)};
  }

  // A pid namespace ends the tree by itself, and a fence would keep what is started from mounting
  // or from renaming across directories: see Fence::raise().
  void raise_fence(const LaunchPlan& plan) {
    if (fence_.in_force() || plan.namespaces.pid || request_.signals) return;
    // What the supervisor connects for the tree has the tree's own scope.
    fence_ = Fence::raise(request_.capabilities, !request_.abstract_sockets, plan.namespaces.mount);
  }

  Status start() {
    ChildPlan& child = flat_->child();
    UniqueFd reports;
    if (child.has_init()) {
      int ends[2];
      if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return Error{.what = concat("pipe: ", errno_text(errno)), .errno_value = errno};
      reports_.reset(ends[0]);
      reports.reset(ends[1]);
      child.init_reports = reports.get();
    }
    SEFACA_TRY(pid, spawn_child(child));
    child_ = pid;
    if (child.has_init()) {
      started_ticks_ = ticks_since_boot();
      init_ = pid;
      // Its number in our table is shared until init has a table of its own; then it is ours alone.
      reports_end_ = std::move(reports);
      command_ = 0;
    } else {
      command_ = child_;
    }
    return Done{};
  }

  void take_listener(const LaunchPlan& plan) {
    ChildPlan& child = flat_->child();
    if (child.listener_flags == 0) return;
    // None: the child has ended, and says itself why.
    const int listener = await_listener(child, child_);
    if (listener >= 0)
      receiver_ = std::make_unique<Receiver>(UniqueFd(listener), plan,
                                             fence_.in_force() || plan.namespaces.network);
  }

  // Sends to the command alone. Behind an init its number may be another's once it has been reaped,
  // which only init knows: so by its descriptor.
  void signal_command(int signal) {
    ChildPlan& child = flat_->child();
    if (!child.has_init()) {
      ::kill(command_, signal);
    } else if (const int fd = __atomic_load_n(&child.command_pidfd, __ATOMIC_ACQUIRE); fd >= 0) {
      ::syscall(SYS_pidfd_send_signal, fd, signal, nullptr, 0);
    }
  }

  // Without an init it is ours to reap, and the number its own until then.
  bool command_is_there() {
    ChildPlan& child = flat_->child();
    if (!child.has_init()) return true;
    const int fd = __atomic_load_n(&child.command_pidfd, __ATOMIC_ACQUIRE);
    return fd >= 0 && ::syscall(SYS_pidfd_send_signal, fd, 0, nullptr, 0) == 0;
  }

  void start_guardian() {
    if (!request_.when_killed) return;
    auto started = Guardian::start(
        request_.guardian_keeps_fd,
        [this] {
          if (request_.keep_background) return;
          // It went with the supervisor, mostly, and its number may be another's.
          if (init_ > 0) signal_if_older(init_, started_ticks_, SIGKILL);
          fence_.signal_all(SIGKILL);
        },
        [this] { after_a_kill(); });
    if (started) guardian_ = std::move(*started);
    guarded_ = guardian_.pid() > 0;
  }

  // In the guardian: this process has been killed, and the tree with it.
  void after_a_kill() {
    constexpr timespec kDying{0,
                              20'000'000};  // killed processes still hold their files for a moment
    ::nanosleep(&kDying, nullptr);
    Supervised killed{.pid = command_pid(), .guarded = true, .killed = true};
    killed.outcome.kind = Outcome::Kind::signaled;
    killed.outcome.signal = SIGKILL;
    killed.outcome.duration_ms = static_cast<std::uint64_t>((now_us() - start_us_) / 1000);
    request_.when_killed(killed);
  }

  Status listen_to_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    for (int signal : kForwarded) sigaddset(&set, signal);
    // An ignored SIGCHLD (some callers do) would reap our children away from us.
    ::signal(SIGCHLD, SIG_DFL);
    // Signals that are not blocked never show in the descriptor, and the end would not be seen.
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0)
      return Error{.what = concat("sigprocmask: ", errno_text(errno)), .errno_value = errno};
    signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_) {
      return Error{.what = concat("signalfd: ", errno_text(errno)), .errno_value = errno};
    }
    return Done{};
  }

  void set_clocks() {
    const std::int64_t now = now_ms();
    if (limits_.timeout_ms) {
      const std::uint64_t room = static_cast<std::uint64_t>(kNever - now);
      deadline_ = *limits_.timeout_ms < room ? now + static_cast<std::int64_t>(*limits_.timeout_ms)
                                             : kNever;
    }
    if (limits_.memory_bytes || limits_.processes) {
      const bool close = limits_.memory_bytes.value_or(kSmallMemory) < kSmallMemory ||
                         limits_.processes.value_or(kFewProcesses) < kFewProcesses;
      watch_ms_ = close ? kCloseWatchMs : kWatchMs;
      next_watch_ = now + watch_ms_;
    }
  }

  void wait_for_something() {
    const std::int64_t next = std::min({deadline_, kill_at_, next_watch_});
    const std::int64_t wait = next == kNever ? -1 : std::max<std::int64_t>(0, next - now_ms());
    wait_for_events(static_cast<int>(std::min<std::int64_t>(wait, 1'000'000)));
    if (std::exchange(child_changed_, false)) reap();
    if (ended_ || next == kNever) return;
    const std::int64_t now = now_ms();
    if (now >= deadline_) time_out();
    if (now >= kill_at_) {
      kill_at_ = kNever;
      signal_tree(SIGKILL);
    }
    if (now >= next_watch_) watch();
  }

  // Waits for signals and notifications and answers them; false when there were none in time.
  bool wait_for_events(int milliseconds) {
    pollfd fds[] = {
        {signals_.get(), POLLIN, 0}, {-1, POLLIN, 0}, {reports_.get(), POLLIN, 0}, {-1, POLLIN, 0}};
    if (receiver_) fds[1].fd = receiver_->descriptor();
    if (request_.nested != nullptr) fds[3].fd = request_.nested->descriptor();
    const int ready = ::poll(fds, std::size(fds), milliseconds);
    if ((fds[3].revents & POLLIN) != 0) request_.nested->receive(request_.take_record);
    // Hung up: nobody is left whose calls could be notified.
    const bool hears = (fds[1].revents & POLLIN) != 0 ? receiver_->receive() : fds[1].revents == 0;
    if (!hears) close_receiver();
    if ((fds[0].revents & POLLIN) != 0) read_signals();
    if (fds[2].revents != 0) read_reports();
    return ready > 0;
  }

  void close_receiver() {
    if (!receiver_) return;
    violations_ = receiver_->take_violations();
    if (request_.keep_background && ended_) left_ = std::move(receiver_);
    receiver_.reset();
  }

  void read_signals() {
    signalfd_siginfo info[8];
    ssize_t n = 0;
    while ((n = ::read(signals_.get(), info, sizeof info)) > 0) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(n) / sizeof info[0]; ++i) {
        const int signal = static_cast<int>(info[i].ssi_signo);
        // The terminal's own signals reached the whole group already.
        if (signal == SIGCHLD) child_changed_ = true;
        if (signal == SIGCHLD || info[i].ssi_code == SI_KERNEL) continue;
        if (ended_) continue;  // the pid may be another's by now
        signal_command(signal);
      }
    }
  }

  void read_reports() {
    InitReport report{};
    ssize_t got = 0;
    while (reports_ && (got = ::read(reports_.get(), &report, sizeof report)) == sizeof report) {
      if (report.kind == InitReport::Kind::ended) {
        command_ended(report.status);
      } else if (!ended_) {
        command_stopped();
      }
    }
    // No init is left, of a try without success say: a pipe that hung up is always ready.
    if (reports_ && got == 0) reports_.reset();
  }

  void command_ended(int status) {
    status_ = status;
    ended_ = true;
    end_us_ = now_us();
  }

  // An editor's kill(0, SIGTSTP), a shell's `suspend`: whoever started us waits for us to stop.
  // Only where there is a terminal that can bring us back; elsewhere the clock goes on.
  void command_stopped() {
    if (!is_stopped(command_pid()) || !command_is_there()) return;
    const Terminal terminal = Terminal::of_this_job();
    if (!terminal) return;
    const std::int64_t began = now_ms();
    ::raise(SIGSTOP);
    const std::int64_t away = now_ms() - began;
    for (std::int64_t* clock : {&deadline_, &kill_at_, &next_watch_}) {
      if (*clock != kNever) *clock += away;
    }
    if (command_is_there()) terminal.give_to_group_of(command_pid());
    signal_command(SIGCONT);
  }

  // Reaps whatever has ended. False when there is nothing left at all.
  bool reap() {
    for (;;) {
      int status = 0;
      rusage usage{};
      const pid_t pid = ::wait4(-1, &status, WNOHANG | WUNTRACED, &usage);
      if (pid == 0) return true;
      if (pid < 0 && errno == EINTR) continue;
      if (pid < 0) return errno != ECHILD;
      if (WIFSTOPPED(status)) {
        if (pid == command_ && !ended_) command_stopped();
        continue;
      }
      cpu_ms_ += milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
      largest_bytes_ = std::max(largest_bytes_, static_cast<std::uint64_t>(usage.ru_maxrss) * 1024);
      if (pid != child_) continue;
      init_ = 0;  // the number may be another's now
      read_reports();
      if (!ended_) command_ended(status);
    }
  }

  void time_out() {
    deadline_ = kNever;
    kind_ = Outcome::Kind::timed_out;
    signal_tree(SIGTERM);
    kill_at_ = now_ms() + kTermGraceMs;
  }

  void watch() {
    const std::int64_t began = now_us(CLOCK_THREAD_CPUTIME_ID);
    if (const auto full = look_into_group()) {
      exceed(*full);
    } else if (!group_holds_all()) {
      look_at_tree();
    }
    const std::int64_t spent_us = now_us(CLOCK_THREAD_CPUTIME_ID) - began;
    next_watch_ = now_ms() + std::clamp(spent_us * kWatchShare / 1000, watch_ms_, kLongestWatchMs);
  }

  bool group_holds_memory() const {
    return request_.group != nullptr && !request_.group->memory_held_by().empty();
  }
  bool group_holds_tasks() const {
    return request_.group != nullptr && !request_.group->tasks_held_by().empty();
  }
  bool group_holds_all() const {
    return (!limits_.memory_bytes || group_holds_memory()) &&
           (!limits_.processes || group_holds_tasks());
  }

  // RLIMIT_NPROC lies a little above the limit, so that who reaches it is seen above the limit.
  bool kernel_counts_tasks() const {
    const ChildPlan& child = flat_->child();
    return std::any_of(
        child.limits, child.limits + child.limit_count,
        [](const ChildPlan::Limit& limit) { return limit.resource == RLIMIT_NPROC; });
  }

  // What the kernel counts for us, and whether it had to stop something.
  std::optional<Outcome::Kind> look_into_group() {
    if (request_.group == nullptr || !request_.group->any()) return std::nullopt;
    const ControlGroup& group = *request_.group;
    peak_memory_ = std::max(peak_memory_, group.memory_now());
    peak_processes_ = std::max(peak_processes_, group.tasks_now());
    if (group.memory_exceeded()) {
      peak_memory_ = std::max(peak_memory_, group.memory_peak());
      return Outcome::Kind::memory_exceeded;
    }
    if (group.tasks_exceeded()) {
      peak_processes_ = std::max(peak_processes_, limits_.processes.value_or(0));
      return Outcome::Kind::processes_exceeded;
    }
    return std::nullopt;
  }

  // With its init; as many as the tree may have.
  std::uint64_t most_processes() const {
    if (!limits_.processes || group_holds_tasks()) return UINT64_MAX;
    return *limits_.processes + (flat_->child().has_init() ? 1 : 0);
  }

  void look_at_tree() {
    TreeFigures figures = measure_tree(::getpid(), guardian_.pid(), most_processes());
    // What the kernel's own limit counts is what is told: threads too.
    std::uint64_t tasks = kernel_counts_tasks() ? figures.threads : figures.processes;
    if (flat_->child().has_init() && tasks > 0) --tasks;
    if (!group_holds_tasks()) peak_processes_ = std::max(peak_processes_, tasks);
    if (group_holds_memory()) figures.memory_bytes = 0;
    if (limits_.memory_bytes && figures.memory_bytes > *limits_.memory_bytes) {
      // Shared anonymous pages were counted in each process: ask again, exactly.
      figures.memory_bytes =
          std::min(figures.memory_bytes, proportional_memory(::getpid(), guardian_.pid()));
    }
    peak_memory_ = std::max(peak_memory_, figures.memory_bytes);
    if (limits_.memory_bytes && figures.memory_bytes > *limits_.memory_bytes) {
      exceed(Outcome::Kind::memory_exceeded);
    } else if (limits_.processes && !group_holds_tasks() && tasks > *limits_.processes) {
      exceed(Outcome::Kind::processes_exceeded);
    }
  }

  void exceed(Outcome::Kind kind) {
    if (kind_ == Outcome::Kind::exited) kind_ = kind;
    signal_tree(SIGKILL);
  }

  void signal_tree(int signal) {
    if (signal == SIGKILL && init_ > 0) {
      ::kill(init_, SIGKILL);  // and the kernel all that is in its namespace (pid_namespaces(7))
    } else if (!fence_.signal_all(signal)) {
      signal_descendants(::getpid(), guardian_.pid(), signal);
    } else if (signal == SIGKILL) {
      // The guardian stands inside the fence and went with the rest; the record still wants one.
      guardian_.dismiss();
      start_guardian();
    }
  }

  // 0 until an init has started it.
  pid_t command_pid() {
    if (command_ == 0) command_ = __atomic_load_n(&flat_->child().command_pid, __ATOMIC_ACQUIRE);
    return command_;
  }

  // What the command left behind. Each orphan is ours (subreaper), so ECHILD means: nothing at all.
  void finish_tree() {
    if (request_.keep_background) return;
    // A tree at its limit may have ended before it was first looked at: a shell that can't fork
    // does.
    if (limits_.processes && !group_holds_tasks() && reap()) look_at_tree();
    const std::int64_t until = now_ms() + kLeftoverGraceMs;
    while (reap()) {
      const std::int64_t left = until - now_ms();
      if (left <= 0) {
        note_left_running();
        signal_tree(SIGKILL);
        break;
      }
      wait_for_events(static_cast<int>(left));
    }
    while (reap()) {
      constexpr int kAgainMs = 50;
      if (!wait_for_events(kAgainMs)) signal_tree(SIGKILL);
    }
  }

  void note_left_running() {
    constexpr std::size_t kMost = 8;
    for (const pid_t pid : descendants_of(::getpid(), guardian_.pid())) {
      if (pid == init_ || left_running_.size() == kMost) continue;
      const std::string name = name_of_process(pid);
      if (!name.empty() && is_descendant(pid, ::getpid()) &&
          std::find(left_running_.begin(), left_running_.end(), name) == left_running_.end())
        left_running_.push_back(name);
    }
  }

  Supervised result() {
    Supervised out;
    out.pid = command_pid();
    out.guarded = guarded_;
    out.own_cpu_us = static_cast<std::uint64_t>(now_us(CLOCK_PROCESS_CPUTIME_ID));
    Outcome& o = out.outcome;
    o.kind = kind_;
    if (WIFSIGNALED(status_)) {
      o.signal = WTERMSIG(status_);
      if (o.kind == Outcome::Kind::exited) o.kind = Outcome::Kind::signaled;
    } else {
      o.exit_code = WEXITSTATUS(status_);
    }
    o.duration_ms = static_cast<std::uint64_t>((end_us_ - start_us_) / 1000);
    o.cpu_time_ms = cpu_ms_;
    o.max_memory_bytes = std::max(largest_bytes_, peak_memory_);
    o.peak_processes = peak_processes_;
    if (auto violation = limit_violation(o, limits_)) o.violations.push_back(std::move(*violation));
    o.violations.insert(o.violations.end(), violations_.begin(), violations_.end());
    o.left_running = std::move(left_running_);
    out.left = std::move(left_);
    return out;
  }

  const SuperviseRequest& request_;
  const Limits& limits_;
  std::optional<FlatPlan> flat_;
  std::unique_ptr<Receiver> receiver_;
  std::shared_ptr<Receiver> left_;
  std::vector<Violation> violations_;
  std::vector<std::string> left_running_;
  Fence fence_;
  Guardian guardian_;
  UniqueFd signals_, reports_, reports_end_;
  int tries_ = 0;
  pid_t child_ = 0;    // the process that we started: the command or its init
  pid_t init_ = 0;     // the init, while it is there: its end ends all in its namespace
  pid_t command_ = 0;  // the command; 0 until its init has started it
  int status_ = 0;
  bool child_changed_ = false, ended_ = false, guarded_ = false;
  Outcome::Kind kind_ = Outcome::Kind::exited;
  std::uint64_t started_ticks_ = 0;  // init was started then, or before
  std::int64_t start_us_ = 0, end_us_ = 0;
  std::int64_t deadline_ = kNever, kill_at_ = kNever, next_watch_ = kNever, watch_ms_ = kWatchMs;
  std::uint64_t cpu_ms_ = 0, largest_bytes_ = 0, peak_memory_ = 0, peak_processes_ = 0;
};

Supervisor::Supervisor(const SuperviseRequest& request) : impl_(std::make_unique<Impl>(request)) {}
Supervisor::~Supervisor() = default;
Supervised Supervisor::run(const LaunchPlan& plan) {
  return impl_->run(plan);
}

}  // namespace sefaca
