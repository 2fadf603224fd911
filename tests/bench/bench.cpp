// The benchmark: whole processes, spawned in turn in one run, so that what else the machine does
// falls on all alike. Prints medians, their spread, the ratios and whether the goals are reached.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Contender {
  std::string name;
  std::vector<std::string> words;
  std::vector<double> times_ms = {};

  [[nodiscard]] double quantile(double q) const {
    auto sorted = times_ms;
    std::sort(sorted.begin(), sorted.end());
    return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
  }
  [[nodiscard]] double median() const { return quantile(0.5); }
};

struct Goal {
  std::string_view versus;
  double at_most;
};

// How sefaca's median may compare with another's, in one run.
constexpr std::array<Goal, 2> kGoals{{{"floor", 1.3}, {"bubblewrap", 0.6}}};

std::string& place_of_its_own() {
  static std::string place = "/var/tmp/sefaca-bench.XXXXXX";
  return place;
}

void remove_place() {
  std::error_code ignored;
  std::filesystem::remove_all(place_of_its_own(), ignored);
}

[[noreturn]] void stop(const std::string& message) {
  std::fprintf(stderr, "bench: %s\n", message.c_str());
  std::exit(1);
}

double now_ms() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// The time from spawn to reaped, in milliseconds; stderr goes to /dev/null. Anything but exit 0
// ends the benchmark.
double time_once(const Contender& contender, char* const* environment) {
  static const posix_spawn_file_actions_t kSilent = [] {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    return actions;
  }();
  std::vector<char*> argv;
  for (const auto& word : contender.words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const double start = now_ms();
  pid_t child = -1;
  if (posix_spawn(&child, argv[0], &kSilent, nullptr, argv.data(), environment) != 0) {
    stop("could not start " + contender.words[0]);
  }
  int status = 0;
  if (wait4(child, &status, 0, nullptr) != child || status != 0) {
    stop(contender.name + " did not end with exit code 0");
  }
  return now_ms() - start;
}

void write_json(const std::string& path, const std::vector<Contender>& contenders, long rounds) {
  std::FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "w");
  if (file == nullptr) stop("could not write " + path);
  std::fprintf(file, "{\"rounds\": %ld, \"unit\": \"ms\", \"contenders\": {", rounds);
  const char* separator = "";
  for (const auto& one : contenders) {
    std::fprintf(file, "%s\"%s\": {\"median\": %.4f, \"q1\": %.4f, \"q3\": %.4f}", separator,
                 one.name.c_str(), one.median(), one.quantile(0.25), one.quantile(0.75));
    separator = ", ";
  }
  std::fprintf(file, "}}\n");
  if (file != stdout) std::fclose(file);
}

}  // namespace

int main(int argc, char** argv) {
  std::string sefaca;
  std::string floor;
  std::string json;
  long rounds = 400;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto value = std::string(word.substr(std::min(word.size(), word.find('=') + 1)));
    if (word.starts_with("--sefaca=")) {
      sefaca = std::filesystem::absolute(value);
    } else if (word.starts_with("--floor=")) {
      floor = std::filesystem::absolute(value);
    } else if (word.starts_with("--json=")) {
      json = value == "-" ? value : std::filesystem::absolute(value).string();
    } else if (word.starts_with("--rounds=") &&
               std::from_chars(value.data(), value.data() + value.size(), rounds).ec ==
                   std::errc{} &&
               rounds >= 10) {
      continue;
    } else {
      std::fprintf(stderr,
                   "usage: bench --sefaca=FILE --floor=FILE [--rounds=N, at least 10] "
                   "[--json=FILE|-]\n");
      return 2;
    }
  }
  if (sefaca.empty() || floor.empty()) stop("--sefaca and --floor are needed");

  // A place and a home of its own: no configuration of the user's counts, no log is left.
  std::string& place = place_of_its_own();
  if (mkdtemp(place.data()) == nullptr) stop("no place of its own");
  std::atexit(remove_place);
  // As people work: in a directory that is not the home itself.
  const std::string home = place + "/home", work = home + "/work";
  std::filesystem::create_directories(work);
  if (chdir(work.c_str()) != 0) stop("no place of its own");
  std::vector<std::string> variables = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + home,
                                        "LANG=C.UTF-8"};
  std::vector<char*> environment;
  for (auto& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);

  std::vector<Contender> contenders = {
      {"bare", {"/bin/true"}},
      {"floor", {floor, place + "/floor.log", "/bin/true"}},
      {"sefaca", {sefaca, "run", "--preset=compiler", "--", "/bin/true"}},
      {"bubblewrap", {"/usr/bin/bwrap", "--ro-bind", "/", "/", "--unshare-net", "/bin/true"}},
  };
  for (auto& one : contenders) {
    for (int i = 0; i < 5; ++i) time_once(one, environment.data());  // to warm the caches
  }
  for (long round = 0; round < rounds; ++round) {
    for (auto& one : contenders) {
      one.times_ms.push_back(time_once(one, environment.data()));
    }
  }
  std::FILE* text = json == "-" ? stderr : stdout;
  std::fprintf(text, "%-12s %10s %18s %12s   (%ld rounds, whole processes, ms)\n", "", "median",
               "half lies between", "best tenth", rounds);
  for (const auto& one : contenders) {
    std::fprintf(text, "%-12s %10.3f %9.3f %8.3f %12.3f\n", one.name.c_str(), one.median(),
                 one.quantile(0.25), one.quantile(0.75), one.quantile(0.1));
  }
  const auto find = [&](std::string_view name) -> const Contender& {
    return *std::find_if(contenders.begin(), contenders.end(),
                         [&](const Contender& one) { return one.name == name; });
  };
  const auto& ours = find("sefaca");
  for (const auto& goal : kGoals) {
    const auto& other = find(goal.versus);
    std::vector<double> ratios;  // round by round: what falls on one falls on its neighbour
    for (std::size_t i = 0; i < ours.times_ms.size(); ++i) {
      ratios.push_back(ours.times_ms[i] / other.times_ms[i]);
    }
    std::sort(ratios.begin(), ratios.end());
    const double ratio = ours.median() / other.median();
    std::fprintf(text, "sefaca / %-11s %.2f (half between %.2f and %.2f); goal at most %.1f: %s\n",
                 other.name.c_str(), ratio, ratios[ratios.size() / 4],
                 ratios[ratios.size() * 3 / 4], goal.at_most,
                 ratio <= goal.at_most ? "reached" : "NOT reached");
  }
  if (!json.empty()) write_json(json, contenders, rounds);
  return 0;
}
