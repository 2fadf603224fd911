// The benchmark: what a run costs, against the bare command, against floor programs that make the
// same raw calls, and against other launchers where they are there. Prints medians, their spread,
// the ratios and whether the goals are reached; `./dev bench` calls it. docs/performance.md says
// what was learned by it.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/measure.h"

namespace sefaca::bench {
namespace {

struct Goal {
  std::string_view one, other;
  double at_most;  // 0: the ratio is told, and none is aimed at
};

// How medians of one run may compare, for the command that does nothing.
constexpr Goal kGoals[] = {{"compiler", "floor", 1.3},
                           {"compiler", "floor, supervised", 0},
                           {"a CMake step", "floor, supervised", 0},
                           {"compiler", "bubblewrap", 0.6},
                           {"default", "floor with namespaces", 1.35},
                           {"default", "bubblewrap, all namespaces", 0.5}};

struct Work {
  std::string name;
  std::vector<std::string> command;
  long rounds;
  bool in_container = false;  // whether a container without a system can run it too
};

struct Options {
  std::string sefaca, floor, json;
  std::string plans;  // of a project's steps, as configuring with include(Sefaca) makes them
  long rounds = 400;
  bool compile = false;
};

std::string& place_of_its_own() {
  static std::string place = "/var/tmp/sefaca-bench.XXXXXX";
  return place;
}

void remove_place() {
  std::error_code ignored;
  std::filesystem::remove_all(place_of_its_own(), ignored);
}

// What is measured is a copy, written at once as an installation writes it: the page cache keeps
// what a linker wrote in single pages, which cost each start a fifth more.
void install(std::string& program, const std::string& name) {
  std::ifstream in(program, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (content.empty()) stop("could not read " + program);
  program = place_of_its_own() + "/" + name;
  std::ofstream(program, std::ios::binary)
      .write(content.data(), static_cast<std::streamsize>(content.size()));
  std::filesystem::permissions(program, std::filesystem::perms::owner_all |
                                            std::filesystem::perms::group_exec |
                                            std::filesystem::perms::others_exec);
}

std::string launcher() {
  return place_of_its_own() + "/sefaca-launch";
}

// Has plans made for the steps of a project, `source` to be built in `build`: their directory.
std::string make_plans(const std::string& sefaca, const std::string& source,
                       const std::string& build) {
  std::filesystem::create_symlink(sefaca, launcher());
  std::filesystem::create_directories(source);
  std::filesystem::create_directories(build);
  const std::string manifest = place_of_its_own() + "/manifest";
  std::ofstream(manifest) << "source\t" << source << "\nbuild\t" << build
                          << "\npreset\tcompile\tcompiler\n";
  std::FILE* said = ::popen((launcher() + " --resolve=" + manifest).c_str(), "r");
  char line[4096] = {};
  const bool fine = said != nullptr && std::fgets(line, sizeof line, said) != nullptr;
  if (said == nullptr || ::pclose(said) != 0 || !fine) stop("no plans were made");
  const std::string_view text(line);
  if (!text.starts_with("plans\t") || !text.ends_with("\n")) stop("no plans were made");
  return std::string(text.substr(6, text.size() - 7));
}

bool read_option(std::string_view word, Options& options) {
  const auto value = std::string(word.substr(std::min(word.size(), word.find('=') + 1)));
  if (word == "--compile") {
    options.compile = true;
  } else if (word.starts_with("--sefaca=")) {
    options.sefaca = std::filesystem::absolute(value);
  } else if (word.starts_with("--floor=")) {
    options.floor = std::filesystem::absolute(value);
  } else if (word.starts_with("--json=")) {
    options.json = value == "-" ? value : std::filesystem::absolute(value).string();
  } else {
    return word.starts_with("--rounds=") &&
           std::from_chars(value.data(), value.data() + value.size(), options.rounds).ec ==
               std::errc{} &&
           options.rounds >= 10;
  }
  return true;
}

std::vector<Contender> contenders_for(const Options& options, const Work& work) {
  const std::string log = place_of_its_own() + "/floor.log";
  const auto with = [&](std::string name, std::vector<std::string> words) {
    words.insert(words.end(), work.command.begin(), work.command.end());
    return Contender{.name = std::move(name), .words = std::move(words)};
  };
  const std::string& sefaca = options.sefaca;
  const std::string bwrap = "/usr/bin/bwrap";
  std::vector<Contender> out = {
      with("bare", {}),
      with("floor", {options.floor, log}),
      with("exec", {sefaca, "exec", "--preset=compiler", "--"}),
      with("compiler", {sefaca, "run", "--preset=compiler", "--"}),
      with("compiler, no report", {sefaca, "run", "--preset=compiler", "--report=off", "--"}),
      with("default", {sefaca, "run", "--"}),
      with("a CMake step", {launcher(), "--plan=" + options.plans, "--role=compile", "--"}),
      with("strict", {sefaca, "run", "--level=strict", "--on-unavailable=warn", "--"}),
      with("floor, supervised", {options.floor, "--supervised", log}),
      with("floor with namespaces", {options.floor, "--namespaces", log}),
      with("bubblewrap", {bwrap, "--ro-bind", "/", "/", "--unshare-net"}),
      with("bubblewrap, all namespaces", {bwrap, "--ro-bind", "/", "/", "--unshare-all"}),
      with("firejail", {"/usr/bin/firejail", "--quiet", "--noprofile", "--net=none", "--"}),
      with("minijail", {"/usr/bin/minijail0", "-U", "-e", "-p", "-v", "-n", "--"}),
      with("nsjail", {"/usr/bin/nsjail", "-Mo", "-Q", "--chroot", "/", "--"}),
  };
  if (work.in_container) {
    out.push_back(with(
        "podman", {"/usr/bin/podman", "run", "--rm", "--network=none", "--ulimit=nofile=1024:1024",
                   "--ulimit=nproc=1024:1024", "--rootfs", place_of_its_own() + "/root"}));
    out.back().every = 20;
  }
  return out;
}

// A container's whole system: one static program.
void make_root() {
  const std::string bin = place_of_its_own() + "/root/bin";
  std::error_code ignored;
  std::filesystem::create_directories(bin);
  for (const char* directory : {"dev", "proc", "sys", "etc", "tmp", "run"})
    std::filesystem::create_directories(place_of_its_own() + "/root/" + directory);
  std::filesystem::copy_file("/bin/busybox", bin + "/true", ignored);
}

const Contender* find(const std::vector<Contender>& contenders, std::string_view name) {
  const auto found = std::find_if(contenders.begin(), contenders.end(),
                                  [&](const Contender& one) { return one.name == name; });
  return found == contenders.end() || !found->missing.empty() ? nullptr : &*found;
}

void print(std::FILE* out, const Work& work, const std::vector<Contender>& contenders) {
  std::fprintf(out, "%s: %ld rounds, whole processes\n", work.name.c_str(), work.rounds);
  std::fprintf(out, "  %-28s %9s %19s %10s %9s %9s\n", "", "median ms", "half lies between",
               "best tenth", "of bare", "peak KiB");
  const Contender* bare = find(contenders, "bare");
  for (const auto& one : contenders) {
    if (!one.missing.empty()) {
      std::fprintf(out, "  %-28s not here: %s\n", one.name.c_str(), one.missing.c_str());
      continue;
    }
    std::fprintf(out, "  %-28s %9.3f %9.3f %9.3f %10.3f %8.2fx %9ld\n", one.name.c_str(),
                 one.median(), one.quantile(0.25), one.quantile(0.75), one.quantile(0.1),
                 bare == nullptr ? 0 : ratio_of(one, *bare).of_medians, one.peak_kib);
  }
}

void print_goals(std::FILE* out, const std::vector<Contender>& contenders) {
  for (const Goal& goal : kGoals) {
    const auto* one = find(contenders, goal.one);
    const auto* other = find(contenders, goal.other);
    if (one == nullptr || other == nullptr) continue;
    const Ratio ratio = ratio_of(*one, *other);
    std::fprintf(out, "  %s / %s: %.2f (half between %.2f and %.2f, best tenths %.2f)",
                 one->name.c_str(), other->name.c_str(), ratio.of_medians, ratio.first_quarter,
                 ratio.third_quarter, ratio.of_best_tenths);
    if (goal.at_most > 0)
      std::fprintf(out, "; goal at most %.2f: %s", goal.at_most,
                   ratio.of_medians <= goal.at_most ? "reached" : "NOT reached");
    std::fprintf(out, "\n");
  }
}

std::string as_json(const Work& work, const std::vector<Contender>& contenders) {
  std::string out = "{\"work\": \"" + work.name + "\", \"rounds\": " + std::to_string(work.rounds) +
                    ", \"contenders\": {";
  char text[256];
  const char* separator = "";
  for (const auto& one : contenders) {
    out += separator + ("\"" + one.name + "\": ");
    separator = ", ";
    if (one.missing.empty()) {
      std::snprintf(text, sizeof text,
                    "{\"median\": %.4f, \"q1\": %.4f, \"q3\": %.4f, \"best_tenth\": %.4f, "
                    "\"peak_kib\": %ld}",
                    one.median(), one.quantile(0.25), one.quantile(0.75), one.quantile(0.1),
                    one.peak_kib);
    } else {
      std::snprintf(text, sizeof text, "null");
    }
    out += text;
  }
  out += "}, \"ratios\": [";
  separator = "";
  for (const Goal& goal : kGoals) {
    const auto* one = find(contenders, goal.one);
    const auto* other = find(contenders, goal.other);
    if (one == nullptr || other == nullptr) continue;
    const Ratio ratio = ratio_of(*one, *other);
    std::snprintf(text, sizeof text,
                  "{\"of\": \"%s\", \"to\": \"%s\", \"ratio\": %.3f, \"q1\": %.3f, \"q3\": %.3f, "
                  "\"best_tenths\": %.3f}",
                  one->name.c_str(), other->name.c_str(), ratio.of_medians, ratio.first_quarter,
                  ratio.third_quarter, ratio.of_best_tenths);
    out += separator;
    out += text;
    separator = ", ";
  }
  return out + "]}";
}

// What is measured. The compiles work in the place of our own.
std::vector<Work> works(const Options& options) {
  std::vector<Work> out = {{"start (true)", {"/bin/true"}, options.rounds, true}};
  if (!options.compile) return out;
  std::ofstream("one.c") << "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
                            "int main(void) { puts(\"one\"); return 0; }\n";
  std::ofstream("one.cpp") << "#include <algorithm>\n#include <map>\n#include <string>\n"
                              "#include <vector>\nint main() { std::map<int, std::string> m; "
                              "return static_cast<int>(m.size()); }\n";
  const long few = std::max(10L, options.rounds / 10);
  out.push_back({"one C file", {"/usr/bin/cc", "-O2", "-c", "one.c", "-o", "one.o"}, few});
  out.push_back({"one C++ file", {"/usr/bin/c++", "-O2", "-c", "one.cpp", "-o", "one.o"}, few});
  return out;
}

int run(Options options) {
  // A place and a home of its own: no configuration of the user's counts, no log is left.
  std::string& place = place_of_its_own();
  if (mkdtemp(place.data()) == nullptr) stop("no place of its own");
  std::atexit(remove_place);
  install(options.sefaca, "sefaca");
  install(options.floor, "floor");
  make_root();
  // As people work: in a directory that is not the home itself.
  const std::string home = place + "/home", directory = home + "/work";
  std::filesystem::create_directories(directory);
  if (chdir(directory.c_str()) != 0) stop("no place of its own");
  ::setenv("HOME", home.c_str(), 1);
  options.plans = make_plans(options.sefaca, home + "/work/source", directory);
  std::vector<std::string> variables = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + home,
                                        "LANG=C.UTF-8"};
  std::vector<char*> environment;
  for (auto& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);

  std::FILE* text = options.json == "-" ? stderr : stdout;
  std::string json;
  for (const Work& work : works(options)) {
    std::vector<Contender> contenders = contenders_for(options, work);
    measure(contenders, environment.data(), work.rounds);
    measure_peaks(contenders, environment.data(), options.floor);
    print(text, work, contenders);
    if (json.empty()) print_goals(text, contenders);
    json += (json.empty() ? "" : ", ") + as_json(work, contenders);
  }
  if (options.json.empty()) return 0;
  std::FILE* file = options.json == "-" ? stdout : std::fopen(options.json.c_str(), "w");
  if (file == nullptr) stop("could not write " + options.json);
  std::fprintf(file, "{\"unit\": \"ms\", \"works\": [%s]}\n", json.c_str());
  if (file != stdout) std::fclose(file);
  return 0;
}

}  // namespace
}  // namespace sefaca::bench

int main(int argc, char** argv) {
  sefaca::bench::Options options;
  for (int i = 1; i < argc; ++i) {
    if (sefaca::bench::read_option(argv[i], options)) continue;
    std::fprintf(stderr,
                 "usage: bench --sefaca=FILE --floor=FILE [--rounds=N, at least 10] [--compile] "
                 "[--json=FILE|-]\n");
    return 2;
  }
  if (options.sefaca.empty() || options.floor.empty())
    sefaca::bench::stop("--sefaca and --floor are needed");
  return sefaca::bench::run(options);
}
