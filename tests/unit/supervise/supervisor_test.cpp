// The supervisor on the real kernel. Each run is irreversible for its process, so each has its own.
#include "core/supervise/supervisor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <thread>

#include "core/base/process_stat.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/supervise/fence.h"
#include "core/supervise/process_tree.h"
#include "tests/unit/group_place.h"

namespace sefaca {
namespace {

// What a process of its own tells its test: plain bytes through a pipe.
struct Report {
  bool ran = false;
  Step step = Step::none;
  int errno_value = 0;
  Outcome::Kind kind = Outcome::Kind::exited;
  int code = -1;
  std::uint64_t peak_memory = 0, peak_processes = 0, cpu_ms = 0;
  ViolationKind violation = ViolationKind::syscall_denied;
  std::uint64_t violations = 0;
};

std::string when_killed_marker;  // a file that the guardian makes; empty: no guardian

LaunchPlan shell_plan(const std::string& line) {
  LaunchPlan plan;
  plan.program = "/bin/sh";
  plan.argv = {"sh", "-c", line};
  plan.environment = {"PATH=/usr/bin:/bin"};
  plan.die_with_parent = true;
  return plan;
}

Report run_in_own_process(const LaunchPlan& plan, const Limits& limits = {},
                          bool keep_background = false,
                          const std::function<void(pid_t)>& meanwhile = {}, bool fenced = true) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(ends[0]);
    Capabilities capabilities = probe_capabilities();
    if (!fenced) capabilities.landlock_abi = 0;
    SuperviseRequest request{.limits = limits, .capabilities = capabilities};
    request.keep_background = keep_background;
    if (!when_killed_marker.empty()) {
      request.when_killed = [&](const Supervised& killed) {
        if (killed.outcome.signal != SIGKILL || killed.pid <= 0) _exit(1);
        UniqueFd(::open(when_killed_marker.c_str(), O_WRONLY | O_CREAT, 0600));
      };
    }
    auto supervisor = std::make_unique<Supervisor>(request);
    const Supervised ended = supervisor->run(plan);
    supervisor.reset();
    Report report;
    report.ran = ended.failed == Step::none;
    report.step = ended.failed;
    if (report.ran) {
      const Outcome& o = ended.outcome;
      report.kind = o.kind;
      report.code = exit_code_of(o);
      report.peak_memory = o.max_memory_bytes;
      report.peak_processes = o.peak_processes;
      report.cpu_ms = o.cpu_time_ms;
      report.violations = o.violations.size();
      if (!o.violations.empty()) report.violation = o.violations.front().kind;
    } else {
      report.errno_value = ended.error.errno_value;
    }
    _exit(::write(ends[1], &report, sizeof report) == sizeof report ? 0 : 1);
  }
  ::close(ends[1]);
  if (meanwhile) meanwhile(pid);
  Report report;
  EXPECT_EQ(::read(ends[0], &report, sizeof report), static_cast<ssize_t>(sizeof report));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return report;
}

// A zombie whom nobody reaps (pid 1 of a bare container does not) is dead.
bool alive(pid_t pid) {
  std::ifstream stat(concat("/proc/", std::to_string(pid), "/stat"));
  std::string number, name, state;
  return stat >> number >> name >> state && state != "Z";
}

