#include "launcher/session.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include <cerrno>
#include <utility>

#include "core/audit/first_of_build.h"
#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/configuration.h"
#include "core/config/sha256.h"
#include "core/enforce/flat_plan.h"
#include "core/enforce/job_server.h"
#include "core/enforce/program.h"
#include "core/policy/narrow.h"
#include "core/policy/paths.h"
#include "core/policy/remembering_files.h"
#include "core/supervise/outcome.h"
#include "launcher/build_id.h"
#include "launcher/diagnostics.h"
#include "launcher/enclosed.h"
#include "launcher/sinks.h"
#include "launcher/unsupported.h"

namespace sefaca {
namespace {

// Marks an error as the program's (exit 126, 127), not sefaca's own, by its errno.
constexpr int kOwn = 0;

// The fifo of make's job server is written by every make below.
Policy with_job_server(const Policy& policy, const std::string& fifo) {
  PolicyFields fields = *policy;
  fields.paths.push_back({.path = fifo,
                          .access = Access::write,
                          .kind = PathRule::Kind::grant,
                          .reason = "make's job server",
                          .origin = "MAKEFLAGS"});
  return PolicyBuilder::restored(std::move(fields));
}

Status open_log(Session& session, const Surroundings& surroundings) {
  // The outer run's log is out of reach in here; the outer run takes the record.
  if (session.enclosing && session.policy->log_file.empty()) return Done{};
  const std::string path = log_path(session.policy, surroundings);
  auto opened = path.empty()
                    ? Result<LogFile>(Error{.what = "there is no home directory for the log",
                                            .remedy = "--log=FILE"})
                    : LogFile::open(path);
  if (opened) {
    session.log = std::move(*opened);
    return Done{};
  }
  if (session.policy->level == Level::strict) return as_own(opened.errors());
  // Once a build for each thing that is wrong with it.
  const std::string what = "log" + sha256_hex(opened.error().what).substr(0, 8);
  const bool always = session.request.quiet || session.request.verbose;  // quiet: not said at all
  if (!always && !first_of_build(what, surroundings)) return Done{};
  for (Error error : opened.errors()) {
    error.what = concat("this run is not on record: ", error.what);
    session.warnings.push_back(std::move(error));
  }
  return Done{};
}

std::string value_of(const Policy& policy, const std::string& key) {
  const auto found = policy->values.find(key);
  return found == policy->values.end() ? std::string() : found->second;
}

void make_plan(Session& session, const Surroundings& surroundings) {
  session.plan = make_launch_plan({.policy = session.policy,
                                   .command = session.command,
                                   .program = session.program,
                                   .capabilities = session.capabilities,
                                   .supervision = session.supervision,
                                   .private_directory = session.private_directory.path(),
                                   .keep_fds = session.keep_fds,
                                   .group = &session.group,
                                   .contained = session.request.contained},
                                  surroundings);
  // Whose descriptors are not handed on must not be named.
  session.plan.drop_variable(kParentVariable);
  if (session.nested) session.plan.set_variable(kParentVariable, session.nested->variable());
  if (session.amend_plan) session.amend_plan(session);
}

void record_plan(Session& session) {
  session.record.enforced = session.plan.enforced;
  session.record.not_enforced = session.plan.gaps;
  session.record.not_enforced.insert(session.record.not_enforced.end(),
                                     session.request.gaps.begin(), session.request.gaps.end());
}

// A cgroup costs a run 100 to 400 µs for memory and 60 for tasks, the watch nothing until the run
// is older than its first look (docs/performance.md). So only for limits that a tree can pass far
// beyond between two looks: the presets' memory of compilers and tests is none; and only where the
// command can't leave it.
void make_control_group(Session& session) {
  const Policy& policy = session.policy;
  constexpr std::uint64_t kUsualTasks = 4096, kMebi = 1ULL << 20U;
  constexpr std::uint64_t kLeastMemory = 4 * kMebi;       // the kernel's own needs of a process
  constexpr std::uint64_t kWatchedMemory = 1024 * kMebi;  // what a tree can take in 100 ms
  const bool can_leave = policy->level == Level::permissive ||
                         session.capabilities.landlock_abi == 0 ||
                         access_at(policy->paths, "/sys/fs/cgroup", Access::read) == Access::write;
  if (session.supervision != Supervision::supervised || policy->keep_background || can_leave)
    return;
  ControlGroup::Wanted wanted;
  const Limits& limits = policy->limits;
  if (limits.memory_bytes && *limits.memory_bytes >= kLeastMemory &&
      *limits.memory_bytes < kWatchedMemory)
    wanted.memory_bytes = limits.memory_bytes;
  if (limits.processes && *limits.processes < kUsualTasks) wanted.tasks = limits.processes;
  session.group = session.request.dry_run ? ControlGroup::look(wanted) : ControlGroup::make(wanted);
}

// In place, where nobody could remove it, a tmpfs of the mount namespace does as well.
Status make_private_directory(Session& session) {
  if (session.policy->tmp != TmpKind::private_directory) return Done{};
  if (session.supervision == Supervision::in_place &&
      !session.plan.namespaces.view.tmp_target.empty())
    return Done{};
  const auto make = session.supervision == Supervision::in_place ? PrivateDirectory::make_to_stay
                                                                 : PrivateDirectory::make;
  SEFACA_TRY(made, make(session.policy->tmp_directory));
  session.private_directory = std::move(made);
  return Done{};
}

// Namespaces are tried in a process that ends at once.
void plan_by_trying(Session& session, const Surroundings& surroundings) {
  for (;;) {
    make_plan(session, surroundings);
    if (!session.plan.namespaces.any()) return;
    FlatPlan trial(session.plan);
    const FailedStep failed = try_namespaces(trial.child());
    if (failed.step == Step::none) return;
    session.capabilities.lose(failed.step, failed.errno_value,
                              failed.path == nullptr ? "" : failed.path);
  }
}

// What runs inside of this one are told. Without it they are runs like any other, and not on
// record.
void hand_down(Session& session) {
  if (!session.request.hand_down || session.policy->level == Level::strict) return;
  Plan plan;
  plan.policy = *session.policy;
  plan.notes = session.request.notes;
  if (session.request.door == "make")
    plan.notes[std::string(kMakeNote)] = session.request.door_paths.write;
  if (session.enclosing) {
    if (auto outer = session.enclosing->plan(build_id()))
      plan.policy = narrower_of(std::move(plan.policy), outer->policy);
  }
  auto made = NestedRuns::make(session.record.id, std::move(plan), build_id());
  if (!made) return;
  session.nested = std::move(*made);
  for (int fd : session.nested->for_the_tree()) session.keep_fds.push_back(fd);
}

// With backend "auto", and a container engine that the user names.
bool may_fall_back(const Session& session) {
  return session.policy->backend == Backend::automatic &&
         !session.policy->container.engine.empty() && is_enclosable(session.request) &&
         session.supervision == Supervision::supervised;
}

// Where the run would be refused here, or be run unsandboxed.
bool falls_back(const Session& session) {
  return may_fall_back(session) &&
         (session.plan.enforces_nothing() || !refuse_gaps(session.policy, session.plan).ok());
}

Result<Session> instead_of(Session session, const Surroundings& surroundings) {
  const bool docker = session.policy->container.engine.find("docker") != std::string::npos;
  const Backend backend = docker ? Backend::docker : Backend::podman;
  return prepare_enclosed(std::move(session.request), std::move(session.policy), backend,
                          surroundings, session.supervision);
}

}  // namespace

Errors as_own(Errors errors) {
  for (Error& error : errors) error.errno_value = kOwn;
  return errors;
}

// The caches that the policy names are made if missing: a tool that finds none would make its own
// in a place that it can't write.
void make_directories(const std::vector<std::string>& directories) {
  constexpr mode_t kOwnerOnly = 0700, kUsual = 0777;
  for (const std::string& directory : directories) {
    if (::mkdir(directory.c_str(), kOwnerOnly) == 0 || errno != ENOENT) continue;
    for (std::size_t at = directory.find('/', 1); at != std::string::npos;
         at = directory.find('/', at + 1)) {
      ::mkdir(directory.substr(0, at).c_str(), kUsual);
    }
    ::mkdir(directory.c_str(), kOwnerOnly);
  }
}

Status refuse_gaps(const Policy& policy, const LaunchPlan& plan) {
  const bool fails =
      policy->level == Level::strict || policy->on_unavailable == OnUnavailable::fail;
  if (!fails || !plan.weaker_than_policy()) return Done{};
  Errors errors;
  for (const Gap& gap : plan.gaps) {
    if (gap.effect != Gap::Effect::weaker) continue;
    errors.push_back(
        {.what = concat("can't enforce ", gap.what, ": ", gap.why),
         .where = policy->level == Level::strict ? "level strict" : "on-unavailable=fail",
         .excerpt = {},
         .remedy = gap.remedy});
  }
  return errors;
}

Session blank_session(RunRequest request, Policy policy, Supervision supervision) {
  Session session{.request = std::move(request),
                  .policy = std::move(policy),
                  .command = {},
                  .program = {},
                  .supervision = supervision,
                  .keep_fds = {},
                  .capabilities = {},
                  .private_directory = {},
                  .group = {},
                  .enclosure = {},
                  .engine = {},
                  .plan = {},
                  .amend_plan = {},
                  .enclosing = {},
                  .nested = {},
                  .log = {},
                  .record = {},
                  .draft = {},
                  .recording = false,
                  .recorded = false,
                  .warnings = {}};
  session.command = *session.request.command;
  return session;
}

Status settle_session(Session& session, const Surroundings& surroundings) {
  // Of what is contained the backend judges, but for what only the run inside can hold.
  if (session.request.contained) {
    LaunchPlan judged;
    for (const Gap& gap : session.plan.gaps) {
      if (gap.what == "protected_paths") judged.gaps.push_back(gap);
    }
    SEFACA_CHECK(refuse_gaps(session.policy, judged));
  } else {
    SEFACA_CHECK(refuse_gaps(session.policy, session.plan));
  }
  SEFACA_CHECK(open_log(session, surroundings));
  record_plan(session);
  return Done{};
}

Result<Policy> make_policy(const RunRequest& request, const Surroundings& surroundings,
                           std::vector<std::string>* files) {
  auto layers = load_layers(surroundings, request.config_file, request.assignments);
  if (!layers) return as_own(layers.errors());
  if (files != nullptr) *files = layers->files;
  PolicyBuilder builder(surroundings);
  for (PresetDefinition& preset : layers->presets) builder.define(std::move(preset));
  for (Assignment& assignment : layers->assignments) builder.set(std::move(assignment));
  for (Assignment& bound : layers->bounds) builder.enforce(std::move(bound));
  for (const Assignment& assignment : request.assignments) builder.set(assignment);
  if (request.door_limits) builder.at_door(*request.door_limits);
  builder.add_paths(request.door_paths);
  auto policy = builder.build(*request.command);
  if (!policy) return as_own(policy.errors());
  return policy;
}

Record start_record(const RunRequest& request, const Policy& policy,
                    const Surroundings& surroundings) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  Record record;
  record.id = request.id.empty() ? new_record_id() : request.id;
  record.start_ms = static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
  record.user = surroundings.user;
  record.cwd = surroundings.cwd;
  record.command = request.command->argv;
  record.door = request.door;
  record.target = request.target;
  record.level = name_of(policy->level);
  record.preset = policy->preset;
  record.network = name_of(policy->network);
  record.timeout = value_of(policy, "timeout");
  record.memory = value_of(policy, "memory");
  record.withheld_env = policy->withheld;
  record.origins = policy->origins;
  record.secret_values = policy->given_values;
  if (const std::string token = surroundings.variable("SEFACA_LOG_TOKEN"); !token.empty())
    record.secret_values.push_back(token);
  return record;
}

