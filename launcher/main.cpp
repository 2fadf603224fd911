// main: which door the program was called by, and which command.
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/surroundings.h"
#include "core/supervise/outcome.h"
#include "launcher/check_command.h"
#include "launcher/config_command.h"
#include "launcher/diagnostics.h"
#include "launcher/help.h"
#include "launcher/inside.h"
#include "launcher/launch.h"
#include "launcher/log_command.h"
#include "launcher/make_shell.h"
#include "launcher/run.h"
#include "launcher/session.h"
#include "launcher/shell.h"
#include "launcher/version.h"

namespace sefaca {
namespace {

using Words = std::span<const std::string>;

struct Action {
  std::string_view name;
  int (*act)(Words, const Surroundings&);
};
constexpr Action kActions[] = {
    {"run", run_command},
    {"exec", exec_command},
    {"shell", shell_command},
    {"config", [](Words w, const Surroundings& s) { return config_command(w, s, stdout, stderr); }},
    {"check", check_command},
    {"log", [](Words w, const Surroundings& s) { return log_command(w, s, stdout, stderr); }},
    {"help", [](Words w, const Surroundings&) { return help_command(w, stdout, stderr); }},
};

int version() {
  std::printf("sefaca %s\n", kVersion);
  return 0;
}

// Where the CMake module of this very program lies: an installation and a build tree have it at the
// same place.
int cmake_directory(const Surroundings& surroundings) {
  const auto self = surroundings.files->real_path("/proc/self/exe");
  const std::string place = absolute_path("../lib/cmake/Sefaca", parent_path(self.value_or("/")));
  if (!surroundings.files->is_directory(place)) {
    print_errors(stderr,
                 {Error{.what = "the CMake module is not installed with this program",
                        .where = printable(place),
                        .remedy = "cmake --install BUILD"}},
                 use_colour(stderr, surroundings));
    return 1;
  }
  std::printf("%s\n", place.c_str());
  return 0;
}

// No action, or an unknown one: usage and 1, as in the specification.
int usage(const std::string& action, const Surroundings& surroundings) {
  if (!action.empty()) {
    std::vector<std::string_view> names;
    for (const Action& known : kActions) names.push_back(known.name);
    print_errors(stderr,
                 {Error{.what = concat("unknown action '", printable(action), "'"),
                        .remedy = spelling_hint(action, names)}},
                 use_colour(stderr, surroundings));
  }
  std::fputs(usage_text().c_str(), stderr);
  return 1;
}

int dispatch(const std::vector<std::string>& words, const Surroundings& surroundings) {
  const std::string action = words.empty() ? "" : words.front();
  if (action == "--version") return version();
  if (action == "--cmakedir") return cmake_directory(surroundings);
  if (action == "--help" || action == "-h") {
    std::fputs(help_text().c_str(), stdout);
    return 0;
  }
  for (const Action& known : kActions) {
    if (known.name == action) return known.act(Words(words).subspan(1), surroundings);
  }
  return usage(action, surroundings);
}

int start(int argc, char** argv, char** envp) {
  guard_standard_descriptors();
  const RealFileSystem files;
  auto surroundings = read_surroundings(files, envp);
  if (!surroundings) {
    print_errors(stderr, surroundings.errors(), false);
    return kExitOwnFailure;
  }
  const std::string name(base_name(argc > 0 ? argv[0] : ""));
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (name == "sh" || name == "sefaca-sh") return make_shell(words, *surroundings);
  if (name == kInsideName) return inside_command(words, *surroundings);
  if (name == "sefaca-launch") return launch_command(words, *surroundings);
  return dispatch(words, *surroundings);
}

}  // namespace
}  // namespace sefaca

int main(int argc, char** argv, char** envp) {
  // One growth of the heap in place of six: a run takes about 200 KiB.
  constexpr int kHeapStep = 512 * 1024;
  ::mallopt(M_TOP_PAD, kHeapStep);
  try {
    const int code = sefaca::start(argc, argv, envp);
    std::fflush(nullptr);
    ::_exit(code);  // nothing is left that a destructor of a static object would do
  } catch (const std::exception& error) {  // out of memory, a bug: nothing was run after it
    std::fprintf(stderr, "sefaca: %s\n", error.what());
    return sefaca::kExitOwnFailure;
  }
}