void sleep_ms(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

// The pid that the command wrote into `file`, once it is there.
pid_t pid_in(const std::string& file) {
  for (int i = 0; i < 500; ++i, sleep_ms(10)) {
    UniqueFd fd(::open(file.c_str(), O_RDONLY));
    char text[32] = {};
    if (fd && ::read(fd.get(), text, sizeof text - 1) > 0) return std::atoi(text);
  }
  return -1;
}

class Scratch {
 public:
  Scratch() { path_ = ::mkdtemp(name_); }
  ~Scratch() {
    const std::string line = concat("rm -rf ", path_);
    if (std::system(line.c_str()) != 0) ADD_FAILURE() << line;
  }
  std::string operator/(const char* name) const { return concat(path_, "/", name); }

 private:
  char name_[32] = "/tmp/supervisorXXXXXX";
  std::string path_;
};

TEST(Fence, ReachesItsOwnTreeAndNothingElse) {
  const pid_t outside = ::fork();
  if (outside == 0) {
    ::pause();
    _exit(0);
  }
  const pid_t fenced = ::fork();
  if (fenced == 0) {
    const Fence fence = Fence::raise(probe_capabilities());
    if (!fence.proved()) _exit(2);
    const pid_t inside = ::fork();
    if (inside == 0) {
      ::setsid();
      ::pause();
      _exit(0);
    }
    if (!fence.signal_all(SIGKILL)) _exit(3);
    int status = 0;
    ::waitpid(inside, &status, 0);
    _exit(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 0 : 4);
  }
  int status = 0;
  ::waitpid(fenced, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_TRUE(alive(outside));
  ::kill(outside, SIGKILL);
  ::waitpid(outside, &status, 0);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST(Fence, IsNotProvedWithoutScopes) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    Capabilities old;
    old.landlock_abi = 5;
    const Fence fence = Fence::raise(old);
    _exit(!fence.proved() && !fence.signal_all(0) ? 0 : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Supervisor, KeepsTheCommandsOwnCode) {
  EXPECT_EQ(run_in_own_process(shell_plan("exit 42")).code, 42);
  EXPECT_EQ(run_in_own_process(shell_plan("true")).code, 0);
}

TEST(Supervisor, ASignalIs128PlusItsNumber) {
  const Report report = run_in_own_process(shell_plan("kill -ABRT $$"));
  EXPECT_EQ(report.kind, Outcome::Kind::signaled);
  EXPECT_EQ(report.code, 134);
}

TEST(Supervisor, AFailedExecIsNoRun) {
  LaunchPlan plan = shell_plan("");
  plan.program = "/nowhere/at/all";
  Report report = run_in_own_process(plan);
  EXPECT_FALSE(report.ran);
  EXPECT_EQ(report.step, Step::execute);
  EXPECT_EQ(report.errno_value, ENOENT);
  plan.program = "/etc";
  report = run_in_own_process(plan);
  EXPECT_EQ(report.errno_value, EACCES);
}

TEST(Supervisor, AScriptWithoutAnInterpreterLineIsTheShells) {
  const Scratch scratch;
  const std::string script = scratch / "script";
  {
    UniqueFd fd(::open(script.c_str(), O_WRONLY | O_CREAT, 0755));
    constexpr char kText[] = "exit $#\n";
    ASSERT_GT(::write(fd.get(), kText, sizeof kText - 1), 0);
  }
  LaunchPlan plan = shell_plan("");
  plan.program = script;
  plan.argv = {"script", "one", "", "three"};
  EXPECT_EQ(run_in_own_process(plan).code, 3);
}

class EitherWay : public ::testing::TestWithParam<bool> {};  // with the fence, and without

TEST_P(EitherWay, ATimeOutEndsATreeThatIgnoresTerm) {
  const Scratch scratch;
  const std::string file = scratch / "pid";
  const auto began = std::chrono::steady_clock::now();
  const Report report = run_in_own_process(
      shell_plan(concat("trap '' TERM; setsid sh -c 'trap \"\" TERM; echo $$ > ", file,
                        "; sleep 60; sleep 60' & while :; do sleep 60; done")),
      {.timeout_ms = 300}, false, {}, GetParam());
  EXPECT_EQ(report.kind, Outcome::Kind::timed_out);
  EXPECT_EQ(report.code, 124);
  EXPECT_EQ(report.violation, ViolationKind::timeout_exceeded);
  EXPECT_FALSE(alive(pid_in(file)));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
}

TEST_P(EitherWay, NothingOutlivesTheCommand) {
  const Scratch scratch;
  const std::string file = scratch / "pid";
  const Report report =
      run_in_own_process(shell_plan(concat("setsid sh -c 'trap \"\" HUP TERM; (echo $$ > ", file,
                                           "; exec sleep 60) & exit' </dev/null >/dev/null 2>&1; "
                                           "while ! [ -s ",
                                           file, " ]; do :; done; exit 5")),
                         {}, false, {}, GetParam());
  EXPECT_EQ(report.code, 5);
  EXPECT_FALSE(alive(pid_in(file)));
}
INSTANTIATE_TEST_SUITE_P(Fence, EitherWay, ::testing::Bool());

TEST(Supervisor, WhatIsStillWritingGetsAMoment) {
  const Scratch scratch;
  const std::string file = scratch / "out";
  run_in_own_process(shell_plan(concat("(sleep 0.03; echo late > ", file, ") & exit 0")));
  EXPECT_EQ(::access(file.c_str(), F_OK), 0);
}

TEST(Supervisor, TheBackgroundStaysWhenItIsMeantTo) {
  const Scratch scratch;
  const std::string file = scratch / "pid";
  run_in_own_process(shell_plan(concat("sleep 60 >/dev/null 2>&1 & echo $! > ", file)), {}, true);
  const pid_t pid = pid_in(file);
  EXPECT_TRUE(alive(pid));
  ::kill(pid, SIGKILL);
}

TEST(Supervisor, ASignalThatItGetsIsForwarded) {
  const Scratch scratch;
  const std::string ready = scratch / "ready";
  const Report report = run_in_own_process(
      shell_plan(concat("trap 'exit 7' TERM; echo $$ > ", ready, "; while :; do sleep 0.05; done")),
      {}, false, [&](pid_t supervisor) {
        pid_in(ready);
        ::kill(supervisor, SIGTERM);
      });
  EXPECT_EQ(report.code, 7);
}

// A number that was kept may be another's: only what descends from the root, or was there before,
// is meant by it.
TEST(ProcessTree, ANumberIsLookedAtBeforeItIsSignalled) {
  const pid_t child = ::fork();
  if (child == 0) {
    const pid_t grandchild = ::fork();
    if (grandchild == 0) ::pause();
    ::pause();
  }
  std::vector<pid_t> below;
  for (int i = 0; i < 300 && below.empty(); ++i) {
    below = descendants_of(child, 0);
    sleep_ms(10);
  }
  ASSERT_EQ(below.size(), 1U);
  const pid_t grandchild = below.front();
  EXPECT_TRUE(is_descendant(child, ::getpid()));
  EXPECT_TRUE(is_descendant(grandchild, ::getpid()));
  EXPECT_TRUE(is_descendant(grandchild, child));
  EXPECT_FALSE(is_descendant(child, child));
  EXPECT_FALSE(is_descendant(child, grandchild));
  EXPECT_FALSE(is_descendant(::getppid(), ::getpid()));
  EXPECT_FALSE(is_descendant(1, ::getpid()));
  EXPECT_FALSE(signal_descendant(child, grandchild, SIGKILL));
  const auto stat = process_stat(child);
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->parent, ::getpid());
  EXPECT_LE(stat->started, ticks_since_boot());
  EXPECT_FALSE(signal_if_older(child, stat->started - 1, SIGKILL));
  EXPECT_TRUE(alive(child));
  EXPECT_TRUE(signal_descendant(grandchild, ::getpid(), SIGKILL));
  EXPECT_TRUE(signal_if_older(child, stat->started, SIGKILL));
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_FALSE(process_stat(child));
  EXPECT_FALSE(signal_if_older(child, UINT64_MAX, SIGKILL));
}

TEST(Guardian, EndsTheTreeWhenTheSupervisorIsKilled) {
  const Scratch scratch;
  const std::string ready = scratch / "ready";
  const std::string marker = scratch / "marker";
  when_killed_marker = marker;
  const pid_t pid = ::fork();
  if (pid == 0) {
    run_in_own_process(shell_plan(concat("setsid sleep 60 & echo $! > ", ready, "; wait")), {},
                       false, [&](pid_t supervisor) {
                         pid_in(ready);
                         ::kill(supervisor, SIGKILL);
                         sleep_ms(10);
                         _exit(0);
                       });
  }
  ::waitpid(pid, nullptr, 0);
  when_killed_marker.clear();
  const pid_t orphan = pid_in(ready);
  for (int i = 0; i < 300 && (alive(orphan) || ::access(marker.c_str(), F_OK) != 0); ++i)
    sleep_ms(10);
  EXPECT_FALSE(alive(orphan));
  EXPECT_EQ(::access(marker.c_str(), F_OK), 0);
}

TEST(Guardian, DoesNothingWhenAllIsWell) {
  const Scratch scratch;
  when_killed_marker = scratch / "marker";
  EXPECT_EQ(run_in_own_process(shell_plan("exit 4")).code, 4);
  EXPECT_EQ(run_in_own_process(shell_plan("sleep 60 & exit 6")).code, 6);
  EXPECT_NE(::access(when_killed_marker.c_str(), F_OK), 0);
  when_killed_marker.clear();
}

TEST(Supervisor, TheTreesMemoryIsOneLimit) {
  // Four children share out what none of them takes alone.
  constexpr std::uint64_t kLimit = 100ULL << 20;
  const std::string child =
      "(head -c 40000000 /dev/zero | tail -c 40000000 | (sleep 5; cat) >/dev/null) & ";
  const Report report = run_in_own_process(shell_plan(concat(child, child, child, child, "wait")),
                                           {.memory_bytes = kLimit});
  EXPECT_EQ(report.kind, Outcome::Kind::memory_exceeded);
  EXPECT_EQ(report.code, 137);
  EXPECT_EQ(report.violation, ViolationKind::memory_limit_exceeded);
  EXPECT_GT(report.peak_memory, kLimit);
}

TEST(Supervisor, TheCommandBeginsInItsGroup) {
  const std::string place = place_for_groups();
  if (place.empty()) GTEST_SKIP() << "no cgroup of version 2 may be made here";
  std::string group = place + "/sefaca-test-XXXXXX";
  ASSERT_NE(::mkdtemp(group.data()), nullptr);
  const UniqueFd directory(::open(group.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Nobody enters by this one: it is no group's.
  const UniqueFd no_entry(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  LaunchPlan plan =
      shell_plan(concat("grep -q ", group.substr(place.size()), " /proc/self/cgroup"));
  plan.birthplace = directory.get();
  plan.control_groups = {no_entry.get()};
  for (const bool with_init : {false, true}) {
    plan.namespaces.pid = with_init;
    const Report report = run_in_own_process(plan);
    EXPECT_TRUE(report.ran) << with_init << ' ' << errno_text(report.errno_value);
    EXPECT_EQ(report.code, 0) << with_init;
  }
  // Where it can't begin there it enters, and with no entry it does not run at all.
  plan.birthplace = no_entry.get();
  EXPECT_EQ(run_in_own_process(plan).step, Step::control_group);
  EXPECT_EQ(::rmdir(group.c_str()), 0);
}

TEST(Supervisor, TheTreesProcessesAreOneLimit) {
  const Report report = run_in_own_process(
      shell_plan("i=0; while [ $i -lt 40 ]; do sleep 20 & i=$((i+1)); done; wait"),
      {.processes = 20});
  EXPECT_EQ(report.kind, Outcome::Kind::processes_exceeded);
  EXPECT_EQ(report.violation, ViolationKind::process_limit_exceeded);
  EXPECT_GT(report.peak_processes, 20U);
}

TEST(Supervisor, InheritedDescriptorsAreClosedButTheKeptOnes) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  LaunchPlan plan =
      shell_plan(concat("[ -e /proc/self/fd/", std::to_string(ends[1]),
                        " ] && ! [ -e /proc/self/fd/", std::to_string(ends[0]), " ]"));
  plan.keep_fds = {ends[1]};
  EXPECT_EQ(run_in_own_process(plan).code, 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Supervisor, AnIgnoredPipeSignalIsReset) {
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  const Report report = run_in_own_process(shell_plan("kill -PIPE $$; exit 9"));
  ::signal(SIGPIPE, before);
  EXPECT_EQ(report.code, 128 + SIGPIPE);
}

TEST(Outcome, OneTableOfExitCodes) {
  const auto code = [](Outcome::Kind kind) {
    Outcome o;
    o.kind = kind;
    o.exit_code = 3;
    o.signal = SIGSEGV;
    return exit_code_of(o);
  };
  EXPECT_EQ(code(Outcome::Kind::exited), 3);
  EXPECT_EQ(code(Outcome::Kind::signaled), 139);
  EXPECT_EQ(code(Outcome::Kind::timed_out), 124);
  EXPECT_EQ(code(Outcome::Kind::memory_exceeded), 137);
  EXPECT_EQ(code(Outcome::Kind::processes_exceeded), 137);
  EXPECT_EQ(signal_name(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(signal_name(SIGRTMIN + 6), "SIG40");
}

}  // namespace
}  // namespace sefaca
