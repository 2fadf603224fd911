#include "launcher/make_shell.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "core/audit/first_of_build.h"
#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/configuration.h"
#include "core/enforce/degradations.h"
#include "core/enforce/program.h"
#include "core/policy/make_rules.h"
#include "core/policy/paths.h"
#include "core/policy/recipe_line.h"
#include "core/policy/remembering_files.h"
#include "core/supervise/nested.h"
#include "core/supervise/outcome.h"
#include "launcher/build_id.h"
#include "launcher/diagnostics.h"
#include "launcher/in_place.h"
#include "launcher/line.h"
#include "launcher/make_call.h"
#include "launcher/make_caller.h"
#include "launcher/make_paths.h"
#include "launcher/makefile_shell.h"
#include "launcher/run.h"
#include "launcher/session.h"

namespace sefaca {
namespace {

constexpr const char* kStandardShell = "/bin/sh";

using Notes = decltype(RunRequest::notes);

bool is_this_program(const std::string& path) {
  struct stat self {
  }, other{};
  return ::stat("/proc/self/exe", &self) == 0 && ::stat(path.c_str(), &other) == 0 &&
         self.st_dev == other.st_dev && self.st_ino == other.st_ino;
}

// The shell that the makefiles of the nearest make name, where their own SHELL had to give way to
// this program: empty where they name none. nullopt: no such make is in sight.
std::optional<std::vector<std::string>> shell_of_makefile(const ShellCall& call,
                                                          const Surroundings& surroundings) {
  // make hands its command line's variables on in MAKEFLAGS, but not to $(shell) of the top make.
  const bool given_way = !call.makefiles.empty() ||
                         surroundings.variable("MAKEFLAGS").find("SHELL=") != std::string::npos;
  std::optional<MakeCaller> make;
  if (given_way || !surroundings.environment.contains("MAKEFLAGS")) make = find_make_caller(1);
  if (!make || (!given_way && !make->variables.contains("SHELL"))) return std::nullopt;
  make->variables.erase("SHELL");
  std::vector<std::string> files = call.makefiles.empty() ? make->makefiles : call.makefiles;
  for (const std::string& name : default_makefiles()) {
    if (!files.empty()) break;
    if (surroundings.files->exists(absolute_path(name, make->directory))) files.push_back(name);
  }
  for (auto& words : shells_of_makefiles(files, make->directory, make->variables, surroundings)) {
    const auto program = find_program(words.front(), surroundings);
    if (program && !is_this_program(absolute_path(*program, surroundings.cwd)))
      return std::optional(std::move(words));
  }
  return std::vector<std::string>();
}

// The shell behind this one: $SEFACA_SHELL, several words perhaps; never this program again. Else
// what the makefile names; inside of a line's run, with make out of sight, what it named there.
Result<std::vector<std::string>> real_shell(const ShellCall& call, const Around& around,
                                            Notes& notes, const Surroundings& surroundings) {
  const std::string named = surroundings.variable("SEFACA_SHELL");
  if (trim(named).empty()) {
    std::optional<std::vector<std::string>> found = shell_of_makefile(call, surroundings);
    if (!found) found = around.note(kShellNote);
    if (found->empty()) return std::vector<std::string>{kStandardShell};
    notes[std::string(kShellNote)] = *found;
    return std::move(*found);
  }
  std::vector<std::string> words = read_recipe_line(named).argv;
  if (words.empty())
    return Error{.what = concat("'", printable(named), "' names no shell"),
                 .where = "$SEFACA_SHELL",
                 .remedy = "a program and its options: SEFACA_SHELL=/bin/bash"};
  if (auto program = find_program(words.front(), surroundings);
      program && is_this_program(absolute_path(*program, surroundings.cwd)))
    return std::vector<std::string>{kStandardShell};
  return words;
}

// Whether the shell would do no more for a plain line than execute it: bash and its like read
// start-up files and functions from the environment.
bool only_executes(const std::string& shell, const Surroundings& surroundings) {
  constexpr std::string_view kPlain[] = {"sh", "dash", "bash"};
  if (std::find(std::begin(kPlain), std::end(kPlain), base_name(shell)) == std::end(kPlain))
    return false;
  const Environment& environment = surroundings.environment;
  if (environment.contains("BASH_ENV") || environment.contains("SHELLOPTS")) return false;
  const auto function = environment.lower_bound("BASH_FUNC_");
  return function == environment.end() || !function->first.starts_with("BASH_FUNC_");
}

// What will be executed: the line's own words where no shell is needed, else the real shell.
Command command_of(const ShellCall& call, const std::vector<std::string>& shell,
                   const RecipeLine& line, const Surroundings& surroundings) {
  if (call.bare && shell.size() == 1 && !line.argv.empty() &&
      only_executes(shell.front(), surroundings) && find_program(line.argv.front(), surroundings))
    return Command{.argv = line.argv};  // what is not found is the shell's to say
  Command command{.argv = shell, .shell_line = call.line.has_value()};
  command.argv.insert(command.argv.end(), call.words.begin(), call.words.end());
  return command;
}

// A compiler that is executed by itself runs no sefaca inside; a script that a shell runs may
// (`$(SHELL) ./libtool …` uses its own $SHELL).
bool is_alone(const Command& command, const RecipeLine& line) {
  return command.argv == line.argv && line.programs.size() == 1 &&
         base_name(command.argv.front()) == line.programs.front();
}

// make's level as it says itself, for a line; 1 where there is none ($(shell) of the top make).
int make_level(const Surroundings& surroundings) {
  const std::string text = surroundings.variable("MAKELEVEL");
  const long level = std::strtol(text.c_str(), nullptr, 10);
  return static_cast<int>(std::clamp(level, 1L, 1000L));
}

// The target is one that writes outside of the build: as if sefaca were not there, and on record as
// not sandboxed.
int pass_through(RunRequest request, const Around& around, const Surroundings& surroundings) {
  const std::string target = printable(request.target);
  request.assignments.push_back({.key = "level",
                                 .values = {"permissive"},
                                 .layer = Layer::door,
                                 .origin = concat("target ", target)});
  const auto policy = make_policy(request, surroundings);
  if (!policy) return refuse(policy.errors(), surroundings);
  if (around.run) {
    PolicyFields fields = **policy;
    fields.environment = whole_environment(surroundings);
    return run_as_enclosed(request, PolicyBuilder::restored(std::move(fields)), *around.run,
                           surroundings);
  }
  Record record = start_record(request, *policy, surroundings);
  record.withheld_env.clear();
  record.not_enforced = {gap_of(Lack::passed_through, {Capabilities{}, *surroundings.files},
                                concat("'", target, "'"))};
  if (!request.quiet && first_of_build("pass", surroundings))
    print_note(stderr,
               concat("target '", target,
                      "' is not sandboxed: it writes outside of the build "
                      "(SEFACA_PRESET=development sandboxes it)"),
               use_colour(stderr, surroundings));
  return execute_in_place(request, std::move(record), (*policy)->log_file,
                          whole_environment(surroundings), surroundings);
}

// Whether the run that this process is in is a line of make: what make's shell is used for inside
// (libtool, test scripts: $(SHELL) in recipes) belongs to the line.
bool is_of_make(const Result<Plan>& outer) {
  return outer && outer->notes.contains(kMakeNote);
}

int ordinary_shell(Command command, const Around& around, const Surroundings& surroundings) {
  const std::vector<std::string> none;
  auto request = parse_run_words(none, surroundings);
  if (!request) return refuse(request.errors(), surroundings);
  request->command = std::move(command);
  request->door = "shell";
  if (around.run && is_of_make(around.plan)) {
    PolicyFields fields = around.plan->policy;
    fields.environment = whole_environment(surroundings);
    return run_as_enclosed(*request, PolicyBuilder::restored(std::move(fields)), *around.run,
                           surroundings);
  }
  auto prepared = prepare_session(std::move(*request), surroundings, Supervision::supervised);
  if (!prepared) return refuse(prepared.errors(), surroundings);
  return end_as_command(*prepared, surroundings);
}

}  // namespace

int make_shell(std::span<const std::string> words, const Surroundings& given) {
  // One look at the disk for all that is asked of it.
  const RememberingFiles files(*given.files);
  Surroundings surroundings = given;
  surroundings.files = &files;
  const ShellCall call = parse_shell_call(words);
  const Around around(surroundings);
  Notes notes;
  const auto shell = real_shell(call, around, notes, surroundings);
  if (!shell) return refuse(shell.errors(), surroundings);
  const RecipeLine line = call.line ? read_recipe_line(*call.line) : RecipeLine{};
  Command command = command_of(call, *shell, line, surroundings);

  const auto caller =
      call.line ? find_make_caller(make_level(surroundings)) : std::optional<MakeCaller>();
  if (!caller && !call.target) return ordinary_shell(std::move(command), around, surroundings);

  const auto settings = load_make_settings(surroundings);
  if (!settings) return refuse(settings.errors(), surroundings);
  const std::string target = call.target.value_or("");
  // The top make's, which is out of sight inside of a run, and those of the makes in sight.
  std::vector<std::string> goals = around.note(kGoalsNote);
  if (caller) goals.insert(goals.end(), caller->goals.begin(), caller->goals.end());
  MakeChoice choice = choose_for_line(settings->rules, target, line, goals);

  const std::vector<std::string> none;
  auto request = parse_run_words(none, surroundings);
  if (!request) return refuse(request.errors(), surroundings);
  request->command = std::move(command);
  request->door = "make";
  request->target = target;
  request->step = true;
  request->notes = std::move(notes);
  if (!goals.empty()) request->notes[std::string(kGoalsNote)] = goals;
  if (choice.preset == kPassThrough) {
    if (!environment_names_policy(surroundings) && !settings->bounded)
      return pass_through(std::move(*request), around, surroundings);
    choice.preset = "development";
  }
  choose(*request, choice, "the make door");
  request->door_limits = DoorLimits{.unlimited = choice.unlimited};
  request->door_paths = make_paths(call, line, caller, surroundings);
  request->hand_down = choice.preset != "compiler" || !is_alone(*request->command, line);
  return run_line(std::move(*request), caller, around, surroundings);
}

}  // namespace sefaca
