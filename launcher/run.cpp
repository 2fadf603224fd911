#include "launcher/run.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "core/base/text.h"
#include "core/enforce/degradations.h"
#include "core/enforce/flat_plan.h"
#include "core/policy/compile_services.h"
#include "core/supervise/supervisor.h"
#include "launcher/background.h"
#include "launcher/diagnostics.h"
#include "launcher/enclosed.h"
#include "launcher/help.h"
#include "launcher/plan_text.h"
#include "launcher/session.h"
#include "launcher/sinks.h"
#include "launcher/violation_text.h"

namespace sefaca {
namespace {

void say(const Errors& errors, const Surroundings& surroundings) {
  print_errors(stderr, errors, use_colour(stderr, surroundings));
}

// One line for what this host does not enforce; the record and --verbose say why.
void say_gaps(const Session& session) {
  std::vector<std::string> names;
  for (const Gap& gap : session.plan.gaps) {
    // Of what is narrower only that which a command is likely to stumble over.
    if (gap.effect == Gap::Effect::weaker || gap.what == "network" || gap.what == "creation")
      names.push_back(gap.what);
  }
  if (names.empty()) return;
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::fprintf(stderr, "sefaca: not as the policy says: %s (why: --verbose)\n",
               join(names, ", ").c_str());
}

void say_before(const Session& session, const Surroundings& surroundings) {
  if (session.request.quiet) return;
  if (surroundings.cwd == "/" && session.policy->level != Level::permissive)
    print_note(stderr, "the working directory is /: nothing is granted by it",
               use_colour(stderr, surroundings));
  for (const std::string& note : compile_service_notes(
           session.command.argv, session.policy->environment, session.policy->network))
    print_note(stderr, note, use_colour(stderr, surroundings));
  if (!session.enclosure && session.plan.enforces_nothing())
    say({{.what = "Warning: Sandboxing unavailable, running unsandboxed"}}, surroundings);
  if (!session.warnings.empty()) say(session.warnings, surroundings);
  if (session.request.verbose) {
    print_summary(stderr, session);
  } else if (!session.request.step) {
    say_gaps(session);
  }
}

void say_after(const Session& session, const Outcome& outcome, const Surroundings& surroundings) {
  const bool failed = exit_code_of(outcome) != 0;
  if (session.request.quiet || (!failed && !session.request.verbose)) return;
  for (const Violation& v : outcome.violations) {
    std::fputs(violation_line(v, use_colour(stderr, surroundings)).c_str(), stderr);
  }
  if (failed && !session.policy->withheld.empty()) {
    std::fprintf(stderr, "sefaca: withheld from the environment: %s (pass one with --env=NAME)\n",
                 join(session.policy->withheld, ", ").c_str());
  }
}

// What the record has beyond the plan's own gaps: found while the command ran, or after it.
void say_found_at_end(const Session& session, const Surroundings& surroundings) {
  if (session.request.quiet) return;
  const auto& gaps = session.record.not_enforced;
  for (std::size_t i = session.plan.gaps.size() + session.request.gaps.size(); i < gaps.size(); ++i)
    print_note(stderr, gaps[i].why, use_colour(stderr, surroundings));
}

Record::Outcome recorded(const Outcome& outcome) {
  Record::Outcome out;
  if (outcome.signal != 0) {
    out.signal = signal_name(outcome.signal);
  } else {
    out.exit_code = outcome.exit_code;
  }
  out.duration_ms = outcome.duration_ms;
  out.cpu_time_ms = outcome.cpu_time_ms;
  out.max_memory_bytes = outcome.max_memory_bytes;
  return out;
}

// The record of a run inside of this one. It comes out of the sandbox, so it is as honest as the
// tree is: what it is not is a record of this run, or none that can be read.
void take_record(Session& session, std::string_view text, const Surroundings& surroundings) {
  auto record = parse_record(text);
  if (!record || record->id == session.record.id) return;
  if (record->parent.empty()) record->parent = session.record.id;
  const std::string line = to_json(*record);
  if (session.log) {
    (void)session.log->append(line);
    hand_to_sinks(session, *record, line, surroundings);
  } else if (session.enclosing) {
    (void)session.enclosing->send(line);
  }
}

// What is left to do when the tree is gone; the guardian does it when this process was killed.
void finish(Session& session, const Supervised& ended, const Surroundings& surroundings) {
  session.group.remove();
  if (!session.private_directory.path().empty()) {
    session.private_directory.remove();
    PrivateDirectory::remove_forgotten(session.policy->tmp_directory);
  }
  session.record.pid = ended.pid;
  session.record.outcome = recorded(ended.outcome);
  session.record.violations = ended.outcome.violations;
  const auto amend = [&](Lack lack, const std::string& detail = {}) {
    session.record.not_enforced.push_back(
        gap_of(lack, {session.capabilities, *surroundings.files}, detail));
    session.draft.reset();
  };
  for (const std::string& path : replaced_below_mounts(session.plan))
    amend(Lack::covers_replaced, printable(path));
  if (!ended.guarded) amend(Lack::guard_unstarted);
  if (ended.killed && session.plan.notify.report != Report::off &&
      session.plan.filter.notify != Notify::none)
    amend(Lack::unnamed_killed);
  const std::size_t lost = session.nested ? session.nested->dropped() : 0;
  if (lost != 0) amend(Lack::inner_records_dropped, concat("of ", std::to_string(lost)));
  write_record(session, surroundings);
}

}  // namespace

int refuse(const Errors& errors, const Surroundings& surroundings) {
  say(errors, surroundings);
  return exit_code_for(errors);
}

bool answered(const RunRequest& request, const char* topic) {
  if (!request.help) return false;
  if (auto text = topic_text(topic)) std::fputs(text->c_str(), stdout);
  return true;
}

Supervised supervise_session(Session& session, const Surroundings& surroundings,
                             const std::function<void()>& say_plan) {
  if (session.enclosure) {
    if (say_plan) say_plan();
    Supervised ended = run_enclosed(
        session, [&](const Supervised& one) { finish(session, one, surroundings); },
        [&](std::string_view text) { take_record(session, text, surroundings); });
    if (ended.failed == Step::none) start_shipping(session, surroundings);
    return ended;
  }
  const SuperviseRequest supervision{
      .limits = session.policy->limits,
      .capabilities = session.capabilities,
      .keep_background = session.policy->keep_background,
      .group = &session.group,
      .abstract_sockets = session.policy->allow.contains("abstract-sockets"),
      .signals = session.policy->allow.contains("signals"),
      .when_killed = [&](const Supervised& killed) { finish(session, killed, surroundings); },
      .guardian_keeps_fd = session.log ? session.log->descriptor() : -1,
      .nested = session.nested ? &*session.nested : nullptr,
      .take_record = [&](std::string_view text) { take_record(session, text, surroundings); },
      .meanwhile = [&] { draft_record(session); }};
  Supervised ended;
  {
    Supervisor supervisor(supervision);
    if (say_plan) say_plan();
    ended = supervisor.run(session.plan);
    // Namespaces and the listener are tried by using them. Nothing was run yet: again, with less.
    while (can_do_without(ended.failed, ended.error.errno_value)) {
      if (auto fine = plan_with_less(session, ended.failed, ended.error, surroundings); !fine) {
        ended.error = fine.error();
        session.warnings.assign(fine.errors().begin() + 1, fine.errors().end());
        break;
      }
      if (say_plan) say_plan();
      ended = supervisor.run(session.plan);
    }
    if (ended.failed != Step::none) {
      session.private_directory.remove();
      return ended;
    }
    finish(session, ended, surroundings);
  }
  // Outside of the fence: nothing that sefaca starts for itself is of the command's tree.
  start_shipping(session, surroundings);
  return ended;
}

int run_session(Session& session, const Surroundings& surroundings) {
  Background background(session);
  const Supervised ended =
      supervise_session(session, surroundings, [&] { say_before(session, surroundings); });
  if (ended.failed != Step::none) {
    if (!ended.error.what.empty()) say({ended.error}, surroundings);
    if (can_do_without(ended.failed, 0)) say(session.warnings, surroundings);
    return ended.failed == Step::execute ? exit_code_for({ended.error}) : kExitOwnFailure;
  }
  say_after(session, ended.outcome, surroundings);
  if (session.request.verbose)
    std::fprintf(stderr, "sefaca: its own processor time: %.1f ms, the command's: %llu ms\n",
                 static_cast<double>(ended.own_cpu_us) / 1000,
                 static_cast<unsigned long long>(ended.outcome.cpu_time_ms));
  say_found_at_end(session, surroundings);
  background.stay(ended, exit_code_of(ended.outcome));
  return exit_code_of(ended.outcome);
}

void end_by_signal(int signal) {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  ::signal(signal, SIG_DFL);
  std::fflush(nullptr);
  ::raise(signal);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
}

int run_command(std::span<const std::string> words, const Surroundings& surroundings) {
  auto request = parse_run_words(words, surroundings);
  if (!request) return refuse(request.errors(), surroundings);
  if (answered(*request, "run")) return 0;
  auto prepared = prepare_session(std::move(*request), surroundings, Supervision::supervised);
  if (!prepared) return refuse(prepared.errors(), surroundings);
  if (!prepared->request.dry_run) return run_session(*prepared, surroundings);
  print_plan(stdout, *prepared);
  return 0;
}

int exec_command(std::span<const std::string> words, const Surroundings& surroundings) {
  auto request = parse_run_words(words, surroundings);
  if (!request) return refuse(request.errors(), surroundings);
  if (answered(*request, "exec")) return 0;
  request->door = "exec";
  auto prepared = prepare_session(std::move(*request), surroundings, Supervision::in_place);
  if (!prepared) return refuse(prepared.errors(), surroundings);
  Session& session = *prepared;
  if (session.request.dry_run) {
    print_plan(stdout, session);
    return 0;
  }
  say_before(session, surroundings);
  session.record.pid = ::getpid();
  write_record(session, surroundings);
  start_shipping(session, surroundings);
  FlatPlan flat(session.plan);
  if (!session.plan.namespaces.any() || enter_namespaces_in_place(flat.child()))
    enter_and_execute(flat.child());
  const ChildPlan& child = flat.child();
  const Error error = setup_error(child.failed_step, child.failed_errno, child.failed_path);
  say({error}, surroundings);
  return child.failed_step == Step::execute ? exit_code_for({error}) : kExitOwnFailure;
}

}  // namespace sefaca
