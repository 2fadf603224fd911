#include "launcher/enclosed.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "core/backend/container/container.h"
#include "core/backend/tool.h"
#include "core/base/path.h"
#include "core/base/slurp.h"
#include "core/base/text.h"
#include "core/enforce/program.h"
#include "core/supervise/enclosed.h"
#include "core/supervise/limit_violation.h"

namespace sefaca {
namespace {

constexpr int kAskMs = 30'000;
// How much later the clock outside is where one runs inside.
constexpr std::uint64_t kLaterMs = 10'000;
constexpr std::size_t kMostRecords = 72UL * 1024 * 1024;  // what a run's tree may send, and its own

// What of the gaps inside says something about the whole run; the container covers the others.
constexpr std::string_view kGapsInside[] = {"denials", "broker", "creation", "protected_paths",
                                            "rename",  "files",  "truncate", "device_ioctls"};

std::string first_line(std::string_view text) {
  text = trim(text);
  return printable(text.substr(0, text.find('\n')));
}

// Whether the program needs no loader, so that it runs in any image.
bool is_static(const std::string& path) {
  const std::string head = slurp(path, 4096);
  Elf64_Ehdr header{};
  if (head.size() < sizeof header) return false;
  std::memcpy(&header, head.data(), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64)
    return false;
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part{};
    const std::size_t at = header.e_phoff + i * sizeof part;
    if (at + sizeof part > head.size()) return false;
    std::memcpy(&part, head.data() + at, sizeof part);
    if (part.p_type == PT_INTERP) return false;
  }
  return true;
}

std::string own_static_program(const Surroundings& surroundings) {
  const auto self = surroundings.files->real_path("/proc/self/exe");
  const bool usable = self && self->find(':') == std::string::npos && is_static(*self);
  return usable ? *self : std::string();
}

std::vector<std::string> variables_of(const Surroundings& surroundings) {
  std::vector<std::string> out;
  for (const auto& [name, value] : surroundings.environment)
    out.push_back(concat(name, "=", value));
  return out;
}

// podman lowers its own number of processes to the largest process id, above which there are none.
std::uint64_t most_processes() {
  const std::string text = slurp("/proc/sys/kernel/pid_max");
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out == 0 ? UINT64_MAX : out;
}

std::string own_limit(__rlimit_resource resource) {
  rlimit now{};
  if (::getrlimit(resource, &now) != 0) return {};
  if (resource == RLIMIT_NPROC) {
    now.rlim_cur = std::min<rlim_t>(now.rlim_cur, most_processes());
    now.rlim_max = std::min<rlim_t>(now.rlim_max, most_processes());
  }
  const auto text = [](rlim_t value) {
    return value == RLIM_INFINITY ? std::string("-1") : std::to_string(value);
  };
  return concat(text(now.rlim_cur), ":", text(now.rlim_max));
}

bool is_at_terminal() {
  return ::isatty(0) == 1 && ::isatty(1) == 1 && ::isatty(2) == 1;
}

Error wrong_system(Backend backend, const char* here) {
  return {.what = concat("backend ", name_of(backend), " needs ", system_of(backend), "; this is ",
                         here),
          .remedy = "--dry-run prints what it would run there"};
}

Status refuse_door(const RunRequest& request, Backend backend, Supervision supervision) {
  const std::string which = concat("backend ", name_of(backend));
  if (supervision == Supervision::in_place)
    return Error{.what = concat(which, " has nobody left to remove its container after exec"),
                 .remedy = "sefaca run"};
  if (is_enclosable(request)) return Done{};
  if (request.door == "check")
    return Error{.what = concat("check tries what this host's own kernel holds, not ", which),
                 .remedy = concat("sefaca run --backend=", name_of(backend),
                                  " --dry-run -- COMMAND says what it would hold")};
  return Error{.what = concat(which, " runs no single steps of a build (the ", request.door,
                              " door): each would be a container of its own"),
               .remedy = concat("the whole build in one: sefaca run --backend=", name_of(backend),
                                " -- make")};
}

// podman as the machine's own root holds every limit: it need not be asked, which takes a third of
// its own start.
bool is_machines_root(const Surroundings& surroundings) {
  constexpr std::string_view kAllIds = "4294967295";
  return surroundings.uid == 0 && slurp("/proc/self/uid_map").find(kAllIds) != std::string::npos;
}

// Asks the engine about itself; an error says why it can't be used.
Result<EngineFacts> ask_engine(const std::string& engine, Backend backend,
                               const Surroundings& surroundings) {
  if (backend == Backend::podman && is_machines_root(surroundings)) return EngineFacts{};
  std::vector<std::string> question{engine};
  for (std::string& word : facts_question(backend)) question.push_back(std::move(word));
  SEFACA_TRY(answer, run_tool(question, variables_of(surroundings), kAskMs));
  if (answer.exit_code == 0) return parse_facts(backend, answer.out);
  return Error{.what = concat(name_of(backend), " can't be used: ",
                              first_line(answer.err.empty() ? answer.out : answer.err)),
               .remedy = backend == Backend::docker
                             ? "start its daemon: systemctl start docker, and be of its group"
                             : ""};
}

Result<std::string> find_engine(const Session& session, Backend backend,
                                const Surroundings& surroundings) {
  const std::string name = engine_name(backend, session.policy->container);
  auto found = find_program(name, surroundings);
  if (found) return absolute_path(*found, surroundings.cwd);
  Error error = found.error();
  const auto origin = session.policy->origins.find("backend");
  if (origin != session.policy->origins.end()) error.where = origin->second;
  error.what = concat("backend ", name_of(backend), ": ", error.what);
  if (error.remedy.empty())
    error.remedy =
        concat("install it (apt-get install ", backend == Backend::docker ? "docker.io" : "podman",
               "), or name its program: [container] engine");
  return error;
}

Status write_files(const Session& session) {
  const std::string& directory = session.private_directory.path();
  const auto failed = [](const std::string& path) {
    return Error{.what = concat("can't write ", printable(path), ": ", errno_text(errno))};
  };
  for (const std::string& name : session.enclosure->directories) {
    const std::string path = concat(directory, "/", name);
    if (::mkdir(path.c_str(), 0700) != 0) return failed(path);
  }
  for (const Enclosure::File& file : session.enclosure->files) {
    const std::string path = concat(directory, "/", file.name);
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd || ::write(fd.get(), file.text.data(), file.text.size()) !=
                   static_cast<ssize_t>(file.text.size()))
      return failed(path);
  }
  return Done{};
}

