#include "launcher/make_shell.h"

#include <signal.h>
#include <sys/resource.h>
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
#include "launcher/make_cache.h"
#include "launcher/make_call.h"
#include "launcher/make_caller.h"
#include "launcher/make_paths.h"
#include "launcher/run.h"
#include "launcher/session.h"

namespace sefaca {
namespace {

constexpr const char* kStandardShell = "/bin/sh";

bool is_this_program(const std::string& path) {
  struct stat self {
  }, other{};
  return ::stat("/proc/self/exe", &self) == 0 && ::stat(path.c_str(), &other) == 0 &&
         self.st_dev == other.st_dev && self.st_ino == other.st_ino;
}

// The shell behind this one: $SEFACA_SHELL, several words perhaps; never this program again.
Result<std::vector<std::string>> real_shell(const Surroundings& surroundings) {
  const std::string named = surroundings.variable("SEFACA_SHELL");
  if (trim(named).empty()) return std::vector<std::string>{kStandardShell};
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

// make's level as it says itself, for a line; 1 where there is none ($(shell) of the top make).
int make_level(const Surroundings& surroundings) {
  const std::string text = surroundings.variable("MAKELEVEL");
  const int level = std::atoi(text.c_str());
  return std::clamp(level, 1, 1000);
}

// What the door chose, in its own layer: below $SEFACA_PRESET and its like.
void choose(RunRequest& request, const MakeChoice& choice) {
  const std::string origin = concat("the make door: ", choice.why);
  const auto set = [&](const char* key, const std::string& value, const std::string& from) {
    request.assignments.push_back(
        {.key = key, .values = {value}, .layer = Layer::door, .origin = from});
  };
  // A rule of a file that names no preset is said with its place.
  set("preset", choice.preset, choice.origin.starts_with('/') ? choice.origin : origin);
  if (choice.offline) set("network", "deny", origin);
}

// Ends as `sh -c` ends: by the signal that the command died of, so that make says so.
int end_like_shell(Session& session, const Surroundings& surroundings) {
  const int code = run_session(session, surroundings);
  if (!session.record.outcome || session.record.outcome->signal.empty()) return code;
  const int signal = code - 128;
  const bool limited = std::any_of(
      session.record.violations.begin(), session.record.violations.end(),
      [](const Violation& v) { return v.kind == ViolationKind::memory_limit_exceeded; });
  if (signal <= 0 || limited) return code;
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);  // the command's own core is the one that matters
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  ::signal(signal, SIG_DFL);
  std::fflush(nullptr);
  ::raise(signal);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
  return code;  // a signal that ends nobody
}

// A line of a make inside of a run that holds it to all that it would be held to: no layer more, so
// that a recursive make may be as deep as it likes.
int run_as_enclosed(const RunRequest& request, const Policy& policy, const EnclosingRun& enclosing,
                    const Surroundings& surroundings) {
  Record record = start_record(request, policy, surroundings);
  record.parent = enclosing.id();
  record.enforced = {{"everything", concat("the enclosing run ", enclosing.id())}};
  const bool protects =
      std::any_of(policy->paths.begin(), policy->paths.end(),
                  [](const PathRule& rule) { return rule.kind == PathRule::Kind::protected_; });
  if (protects)
    record.not_enforced = {{Gap::Effect::weaker, "protected_paths",
                            "the enclosing run decides which files stay as they are", ""}};
  return execute_in_place(request, std::move(record), policy->log_file, policy->environment,
                          surroundings);
}

// The target is one that writes outside of the build: as if sefaca were not there, and on record as
// not sandboxed.
int pass_through(RunRequest request, const Surroundings& surroundings) {
  const std::string target = printable(request.target);
  request.assignments.push_back({.key = "level",
                                 .values = {"permissive"},
                                 .layer = Layer::door,
                                 .origin = concat("target ", target)});
  const auto policy = make_policy(request, surroundings);
  if (!policy) return refuse(policy.errors(), surroundings);
  if (const auto enclosing = EnclosingRun::find(surroundings)) {
    PolicyFields fields = **policy;
    fields.environment = whole_environment(surroundings);
    return run_as_enclosed(request, PolicyBuilder::restored(std::move(fields)), *enclosing,
                           surroundings);
  }
  Record record = start_record(request, *policy, surroundings);
  record.withheld_env.clear();
  record.not_enforced = {{Gap::Effect::weaker, "everything",
                          concat("target '", target, "' is passed through"),
                          "SEFACA_PRESET=development, or a rule of its own in [make.targets]"}};
  if (!request.quiet && first_of_build("pass", surroundings))
    print_note(stderr,
               concat("target '", target,
                      "' is not sandboxed: it writes outside of the build "
                      "(SEFACA_PRESET=development sandboxes it)"),
               use_colour(stderr, surroundings));
  return execute_in_place(request, std::move(record), (*policy)->log_file,
                          whole_environment(surroundings), surroundings);
}

// The line's policy: kept from an earlier line of the same make, or made.
Result<Policy> policy_of(const RunRequest& request, const std::optional<MakeCaller>& caller,
                         bool enclosed, const Surroundings& surroundings) {
  // Inside of a run sefaca's own directory is out of reach.
  if (!caller || enclosed) return make_policy(request, surroundings);
  const MakeCache cache(*caller, request, surroundings);
  if (auto kept = cache.find()) return std::move(*kept);
  std::vector<std::string> files;
  SEFACA_TRY(policy, make_policy(request, surroundings, &files));
  cache.keep(policy, files);
  return policy;
}

int run_line(RunRequest request, const std::optional<MakeCaller>& caller,
             const std::optional<EnclosingRun>& enclosing, const Surroundings& surroundings) {
  const auto outer = enclosing ? enclosing->plan(build_id()) : Result<Plan>(Error{});
  if (outer) {
    // The top make is out of sight in here; where it lies is what the outer line was given.
    const auto top = outer->notes.find(kMakeNote);
    auto& write = request.door_paths.write;
    if (top != outer->notes.end())
      write.insert(write.end(), top->second.begin(), top->second.end());
  }
  auto policy = policy_of(request, caller, enclosing.has_value(), surroundings);
  if (!policy) return refuse(policy.errors(), surroundings);
  if (outer && !adds_to(outer->policy, **policy))
    return run_as_enclosed(request, *policy, *enclosing, surroundings);
  auto prepared = prepare_session(std::move(request), std::move(*policy), surroundings,
                                  Supervision::supervised);
  if (!prepared) return refuse(prepared.errors(), surroundings);
  return end_like_shell(*prepared, surroundings);
}

// Whether the run that this process is in is a line of make: what make's shell is used for inside
// (libtool, test scripts: $(SHELL) in recipes) belongs to the line.
bool is_of_make(const Result<Plan>& outer) {
  return outer && outer->notes.contains(kMakeNote);
}

int ordinary_shell(Command command, const Surroundings& surroundings) {
  const std::vector<std::string> none;
  auto request = parse_run_words(none, surroundings);
  if (!request) return refuse(request.errors(), surroundings);
  request->command = std::move(command);
  request->door = "shell";
  if (const auto enclosing = EnclosingRun::find(surroundings)) {
    const auto outer = enclosing->plan(build_id());
    if (is_of_make(outer)) {
      PolicyFields fields = outer->policy;
      fields.environment = whole_environment(surroundings);
      return run_as_enclosed(*request, PolicyBuilder::restored(std::move(fields)), *enclosing,
                             surroundings);
    }
  }
  auto prepared = prepare_session(std::move(*request), surroundings, Supervision::supervised);
  if (!prepared) return refuse(prepared.errors(), surroundings);
  return end_like_shell(*prepared, surroundings);
}

}  // namespace

int make_shell(std::span<const std::string> words, const Surroundings& given) {
  // One look at the disk for all that is asked of it.
  const RememberingFiles files(*given.files);
  Surroundings surroundings = given;
  surroundings.files = &files;
  const ShellCall call = parse_shell_call(words);
  const auto shell = real_shell(surroundings);
  if (!shell) return refuse(shell.errors(), surroundings);
  const RecipeLine line = call.line ? read_recipe_line(*call.line) : RecipeLine{};
  Command command = command_of(call, *shell, line, surroundings);

  const auto caller =
      call.line ? find_make_caller(make_level(surroundings)) : std::optional<MakeCaller>();
  if (!caller && !call.target) return ordinary_shell(std::move(command), surroundings);

  const auto settings = load_make_settings(surroundings);
  if (!settings) return refuse(settings.errors(), surroundings);
  const std::string target = call.target.value_or("");
  MakeChoice choice = choose_for_line(settings->rules, target, line,
                                      caller ? caller->goals : std::vector<std::string>());

  const std::vector<std::string> none;
  auto request = parse_run_words(none, surroundings);
  if (!request) return refuse(request.errors(), surroundings);
  request->command = std::move(command);
  request->door = "make";
  request->target = target;
  request->step = true;
  if (choice.preset == kPassThrough) {
    const bool asked = !surroundings.variable("SEFACA_PRESET").empty() ||
                       !surroundings.variable("SEFACA_LEVEL").empty();
    if (!asked && !settings->bounded) return pass_through(std::move(*request), surroundings);
    choice.preset = "development";
  }
  choose(*request, choice);
  request->door_limits = DoorLimits{.unlimited = choice.unlimited};
  request->door_paths = make_paths(call, line, caller, surroundings);
  // A compiler that is executed by itself runs no sefaca inside.
  request->hand_down = choice.preset != "compiler" || request->command->argv != line.argv;
  return run_line(std::move(*request), caller, EnclosingRun::find(surroundings), surroundings);
}

}  // namespace sefaca
