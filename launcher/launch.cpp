#include "launcher/launch.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/plan_file.h"
#include "core/enforce/degradations.h"
#include "core/enforce/program.h"
#include "core/policy/paths.h"
#include "launcher/background.h"
#include "launcher/build_id.h"
#include "launcher/diagnostics.h"
#include "launcher/launch_log.h"
#include "launcher/launch_resolve.h"
#include "launcher/run.h"
#include "launcher/session.h"
#include "launcher/step.h"
#include "launcher/step_line.h"
#include "launcher/tool.h"

namespace sefaca {
namespace {

std::string note_of(const Plan& plan, std::string_view name) {
  const auto found = plan.notes.find(name);
  return found == plan.notes.end() || found->second.empty() ? "" : found->second.front();
}

// Replaces this process. 126 or 127 when that fails.
int execute(const BuildStep& step, const Surroundings& surroundings) {
  const auto program = find_program(step.argv.front(), surroundings);
  if (!program) return refuse(program.errors(), surroundings);
  std::vector<char*> argv;
  for (const std::string& word : step.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execve(program->c_str(), argv.data(), environ);
  const int number = errno;
  return refuse({Error{.what = concat("can't be executed: ", errno_text(number)),
                       .where = printable(*program),
                       .errno_value = number}},
                surroundings);
}

// "cmake", "ctest" … when the step runs that program of this very CMake; else empty.
std::string cmake_tool(const BuildStep& step, const Plan& plan, const Surroundings& surroundings) {
  const auto programs = plan.notes.find("program");
  if (step.role != StepRole::custom || programs == plan.notes.end()) return {};
  const std::string_view name = base_name(step.argv.front());
  const auto is_same = [&](const std::string& known) { return base_name(known) == name; };
  if (std::none_of(programs->second.begin(), programs->second.end(), is_same)) return {};
  const auto found = find_program(step.argv.front(), surroundings);
  if (!found) return {};
  const FileSystem& files = *surroundings.files;
  const auto real = files.real_path(absolute_path(*found, surroundings.cwd));
  for (const std::string& known : programs->second) {
    if (real && is_same(known) && files.real_path(known) == real) return std::string(name);
  }
  return {};
}

RunRequest request_for(const BuildStep& step) {
  RunRequest request;
  request.command = Command{.argv = step.argv};
  request.quiet = true;
  request.door = "cmake";
  request.target = concat(name_of(step.role), " ", step.target.empty() ? step.output : step.target);
  return request;
}

// A person's word that this step runs with all rights. It is on record, with the reason.
int run_unsandboxed(const BuildStep& step, const Policy& policy, const std::string& why,
                    const Surroundings& surroundings) {
  record_unsandboxed(request_for(step), policy, why, surroundings);
  return execute(step, surroundings);
}

// A test's own environment may say where its temporary files go; where that can't be written, and
// for all other steps, it is the plan's place: compilers fail in one that they may not use.
void settle_temporary_directory(PolicyFields& fields, const Surroundings& surroundings) {
  if (!surroundings.files->is_directory(fields.tmp_directory))  // it was the configure run's
    fields.tmp = TmpKind::private_directory;
  if (fields.tmp != TmpKind::host) {  // made afresh, in the step's own place: see PrivateDirectory
    fields.tmp_directory = surroundings.temporary_directory();
    return;
  }
  const std::string named = surroundings.variable("TMPDIR");
  if (named.empty()) return;
  const auto real = surroundings.files->real_path(surroundings.temporary_directory());
  if (real && access_at(fields.paths, *real, Access::hide) == Access::write) return;
  std::erase_if(fields.environment, [](const auto& entry) { return entry.starts_with("TMPDIR="); });
  fields.environment.push_back(concat("TMPDIR=", fields.tmp_directory));
}

Result<Policy> policy_for(const BuildStep& step, const Plan& plan,
                          const Surroundings& surroundings) {
  SEFACA_TRY(policy, kept_policy(plan, surroundings));
  PolicyFields fields = *policy;
  add_step_rights(fields, step, plan, surroundings);
  settle_temporary_directory(fields, surroundings);
  return PolicyBuilder::restored(std::move(fields));
}

Result<Plan> plan_for(const BuildStep& step) {
  const std::string build = build_id();
  const auto path = [&](const std::string& name) { return concat(step.plans, "/", name, ".plan"); };
  auto plan = read_plan(path(name_of(step.role)), build);
  if (plan) {
    const std::string name = plan_name(step, *plan);
    if (name != name_of(step.role)) plan = read_plan(path(name), build);
  }
  if (plan) return plan;
  Errors errors = plan.errors();
  for (Error& error : errors) {
    error.what = concat("the plan of this step can't be used: ", error.what);
    error.remedy = "run cmake again; nothing was run";
  }
  return errors;
}

// What a build's output says at the step that failed; a test says it in its own log.
void say_denied(const BuildStep& step, const Plan& plan, const Session& session,
                const Outcome& outcome) {
  const std::vector<std::string> lines =
      denied_lines(step, session.policy, outcome, note_of(plan, "source"));
  if (step.role == StepRole::test) {
    append_test_log(note_of(plan, "build"), step, lines, exit_code_of(outcome));
  } else if (exit_code_of(outcome) != 0) {
    for (const std::string& line : lines) std::fprintf(stderr, "sefaca: %s\n", line.c_str());
  }
}

int run_step(const BuildStep& step, const Plan& plan, Policy policy,
             const Surroundings& surroundings) {
  RunRequest request = request_for(step);
  if (note_of(plan, "unsafe_place") == "true")
    request.gaps.push_back(gap_of(Lack::plan_in_build_tree, {Capabilities{}, *surroundings.files}));
  auto prepared =
      prepare_session(std::move(request), std::move(policy), surroundings, Supervision::supervised);
  if (!prepared) return refuse(prepared.errors(), surroundings);
  Session& session = *prepared;
  Background background(session);
  const Supervised ended = supervise_session(session, surroundings);
  if (ended.failed != Step::none) {
    print_errors(stderr, {ended.error}, use_colour(stderr, surroundings));
    return ended.failed == Step::execute ? exit_code_for({ended.error}) : kExitOwnFailure;
  }
  say_denied(step, plan, session, ended.outcome);
  if (step.role == StepRole::test && ended.outcome.signal != 0 &&
      ended.outcome.kind == Outcome::Kind::signaled)
    end_by_signal(ended.outcome.signal);  // so that ctest sees the signal itself
  background.stay(ended, exit_code_of(ended.outcome));
  return exit_code_of(ended.outcome);
}

// For the shell of a custom step.
int say_rest(std::span<const std::string> words, const Surroundings& surroundings) {
  const auto rest = shell_rest(words, surroundings);
  if (!rest) return refuse(rest.errors(), surroundings);
  std::fputs(rest->c_str(), stdout);
  return 0;
}

}  // namespace

int launch_command(std::span<const std::string> words, const Surroundings& surroundings) {
  if (!words.empty() && words.front().starts_with("--resolve="))
    return resolve_command(words.front().substr(10), surroundings);
  if (!words.empty() && words.front() == "--check-policy")
    return check_policy_command(words.subspan(1), surroundings);
  if (!words.empty() && words.front().starts_with("--line=")) return say_rest(words, surroundings);
  // CMake's rules name a plan; other tools don't.
  const bool planned = std::any_of(
      words.begin(), std::find(words.begin(), words.end(), "--"), [](const std::string& word) {
        return word.starts_with("--plan=") || word.starts_with("--role=");
      });
  if (!planned) return launch_tool(words, surroundings);
  auto parsed = parse_step(words);
  if (!parsed) return refuse(parsed.errors(), surroundings);
  BuildStep& step = *parsed;
  auto plan = plan_for(step);
  if (!plan) return refuse(plan.errors(), surroundings);
  if (is_built_in(step, cmake_tool(step, *plan, surroundings))) return execute(step, surroundings);
  // A test's environment is the project's: only ctest's own, which the tests' file hands on,
  // counts.
  if (step.role != StepRole::test) step.bypass = surroundings.variable("SEFACA_BYPASS");
  auto policy = policy_for(step, *plan, surroundings);
  if (!policy) return refuse(policy.errors(), surroundings);
  if (!step.bypass.empty())
    return run_unsandboxed(step, *policy, concat("SEFACA_BYPASS: ", step.bypass), surroundings);
  if (const std::string off = note_of(*plan, "off"); !off.empty())
    return run_unsandboxed(step, *policy, off, surroundings);
  return run_step(step, *plan, std::move(*policy), surroundings);
}

}  // namespace sefaca