// ---- the end of a run ----

// The lines that were written inside, as far as they are a regular file of a bounded size.
std::string text_of_records(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat found {};
  if (!fd || ::fstat(fd.get(), &found) != 0 || !S_ISREG(found.st_mode)) return {};
  std::string text;
  char buffer[64 * 1024];
  ssize_t got = 0;
  while (text.size() < kMostRecords && (got = ::read(fd.get(), buffer, sizeof buffer)) > 0)
    text.append(buffer, static_cast<std::size_t>(got));
  return text;
}

// The record of this very run as sefaca inside wrote it; the others go to `take_record`.
std::optional<Record> record_inside(const Session& session,
                                    const std::function<void(std::string_view)>& take_record) {
  std::optional<Record> own;
  if (session.enclosure->record.empty()) return own;
  const std::string text =
      text_of_records(concat(session.private_directory.path(), "/", session.enclosure->record));
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) continue;
    auto record = parse_record(line);
    if (record && record->id == session.record.id) {
      own = std::move(record);
    } else {
      take_record(line);
    }
  }
  return own;
}

std::optional<ViolationKind> limit_of(const std::vector<Violation>& violations) {
  for (const Violation& v : violations) {
    if (v.kind == ViolationKind::timeout_exceeded ||
        v.kind == ViolationKind::memory_limit_exceeded ||
        v.kind == ViolationKind::process_limit_exceeded)
      return v.kind;
  }
  return std::nullopt;
}

int signal_of(const std::string& name) {
  for (int signal = 1; signal < NSIG; ++signal) {
    if (signal_name(signal) == name) return signal;
  }
  return 0;
}

