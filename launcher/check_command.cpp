#include "launcher/check_command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/policy/paths.h"
#include "launcher/check_probes.h"
#include "launcher/diagnostics.h"
#include "launcher/run.h"
#include "launcher/session.h"

namespace sefaca {
namespace {

constexpr int kUsage = 2;
constexpr const char* kSelf = "/proc/self/exe";

// One mechanism of the chosen policy on this host.
struct Finding {
  std::string mechanism, how;
  enum class State { proved, claimed, disproved, gap } state = State::claimed;
  std::string why, remedy;  // of a gap
};
const char* name_of(Finding::State state) {
  switch (state) {
    case Finding::State::proved:
      return "proved";
    case Finding::State::claimed:
      return "set";
    case Finding::State::disproved:
      return "BROKEN";
    case Finding::State::gap:
      return "gap";
  }
  return "";
}

// Runs this program with `words`: its exit code, and what it wrote to stdout.
struct Ended {
  int code = -1;
  std::string output;
};
class Running {
 public:
  explicit Running(const std::vector<std::string>& words) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    output_.reset(ends[0]);
    UniqueFd end(ends[1]);
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, end.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (::posix_spawn(&pid_, kSelf, &actions, nullptr, argv.data(), environ) != 0) pid_ = 0;
    ::posix_spawn_file_actions_destroy(&actions);
  }

  Ended wait() {
    Ended ended;
    std::array<char, 4096> buffer;
    ssize_t n = 0;
    while (output_ && (n = ::read(output_.get(), buffer.data(), buffer.size())) > 0)
      ended.output.append(buffer.data(), static_cast<std::size_t>(n));
    int status = 0;
    if (pid_ > 0 && ::waitpid(pid_, &status, 0) == pid_)
      ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ended;
  }

 private:
  pid_t pid_ = 0;
  UniqueFd output_;
};

// The words of a run of ourselves with `options`, the probe being the command.
std::vector<std::string> probing(std::span<const std::string> options, const Decoys& decoys,
                                 std::vector<std::string> more, std::vector<std::string> probe) {
  std::array<char, 4096> self{};
  if (::readlink(kSelf, self.data(), self.size() - 1) <= 0) return {};
  std::vector<std::string> words = {"sefaca", "run"};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {concat("--log=", decoys.log()), "--quiet", "--on-unavailable=warn"});
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {"--", self.data(), "check"});
  words.insert(words.end(), probe.begin(), probe.end());
  return words;
}

// A limit, the option that makes it small, and how a run ends that passes it.
struct LimitProof {
  const char* mechanism;
  const char* option;
  int code;
};
constexpr LimitProof kLimits[] = {
    {"memory", "--memory=64m", 137},
    {"processes", "--pids=16", 0},  // ended, or refused by the kernel: anything but success
    {"timeout", "--timeout=1", 124},
};

std::map<std::string, bool> prove_limits(std::span<const std::string> options,
                                         const Decoys& decoys) {
  std::vector<Running> running;
  for (const LimitProof& limit : kLimits)
    running.emplace_back(
        probing(options, decoys, {limit.option}, {"--pass-limit", limit.mechanism}));
  std::map<std::string, bool> held;
  for (std::size_t i = 0; i < running.size(); ++i) {
    const int code = running[i].wait().code;
    held[kLimits[i].mechanism] = kLimits[i].code == 0 ? code != 0 : code == kLimits[i].code;
  }
  return held;
}

std::vector<Finding> find(const Session& session, std::span<const std::string> options,
                          const Decoys& decoys) {
  const std::vector<std::string> probe = {"--probe", decoys.words()};
  std::vector<std::string> bare = {"sefaca", "check"};
  bare.insert(bare.end(), probe.begin(), probe.end());
  const auto inside = parse_probes(Running(probing(options, decoys, {}, probe)).wait().output);
  // What can't be reached without a sandbox either proves nothing.
  const auto outside = parse_probes(Running(bare).wait().output);
  const auto limits = prove_limits(options, decoys);

  const bool decoys_granted =
      access_at(session.plan.paths, decoys.log(), Access::read) == Access::write;
  std::vector<Finding> findings;
  for (const auto& [mechanism, how] : session.plan.enforced) {
    Finding finding{.mechanism = mechanism, .how = how, .why = {}, .remedy = {}};
    const bool host_loopback = session.policy->network == Network::host_loopback;
    const std::string probe_name =
        host_loopback && mechanism == "network" ? "network_outside" : mechanism;
    const auto within = inside.find(probe_name);
    const auto without = outside.find(probe_name);
    const auto limit = limits.find(mechanism);
    const bool granted = decoys_granted && (mechanism == "files" || mechanism == "unix_sockets" ||
                                            mechanism == "metadata");
    if (granted) {
      finding.how += "; the policy grants writing everywhere";
    } else if (within != inside.end() && within->second) {
      finding.state = Finding::State::disproved;
    } else if (within != inside.end() && without != outside.end() && without->second) {
      finding.state = Finding::State::proved;
    } else if (limit != limits.end()) {
      finding.state = limit->second ? Finding::State::proved : Finding::State::disproved;
    }
    findings.push_back(std::move(finding));
  }
  for (const Gap& gap : session.plan.gaps) {
    findings.push_back({.mechanism = gap.what,
                        .how = gap.effect == Gap::Effect::weaker ? "not enforced as the policy says"
                               : gap.instead.empty()             ? "something narrower is in force"
                                                                 : gap.instead,
                        .state = Finding::State::gap,
                        .why = gap.why,
                        .remedy = gap.remedy});
  }
  return findings;
}