Result<Session> prepare_session(RunRequest request, const Surroundings& surroundings,
                                Supervision supervision) {
  if (!request.command) {
    return Error{.what = "no command was given",
                 .remedy = "sefaca run [options] [--] COMMAND [ARG…]"};
  }
  // One look at the disk; the directories that many tables ask about are listed first.
  const RememberingFiles files(*surroundings.files);
  Surroundings seen = surroundings;
  seen.files = &files;
  for (const std::string& directory :
       {std::string("/"), seen.cwd, seen.home, seen.account_home, std::string("/run")}) {
    if (!directory.empty()) static_cast<void>(files.names_in(directory));
  }
  auto policy = make_policy(request, seen);
  if (!policy) return as_own(policy.errors());
  return prepare_session(std::move(request), std::move(*policy), seen, supervision);
}

Result<Session> prepare_session(RunRequest request, Policy policy, const Surroundings& surroundings,
                                Supervision supervision) {
  if (policy->backend != Backend::automatic && policy->backend != Backend::linux_kernel) {
    const Backend backend = policy->backend;
    return prepare_enclosed(std::move(request), std::move(policy), backend, surroundings,
                            supervision);
  }
  const JobServer job_server = find_job_server(surroundings.variable("MAKEFLAGS"));
  if (!job_server.fifo.empty()) policy = with_job_server(policy, job_server.fifo);
  if (auto fine = refuse_unsupported(policy); !fine) return as_own(fine.errors());
  if (supervision == Supervision::in_place) {
    if (auto fine = refuse_supervised(policy); !fine) return as_own(fine.errors());
  }

  SEFACA_TRY(program, find_program(request.command->argv.front(), surroundings));
  Session session = blank_session(std::move(request), std::move(policy), supervision);
  session.program = std::move(program);
  session.capabilities = probe_capabilities();
  session.keep_fds = session.policy->keep_fds;
  session.keep_fds.insert(session.keep_fds.end(), job_server.descriptors.begin(),
                          job_server.descriptors.end());
  make_control_group(session);
  // In a container they are refused, or there already.
  if (session.request.contained) {
    session.capabilities.lose(Step::namespaces, EPERM);
    session.capabilities.contained = true;
  }
  if (session.request.dry_run) {
    plan_by_trying(session, surroundings);
    if (falls_back(session)) return instead_of(std::move(session), surroundings);
    return session;
  }
  if (may_fall_back(session)) {
    plan_by_trying(session, surroundings);
    if (falls_back(session)) return instead_of(std::move(session), surroundings);
  }
  session.record = start_record(session.request, session.policy, surroundings);
  session.enclosing = EnclosingRun::find(surroundings);
  if (session.enclosing) {
    session.record.parent = session.enclosing->id();
    // The outer filter refuses them, and the attempt would stand in its record as a violation.
    session.capabilities.lose(Step::namespaces, EPERM);
    session.capabilities.enclosed = true;
  }
  if (supervision == Supervision::supervised) hand_down(session);
  make_directories(session.policy->make_directories);
  // Who can't try again tries first.
  if (supervision == Supervision::in_place) plan_by_trying(session, surroundings);
  if (auto fine = make_private_directory(session); !fine) return as_own(fine.errors());
  make_plan(session, surroundings);
  if (auto fine = settle_session(session, surroundings); !fine) return fine.errors();
  return session;
}