// What was seen inside is nearer to the command than what the engine's client saw.
void take_from_inside(Session& session, const Record& inside, Outcome& outcome) {
  if (inside.outcome) {
    const Record::Outcome& from = *inside.outcome;
    outcome.exit_code = from.exit_code.value_or(0);
    outcome.signal = from.signal.empty() ? 0 : signal_of(from.signal);
    outcome.duration_ms = from.duration_ms;
    outcome.cpu_time_ms = from.cpu_time_ms;
    outcome.max_memory_bytes = from.max_memory_bytes;
    if (outcome.kind != Outcome::Kind::timed_out) {
      outcome.kind = outcome.signal != 0 ? Outcome::Kind::signaled : Outcome::Kind::exited;
      const auto limit = limit_of(inside.violations);
      if (limit == ViolationKind::timeout_exceeded) outcome.kind = Outcome::Kind::timed_out;
      if (limit == ViolationKind::memory_limit_exceeded)
        outcome.kind = Outcome::Kind::memory_exceeded;
      if (limit == ViolationKind::process_limit_exceeded)
        outcome.kind = Outcome::Kind::processes_exceeded;
    }
  }
  outcome.violations = inside.violations;
  for (const auto& [what, how] : inside.enforced)
    session.record.enforced.emplace(what, concat("inside: ", how));
  for (const Gap& gap : inside.not_enforced) {
    const bool tells = std::find(std::begin(kGapsInside), std::end(kGapsInside), gap.what) !=
                       std::end(kGapsInside);
    // Whatever Landlock is missing there, the mounts hold.
    if (tells)
      session.record.not_enforced.push_back(
          {gap.what == "protected_paths" ? gap.effect : Gap::Effect::narrower, gap.what,
           concat("inside: ", gap.why), gap.remedy});
  }
}

void amend_denials(Session& session, const std::string& why) {
  session.record.enforced.erase("denials");
  session.record.not_enforced.push_back({Gap::Effect::narrower, "denials", why, ""});
}

class Ending {
 public:
  Ending(Session& session, const std::function<void(std::string_view)>& take_record)
      : session_(session), take_record_(take_record) {}

  // Turns what the client's end says into what the command's was. Before the container is removed.
  void look(Supervised& ended) {
    Outcome& outcome = ended.outcome;
    const auto inside = record_inside(session_, take_record_);
    const bool doubtful =
        !inside || outcome.exit_code >= kExitOwnFailure || outcome.kind != Outcome::Kind::exited;
    const ContainerState state =
        doubtful && is_container(session_.enclosure->backend) ? ask_state() : ContainerState{};
    const int code = outcome.exit_code;
    const bool exited = outcome.kind == Outcome::Kind::exited;
    if (inside) take_from_inside(session_, *inside, outcome);
    const bool expected = !session_.enclosure->record.empty();
    if (!inside && !ended.killed && exited) {
      if (!state.started) return not_run(ended, code, state);
      // sefaca inside has said why on standard error.
      if (expected && code >= kExitOwnFailure && code <= kExitNotFound)
        return refused(ended, code, {});
      outcome.exit_code = state.exit_code;
    }
    if (expected && !inside)
      amend_denials(session_, "what was written inside is not there: what was denied is not named");
    // A tree that was short of memory is not what it would have been: as with the host's own
    // kernel.
    if ((state.out_of_memory || left_oom_file()) && outcome.kind != Outcome::Kind::timed_out)
      outcome.kind = Outcome::Kind::memory_exceeded;
    if (limit_of(outcome.violations)) return;
    if (auto violation = limit_violation(outcome, session_.policy->limits))
      outcome.violations.push_back(std::move(*violation));
  }

 private:
  ContainerState ask_state() const {
    std::vector<std::string> question{session_.enclosure->argv.front()};
    for (std::string& word : state_question(session_.enclosure->name))
      question.push_back(std::move(word));
    const auto answer = run_tool(question, session_.enclosure->environment, kAskMs);
    return answer && answer->exit_code == 0 ? parse_state(answer->out) : ContainerState{};
  }

  // podman 4's monitor says it by a file of that name where podman was started: in the run's own
  // directory, which goes with it.
  bool left_oom_file() const {
    struct stat found {};
    return ::lstat(concat(session_.private_directory.path(), "/oom").c_str(), &found) == 0;
  }

  static void refused(Supervised& ended, int code, Error error) {
    ended.failed = Step::execute;
    ended.error = std::move(error);
    ended.error.errno_value = code == kExitNotFound        ? ENOENT
                              : code == kExitNotExecutable ? EACCES
                                                           : 0;
  }

  // The engine has said why; what it does not say is what to do about it.
  void not_run(Supervised& ended, int code, const ContainerState& state) const {
    Error error;
    if (!is_container(session_.enclosure->backend)) {
      ended.outcome.exit_code = code;
      return;
    }
    const std::string& image = session_.policy->container.image;
    const std::string& engine = session_.enclosure->argv.front();
    if (!state.found) {
      const std::vector<std::string> question{engine,     "image",   "inspect",
                                              "--format", "{{.Id}}", image};
      const auto answer = run_tool(question, session_.enclosure->environment, kAskMs);
      if (answer && answer->exit_code != 0)
        error = {
            .what = concat("the image ", printable(image), " is not there"),
            .where = session_.policy->origins.at("container_image"),
            .remedy = concat(name_of(session_.enclosure->backend), " pull ", shell_quote(image))};
    }
    refused(ended, code, std::move(error));
  }

