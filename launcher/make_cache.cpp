#include "launcher/make_cache.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "core/audit/first_of_build.h"
#include "core/base/text.h"
#include "core/config/configuration.h"
#include "core/config/plan_file.h"
#include "core/config/sha256.h"
#include "core/config/trust.h"
#include "core/policy/builder.h"
#include "core/policy/environment.h"
#include "core/policy/repository.h"
#include "launcher/build_id.h"

namespace sefaca {
namespace {

// Each part with its length before it, so that no two lists come to the same text.
class Digest {
 public:
  void add(std::string_view part) { text_ += concat(std::to_string(part.size()), ":", part, "\n"); }
  void add(const std::vector<std::string>& parts) {
    add(std::to_string(parts.size()));
    for (const std::string& part : parts) add(part);
  }
  [[nodiscard]] std::string name() const { return sha256_hex(text_); }

 private:
  std::string text_;
};

std::string limit(const std::optional<std::uint64_t>& value) {
  return value ? std::to_string(*value) : "none";
}

// Where a policy looks for secrets, caches and tokens: when an entry comes or goes there, it would
// be another one.
std::vector<FileStamp> places_that_count(const Surroundings& surroundings) {
  std::vector<std::string> paths{surroundings.home,
                                 surroundings.account_home,
                                 concat(surroundings.home, "/.config"),
                                 concat(surroundings.home, "/.local/share"),
                                 surroundings.variable("XDG_CONFIG_HOME"),
                                 surroundings.variable("XDG_DATA_HOME"),
                                 surroundings.variable("XDG_RUNTIME_DIR"),
                                 "/run",
                                 concat(surroundings.cwd, "/", kProjectConfig),
                                 TrustStore::path_for(surroundings)};
  if (const auto repository = find_repository(surroundings.cwd, *surroundings.files)) {
    paths.push_back(concat(repository->top, "/", kProjectConfig));
    if (!repository->common_directory.empty())
      paths.push_back(concat(repository->common_directory, "/config"));
  }
  std::vector<FileStamp> stamps;
  for (const std::string& path : paths) {
    if (path.starts_with('/')) stamps.push_back(stamp_of(path));
  }
  return stamps;
}

// "PID-START-…" of a make that is there no more.
bool has_ended(std::string_view name) {
  pid_t pid = 0;
  std::uint64_t start = 0;
  const char* const end = name.data() + name.size();
  const auto first = std::from_chars(name.data(), end, pid);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return false;
  if (std::from_chars(first.ptr + 1, end, start).ec != std::errc()) return false;
  const auto there = process_stat(pid);
  return !there || there->started != start;
}

}  // namespace

MakeCache::MakeCache(const MakeCaller& caller, const RunRequest& request,
                     const Surroundings& surroundings)
    : surroundings_(surroundings),
      directory_(plan_directory("make", surroundings)),
      make_(concat(std::to_string(caller.process.pid), "-", std::to_string(caller.process.start))) {
  if (directory_.empty()) return;
  Digest digest;
  digest.add(make_);
  digest.add(std::to_string(surroundings.uid));
  digest.add(surroundings.cwd);
  for (const Assignment& one : request.assignments) {
    digest.add(one.key);
    digest.add(one.values);
    digest.add(one.origin);
  }
  digest.add(request.door_limits ? limit(request.door_limits->tool_time_ms) : "no door");
  digest.add(request.door_limits && request.door_limits->unlimited ? "unlimited" : "limited");
  digest.add(request.door_paths.write);
  digest.add(request.door_paths.read);
  digest.add(request.door_paths.protect);
  for (const auto& [name, value] : surroundings.environment) {
    digest.add(name);
    digest.add(value);
  }
  path_ = concat(directory_, "/", make_, "-", digest.name());
}

std::optional<Policy> MakeCache::find() const {
  if (path_.empty() || ::access(path_.c_str(), R_OK) != 0) return std::nullopt;
  auto plan = read_plan(path_, build_id());
  if (!plan) return std::nullopt;
  PolicyFields fields = std::move(plan->policy);
  fill_environment(fields, surroundings_);
  return PolicyBuilder::restored(std::move(fields));
}

void MakeCache::keep(const Policy& policy, const std::vector<std::string>& files) const {
  const bool has_values =
      std::any_of(policy->given.begin(), policy->given.end(),
                  [](const std::string& part) { return part.find('=') != std::string::npos; });
  if (path_.empty() || has_values) return;
  Plan plan;
  plan.policy = *policy;
  plan.policy.environment.clear();
  plan.policy.withheld.clear();
  plan.policy.given_values.clear();
  plan.files = configuration_stamps(surroundings_, files);
  for (FileStamp& stamp : places_that_count(surroundings_)) plan.files.push_back(std::move(stamp));
  if (!write_plan(path_, plan, build_id())) return;
  for (const std::string& name : surroundings_.files->list(directory_)) {
    if (has_ended(name)) ::unlink(concat(directory_, "/", name).c_str());
  }
}

}  // namespace sefaca
