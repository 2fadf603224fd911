#include "launcher/tool.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/configuration.h"
#include "core/policy/make_rules.h"
#include "core/policy/paths.h"
#include "core/policy/recipe_line.h"
#include "core/policy/remembering_files.h"
#include "launcher/command_line.h"
#include "launcher/help.h"
#include "launcher/line.h"
#include "launcher/make_paths.h"
#include "launcher/run.h"

namespace sefaca {
namespace {

bool names_policy(const RunRequest& request, const Surroundings& surroundings) {
  return environment_names_policy(surroundings) ||
         std::any_of(
             request.assignments.begin(), request.assignments.end(),
             [](const Assignment& one) { return one.key == "preset" || one.key == "level"; });
}

// The words as a line of make would have them.
RecipeLine line_of(const std::vector<std::string>& argv) {
  RecipeLine line;
  line.argv = line.words = argv;
  line.programs = {std::string(base_name(argv.front()))};
  return line;
}

// The directories of a compiler's outputs that are there.
std::vector<std::string> output_directories(const std::vector<std::string>& argv,
                                            const Surroundings& surroundings) {
  std::vector<std::string> out;
  const std::vector<std::string> homes = home_directories(surroundings);
  const auto add = [&](std::string_view name, bool directory) {
    if (name.empty()) return;
    std::string path = absolute_path(name, surroundings.cwd);
    if (!directory) path = parent_path(path);
    const auto real = surroundings.files->real_path(path);
    if (real && surroundings.files->is_directory(*real) && !is_home_or_above(*real, homes))
      out.push_back(*real);
  };
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string_view word = argv[i];
    const std::string_view next = i + 1 < argv.size() ? std::string_view(argv[i + 1]) : "";
    if (word == "-o") {
      add(next, false);
    } else if (word == "--out-dir") {
      add(next, true);
    } else if (word.starts_with("--out-dir=")) {
      add(word.substr(10), true);
    } else if (word == "-C" && next.starts_with("incremental=")) {  // rustc's
      add(next.substr(12), true);
    }
  }
  return out;
}

}  // namespace

int launch_tool(std::span<const std::string> words, const Surroundings& given) {
  const RememberingFiles files(*given.files);
  Surroundings surroundings = given;
  surroundings.files = &files;
  auto request = parse_run_words(words, surroundings);
  if (!request) return refuse(request.errors(), surroundings);
  if (answered(*request, "launch")) return 0;
  if (!request->command)
    return refuse({Error{.what = "no command was given",
                         .remedy = "sefaca-launch [options of sefaca run] -- COMMAND [ARG…]"}},
                  surroundings);
  request->door = "launch";
  request->step = true;
  const RecipeLine line = line_of(request->command->argv);
  bool unlimited = false;
  bool compiler = false;
  if (!names_policy(*request, surroundings)) {
    const auto settings = load_make_settings(surroundings);
    if (!settings) return refuse(settings.errors(), surroundings);
    const MakeChoice choice = choose_for_line(settings->rules, "", line, {});
    choose(*request, choice, "sefaca-launch");
    unlimited = choice.unlimited;
    compiler = choice.preset == "compiler";
  } else {
    compiler = choose_for_line({}, "", line, {}).preset == "compiler";
  }
  request->door_limits = DoorLimits{.unlimited = unlimited};
  if (compiler) {
    request->door_paths = make_paths({}, line, std::nullopt, surroundings);
    request->door_paths.write = output_directories(request->command->argv, surroundings);
  }
  return run_line(std::move(*request), std::nullopt, Around(surroundings), surroundings);
}

}  // namespace sefaca