// Where the probes' prey can lie: where we may write and the policy does not.
std::string place_for_decoys(const Session& session, const Surroundings& surroundings) {
  for (const std::string& place :
       {std::string("/var/tmp"), surroundings.home, surroundings.variable("XDG_RUNTIME_DIR"),
        std::string("/dev/shm")}) {
    if (!place.empty() && access_at(session.plan.paths, place, Access::read) != Access::write &&
        ::access(place.c_str(), W_OK) == 0)
      return place;
  }
  return "/var/tmp";
}

bool complete(const std::vector<Finding>& findings) {
  for (const Finding& f : findings) {
    if (f.state == Finding::State::gap || f.state == Finding::State::disproved) return false;
  }
  return true;
}

std::string policy_name(const Session& session) {
  if (!session.policy->preset.empty()) return concat("preset ", session.policy->preset);
  return concat("level ", name_of(session.policy->level));
}

void print_text(const Session& session, const std::vector<Finding>& findings) {
  utsname kernel{};
  ::uname(&kernel);
  std::printf("%s on Linux %s, %s\n\n", policy_name(session).c_str(), kernel.release,
              kernel.machine);
  for (const Finding& f : findings) {
    std::printf("  %-17s %-7s %s\n", f.mechanism.c_str(), name_of(f.state), f.how.c_str());
    if (!f.why.empty()) std::printf("  %-25s %s\n", "", f.why.c_str());
    if (!f.remedy.empty()) std::printf("  %-25s remedy: %s\n", "", f.remedy.c_str());
  }
  std::printf(
      "\nproved: tried inside and refused, tried without and reached; set: in force, with "
      "nothing to try\n");
  std::puts(complete(findings) ? "All of it is enforced on this host."
                               : "Not all of it is enforced on this host.");
}

void print_json(const Session& session, const std::vector<Finding>& findings) {
  nlohmann::ordered_json out;
  out["policy"] = policy_name(session);
  out["complete"] = complete(findings);
  out["mechanisms"] = nlohmann::ordered_json::array();
  for (const Finding& f : findings) {
    nlohmann::ordered_json one;
    one["mechanism"] = f.mechanism;
    one["state"] = lower(name_of(f.state));
    one["how"] = f.how;
    if (f.state == Finding::State::gap) one["why"] = f.why;
    if (!f.remedy.empty()) one["remedy"] = f.remedy;
    out["mechanisms"].push_back(std::move(one));
  }
  std::puts(out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

int wrong_usage(const Errors& errors, const Surroundings& surroundings) {
  print_errors(stderr, errors, use_colour(stderr, surroundings));
  return kUsage;
}

}  // namespace

int check_command(std::span<const std::string> words, const Surroundings& surroundings) {
  if (words.size() == 2 && words[0] == "--probe") return try_probes(words[1]);
  if (words.size() == 2 && words[0] == "--pass-limit") return pass_limit(words[1]);
  bool json = false;
  std::vector<std::string> options;
  for (const std::string& word : words) {
    if (word == "--json") {
      json = true;
    } else {
      options.push_back(word);
    }
  }
  auto request = parse_run_words(options, surroundings);
  if (!request) return wrong_usage(request.errors(), surroundings);
  if (answered(*request, "check")) return 0;
  if (request->command) {
    return wrong_usage({Error{.what = "check takes options alone, no command",
                              .remedy = "sefaca check [--level=…] [--preset=…] [--json]"}},
                       surroundings);
  }
  request->command = Command{.argv = {"/bin/true"}};
  request->dry_run = true;
  request->door = "check";
  auto session = prepare_session(std::move(*request), surroundings, Supervision::supervised);
  if (!session) return wrong_usage(session.errors(), surroundings);
  const auto decoys = Decoys::make(place_for_decoys(*session, surroundings));
  if (!decoys) return wrong_usage(decoys.errors(), surroundings);
  const std::vector<Finding> findings = find(*session, options, *decoys);
  if (json) {
    print_json(*session, findings);
  } else {
    print_text(*session, findings);
  }
  return complete(findings) ? 0 : 1;
}

}  // namespace sefaca
