#include "core/notify/suggestions.h"

#include <algorithm>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/paths.h"
#include "core/policy/runner.h"

namespace sefaca {
namespace {

// What a person may lift, and by which path: our own log and configuration never; what a person hid
// or closed by name stays so.
struct Lifting {
  bool possible = true;
  std::string path;
};

Lifting lifting(const LaunchPlan& plan, const std::string& path, std::string_view option) {
  Lifting out{.possible = true, .path = path};
  const PathRule* rule = rule_at(plan.paths, path);
  if (rule == nullptr || rule->access == Access::write) return out;
  if (rule->reason.starts_with("sefaca's own log")) return {.possible = false, .path = {}};
  if (rule->kind == PathRule::Kind::secret || rule->kind == PathRule::Kind::protected_) {
    // Named exactly, a secret is no longer one. Of a runner's files one is this step's.
    out.path = is_steering_directory(rule->path) ? path : rule->path;
    return out;
  }
  // Of two rules on one path the narrower counts: a person's own has to be changed where it stands.
  const bool by_person = rule->kind == PathRule::Kind::grant &&
                         !rule->origin.starts_with("level ") &&
                         !rule->origin.starts_with("preset ") && rule->origin != "built-in";
  if (by_person && rule->path == path && rule->access == Access::hide)
    return {.possible = false, .path = {}};
  if (by_person && rule->path == path && option == "--readwrite" && rule->access == Access::read)
    return {.possible = false, .path = {}};
  return out;
}

bool in_hidden_tmp(const LaunchPlan& plan, const std::string& path) {
  return !plan.notify.hidden_tmp.empty() && is_within(path, plan.notify.hidden_tmp);
}

// The filter's table has them for FilterSpec::sharing.
bool shares_with_host(std::string_view name) {
  for (const char* family : {"shm", "msg", "sem", "mq_", "sched_set"}) {
    if (name.starts_with(family)) return true;
  }
  return name == "setpriority" || name == "ioprio_set";
}

std::string use(std::string_view flag, const std::string& path, std::string_view purpose) {
  if (path.find(':') != std::string::npos) return {};  // the options' lists are split there
  return concat("Use ", flag, "=", shell_quote(path), " if it needs to ", purpose);
}

}  // namespace

std::string suggest_read(const LaunchPlan& plan, const std::string& path) {
  const Lifting lift = lifting(plan, path, "--readonly");
  if (!lift.possible) return {};
  if (in_hidden_tmp(plan, path)) return "Use --tmp=host if it needs the host's temporary directory";
  return use("--readonly", lift.path, "read that");
}

std::string suggest_write(const LaunchPlan& plan, const std::string& path,
                          const std::string& directory, bool exists) {
  const std::string& object = directory.empty() ? path : directory;
  const Lifting lift = lifting(plan, path, "--readwrite");
  if (!lift.possible) return {};
  const PathRule* rule = rule_at(plan.paths, path);
  const bool is_name = !directory.empty();
  // A name beside them would steer, or be nobody's.
  if (is_name && is_steering_directory(parent_path(path))) return {};
  const bool holds_narrower =
      std::any_of(plan.paths.begin(), plan.paths.end(), [&](const PathRule& other) {
        return other.path != path && other.access < Access::write && is_within(other.path, path);
      });
  // No option is wide enough to move or remove what holds something protected.
  if (is_name && exists && holds_narrower) return {};
  if (is_name && rule != nullptr && rule->path == path) {
    const bool lifts = exists && plan.notify.performs && rule->kind == PathRule::Kind::protected_;
    return lifts ? use("--readwrite", path, "write that") : std::string();
  }
  const bool steers = rule != nullptr && is_steering_directory(rule->path);
  if (lift.path != path || steers) return use("--readwrite", lift.path, "write that");
  const Lifting around = lifting(plan, object, "--readwrite");
  if (!around.possible) return {};
  if (in_hidden_tmp(plan, path)) return "Use --tmp=host if it needs the host's temporary directory";
  // Nobody should open a whole home for the sake of one name in it.
  if (is_name && !exists && is_home_or_above(directory, plan.notify.homes)) {
    std::string sentence = use("--readwrite", path, "write there");
    return sentence.empty() ? sentence : sentence + "; make it first, since it is not there";
  }
  return use("--readwrite", object, "write there");
}

std::string suggest_unix_socket(const LaunchPlan& plan, const std::string& path) {
  const Lifting lift = lifting(plan, path, "--readwrite");
  return lift.possible ? use("--readwrite", lift.path, "talk to that socket") : std::string();
}

std::string suggest_network() {
  return "Use --network flag if network access needed";
}

std::string suggest_host_loopback() {
  return "Use --network=host-loopback if it needs the machine's own loopback";
}

std::string suggest_call(std::string_view name) {
  if (name == "clone" || name == "unshare") return "Use --allow=userns if it needs user namespaces";
  if (name == "keyctl" || name == "add_key" || name == "request_key")
    return "Use --allow=keyrings if it needs the kernel's key rings";
  if (shares_with_host(name))
    return "Use --allow=ipc if it needs System V IPC, message queues or other processes' "
           "scheduling";
  if (name == "socketpair") return "Use --allow=dgram-sockets if it needs unix datagram sockets";
  return {};
}

}  // namespace sefaca