  Session& session_;
  const std::function<void(std::string_view)>& take_record_;
};

}  // namespace

bool is_enclosable(const RunRequest& request) {
  return request.door == "run" || request.door == "shell" || request.door == "action";
}

Result<Session> prepare_enclosed(RunRequest request, Policy policy, Backend backend,
                                 const Surroundings& surroundings, Supervision supervision) {
  if (auto fine = refuse_door(request, backend, supervision); !fine) return as_own(fine.errors());
  Session session = blank_session(std::move(request), std::move(policy), supervision);
  const bool dry = session.request.dry_run;
  utsname here{};
  ::uname(&here);
  if (!dry && std::string_view(here.sysname) != system_of(backend))
    return wrong_system(backend, here.sysname);
  std::string engine = engine_name(backend, session.policy->container);
  if (is_container(backend)) {
    auto found = find_engine(session, backend, surroundings);
    if (found) {
      engine = *found;
      auto facts = ask_engine(engine, backend, surroundings);
      if (facts) session.engine = *facts;
      if (!facts && !dry) return as_own(facts.errors());
    } else if (!dry) {
      return as_own(found.errors());
    }
  }
  session.record = start_record(session.request, session.policy, surroundings);
  session.record.backend = name_of(backend);
  std::string directory = concat(session.policy->tmp_directory, "/sf-XXXXXX");
  if (!dry) {
    make_directories(session.policy->make_directories);
    auto made = PrivateDirectory::make(session.policy->tmp_directory);
    if (!made) return as_own(made.errors());
    session.private_directory = std::move(*made);
    directory = session.private_directory.path();
  }
  auto enclosure = make_enclosure({.policy = session.policy,
                                   .command = session.command,
                                   .surroundings = surroundings,
                                   .backend = backend,
                                   .id = session.record.id,
                                   .directory = directory,
                                   .engine = engine,
                                   .self = own_static_program(surroundings),
                                   .facts = session.engine,
                                   .open_files = own_limit(RLIMIT_NOFILE),
                                   .processes = own_limit(RLIMIT_NPROC),
                                   .terminal = is_at_terminal(),
                                   .interactive = session.request.door == "shell"});
  if (!enclosure) return as_own(enclosure.errors());
  session.enclosure = std::move(*enclosure);
  session.plan.enforced = session.enclosure->enforced;
  session.plan.gaps = session.enclosure->gaps;
  if (dry) return session;
  if (auto fine = settle_session(session, surroundings); !fine) return as_own(fine.errors());
  if (auto fine = write_files(session); !fine) return as_own(fine.errors());
  return session;
}

Supervised run_enclosed(Session& session, const std::function<void(const Supervised&)>& finish,
                        const std::function<void(std::string_view)>& take_record) {
  std::optional<std::uint64_t> timeout = session.policy->limits.timeout_ms;
  if (timeout && !session.enclosure->record.empty()) *timeout += kLaterMs;
  Ending ending(session, take_record);
  const EnclosedRequest request{.enclosure = *session.enclosure,
                                .directory = session.private_directory.path(),
                                .timeout_ms = timeout,
                                .when_killed =
                                    [&](const Supervised& killed) {
                                      Supervised seen = killed;
                                      ending.look(seen);
                                      seen.outcome.kind = Outcome::Kind::signaled;
                                      seen.outcome.signal = SIGKILL;
                                      finish(seen);
                                    },
                                .guardian_keeps_fd = session.log ? session.log->descriptor() : -1};
  EnclosedRun run(request);
  Supervised ended = run.run();
  if (ended.failed == Step::none) ending.look(ended);
  if (const std::string trouble = run.remove(); !trouble.empty())
    session.record.not_enforced.push_back({Gap::Effect::weaker, "container_removed",
                                           first_line(trouble), join(session.enclosure->end, " ")});
  if (ended.failed == Step::none) {
    finish(ended);
  } else {
    session.private_directory.remove();
  }
  return ended;
}

}  // namespace sefaca
