#include "launcher/line.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/enforce/degradations.h"
#include "launcher/build_id.h"
#include "launcher/in_place.h"
#include "launcher/make_cache.h"
#include "launcher/run.h"

namespace sefaca {
namespace {

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

}  // namespace

bool environment_names_policy(const Surroundings& surroundings) {
  return !surroundings.variable("SEFACA_PRESET").empty() ||
         !surroundings.variable("SEFACA_LEVEL").empty();
}

void choose(RunRequest& request, const MakeChoice& choice, std::string_view door) {
  const std::string origin = concat(door, ": ", choice.why);
  const auto set = [&](const char* key, const std::string& value, const std::string& from) {
    request.assignments.push_back(
        {.key = key, .values = {value}, .layer = Layer::door, .origin = from});
  };
  // A rule of a file that names no preset is said with its place.
  set("preset", choice.preset, choice.origin.starts_with('/') ? choice.origin : origin);
  if (choice.offline) set("network", "deny", origin);
}

int end_as_command(Session& session, const Surroundings& surroundings) {
  const int code = run_session(session, surroundings);
  if (!session.record.outcome || session.record.outcome->signal.empty()) return code;
  const int signal = code - 128;
  const bool limited = std::any_of(
      session.record.violations.begin(), session.record.violations.end(),
      [](const Violation& v) { return v.kind == ViolationKind::memory_limit_exceeded; });
  if (signal <= 0 || limited) return code;
  end_by_signal(signal);
  return code;  // a signal that ends nobody
}

int run_as_enclosed(const RunRequest& request, const Policy& policy, const EnclosingRun& enclosing,
                    const Surroundings& surroundings) {
  Record record = start_record(request, policy, surroundings);
  record.parent = enclosing.id();
  record.enforced = {{"everything", concat("the enclosing run ", enclosing.id())}};
  const bool protects =
      std::any_of(policy->paths.begin(), policy->paths.end(),
                  [](const PathRule& rule) { return rule.kind == PathRule::Kind::protected_; });
  if (protects)
    record.not_enforced = {gap_of(Lack::enclosing_decides, {Capabilities{}, *surroundings.files})};
  return execute_in_place(request, std::move(record), policy->log_file, policy->environment,
                          surroundings);
}

Around::Around(const Surroundings& surroundings)
    : run(EnclosingRun::find(surroundings)),
      plan(run ? run->plan(build_id()) : Result<Plan>(Error{})) {}

std::vector<std::string> Around::note(std::string_view name) const {
  if (!plan) return {};
  const auto found = plan->notes.find(name);
  return found == plan->notes.end() ? std::vector<std::string>() : found->second;
}

int run_line(RunRequest request, const std::optional<MakeCaller>& caller, const Around& around,
             const Surroundings& surroundings) {
  const auto& [enclosing, outer] = around;
  // The top make is out of sight in here; where it lies is what the outer line was given.
  for (std::string& path : around.note(kMakeNote))
    request.door_paths.write.push_back(std::move(path));
  auto policy = policy_of(request, caller, enclosing.has_value(), surroundings);
  if (!policy) return refuse(policy.errors(), surroundings);
  if (outer && !adds_to(outer->policy, **policy))
    return run_as_enclosed(request, *policy, *enclosing, surroundings);
  auto prepared = prepare_session(std::move(request), std::move(*policy), surroundings,
                                  Supervision::supervised);
  if (!prepared) return refuse(prepared.errors(), surroundings);
  return end_as_command(*prepared, surroundings);
}

}  // namespace sefaca