Status plan_with_less(Session& session, Step step, const Error& why,
                      const Surroundings& surroundings) {
  if (step == Step::control_group) {
    session.group.remove();
  } else {
    session.capabilities.lose(step, why.errno_value);
  }
  make_plan(session, surroundings);
  record_plan(session);
  return refuse_gaps(session.policy, session.plan);
}

int exit_code_for(const Errors& errors) {
  const int code = errors.size() == 1 ? errors.front().errno_value : kOwn;
  if (code == ENOENT) return kExitNotFound;
  if (code == EACCES || code == ENOEXEC || code == EISDIR) return kExitNotExecutable;
  return kExitOwnFailure;
}

void draft_record(Session& session) {
  session.draft.emplace(session.record);
}

void write_record(Session& session, const Surroundings& surroundings) {
  const LogSinks& sinks = session.policy->sinks;
  // Of a run inside of another the outer one takes the record, for its sinks too.
  const bool more = !session.enclosing && (sinks.syslog || !sinks.endpoint.empty());
  if ((!session.log && !session.enclosing && !more) || session.recorded) return;
  const bool again = std::exchange(session.recording, true);
  if (again || !session.draft) draft_record(session);
  const std::string line = std::move(*session.draft).finish(session.record);
  Status written = Done{};
  if (session.log) {
    if (!again || !session.log->holds(session.record.id)) written = session.log->append(line);
  } else if (session.enclosing) {
    written = session.enclosing->send(line);
  }
  if (!written) print_errors(stderr, written.errors(), use_colour(stderr, surroundings));
  if (more) hand_to_sinks(session, session.record, line, surroundings);
  session.recorded = true;
}

void guard_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) ::open("/dev/null", O_RDWR);
  }
}

}  // namespace sefaca
