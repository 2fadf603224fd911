#include "tests/bench/measure.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace sefaca::bench {
namespace {

double now_ms() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double quantile_of(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

// Empty, or why it did not end as it should.
std::string run_once(const Contender& contender, char* const* environment, double& took_ms) {
  static const posix_spawn_file_actions_t kSilent = [] {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int fd : {STDOUT_FILENO, STDERR_FILENO})
      posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
    return actions;
  }();
  std::vector<char*> argv;
  for (const auto& word : contender.words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const double start = now_ms();
  pid_t child = -1;
  if (const int code = posix_spawn(&child, argv[0], &kSilent, nullptr, argv.data(), environment);
      code != 0)
    return contender.words[0] + ": " + std::strerror(code);
  int status = 0;
  if (waitpid(child, &status, 0) != child) return "waitpid failed";
  took_ms = now_ms() - start;
  if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
  if (status != 0) return "exit code " + std::to_string(WEXITSTATUS(status));
  return {};
}

}  // namespace

double Contender::quantile(double q) const {
  return quantile_of(times_ms, q);
}

Ratio ratio_of(const Contender& one, const Contender& other) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(one.times_ms.size(), other.times_ms.size()); ++i)
    ratios.push_back(one.times_ms[i] / other.times_ms[i]);
  return {one.median() / other.median(), quantile_of(ratios, 0.25), quantile_of(ratios, 0.75),
          one.quantile(0.1) / other.quantile(0.1)};
}

void measure(std::vector<Contender>& contenders, char* const* environment, long rounds) {
  constexpr int kWarmUps = 5;
  double took = 0;
  for (Contender& one : contenders) {
    for (int i = 0; i < kWarmUps && one.missing.empty(); ++i)
      one.missing = run_once(one, environment, took);
  }
  for (long round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      Contender& one = contenders[(i + static_cast<std::size_t>(round)) % contenders.size()];
      if (!one.missing.empty() || round % one.every != 0) continue;
      if (const auto why = run_once(one, environment, took); !why.empty())
        stop(one.name + ": " + why);
      one.times_ms.push_back(took);
    }
  }
}

void measure_peaks(std::vector<Contender>& contenders, char* const* environment,
                   const std::string& floor) {
  for (Contender& one : contenders) {
    if (!one.missing.empty()) continue;
    std::vector<char*> argv{const_cast<char*>(floor.c_str()), const_cast<char*>("--peak")};
    for (const auto& word : one.words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) stop("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    pid_t child = -1;
    const int code = posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environment);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    std::string said;
    char buffer[512];
    ssize_t got = 0;
    while (code == 0 && (got = read(ends[0], buffer, sizeof buffer)) > 0)
      said.append(buffer, static_cast<std::size_t>(got));
    close(ends[0]);
    if (code == 0) waitpid(child, nullptr, 0);
    // The last line is its own; what the contender says stands before.
    if (const auto at = said.rfind("peak "); at != std::string::npos)
      one.peak_kib = std::strtol(said.c_str() + at + 5, nullptr, 10);
  }
}

void stop(const std::string& message) {
  std::fprintf(stderr, "bench: %s\n", message.c_str());
  std::exit(1);
}

}  // namespace sefaca::bench
