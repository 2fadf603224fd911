#include "core/backend/mounts.h"

#include <algorithm>

#include "core/base/path.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

// An image has its own. What lies below may be mounted when a policy names it.
constexpr std::string_view kOfTheImage[] = {
    "/",          "/bin", "/sbin", "/lib",     "/lib32",    "/lib64",     "/libx32",
    "/usr",       "/etc", "/opt",  "/usr/bin", "/usr/lib",  "/usr/lib64", "/usr/sbin",
    "/usr/local", "/var", "/home", "/run",     "/usr/share"};
constexpr std::string_view kOfTheKernel[] = {"/proc", "/sys", "/dev"};

bool is_of_the_image(const std::string& path) {
  const auto is_kernel = [&](std::string_view of) { return is_within(path, of); };
  return std::find(std::begin(kOfTheImage), std::end(kOfTheImage), path) != std::end(kOfTheImage) ||
         std::any_of(std::begin(kOfTheKernel), std::end(kOfTheKernel), is_kernel);
}

class Mounts {
 public:
  Mounts(const PolicyFields& policy, const Surroundings& surroundings)
      : policy_(policy), surroundings_(surroundings) {}

  std::vector<HostMount> make() {
    std::vector<PathRule> rules;
    for (const PathRule& rule : policy_.paths) {
      if (rule.path != "/" && rule_at(policy_.paths, rule.path)->access == rule.access)
        rules.push_back(rule);
    }
    // Where all is granted (level permissive), it is the working directory that is meant.
    const std::string& here = surroundings_.cwd;
    if (here != "/")
      rules.push_back({here, access_at(policy_.paths, here, Access::read), PathRule::Kind::grant,
                       "the working directory", "built-in"});
    std::stable_sort(rules.begin(), rules.end(),
                     [](const PathRule& a, const PathRule& b) { return a.path < b.path; });
    for (const PathRule& rule : rules) add(rule);
    return std::move(out_);
  }

 private:
  void add(const PathRule& rule) {
    const auto found = surroundings_.files->info(rule.path);
    if (!found) return;
    const HostMount* around = mount_at(out_, rule.path);
    const bool seen = around != nullptr && (around->kind == HostMount::Kind::read ||
                                            around->kind == HostMount::Kind::write);
    if (rule.access == Access::hide) {
      if (seen)
        out_.push_back({rule.path,
                        found->type == FileInfo::Type::directory ? HostMount::Kind::empty_directory
                                                                 : HostMount::Kind::empty_file,
                        rule.reason});
      return;
    }
    const bool grant = rule.kind == PathRule::Kind::grant;
    if (is_of_the_image(rule.path) || (!grant && !seen)) return;
    const auto kind = rule.access == Access::write ? HostMount::Kind::write : HostMount::Kind::read;
    if (around == nullptr || around->kind != kind) out_.push_back({rule.path, kind, rule.reason});
  }

  const PolicyFields& policy_;
  const Surroundings& surroundings_;
  std::vector<HostMount> out_;
};

}  // namespace

std::vector<HostMount> host_mounts(const PolicyFields& policy, const Surroundings& surroundings) {
  return Mounts(policy, surroundings).make();
}

const HostMount* mount_at(const std::vector<HostMount>& mounts, const std::string& path) {
  const HostMount* found = nullptr;
  for (const HostMount& mount : mounts) {
    if (is_within(path, mount.path) &&
        (found == nullptr || mount.path.size() >= found->path.size()))
      found = &mount;
  }
  return found;
}

}  // namespace sefaca
