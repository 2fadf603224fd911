// The table of the baseline, and what the environment adds to it.
#include "core/policy/baseline.h"

#include <algorithm>
#include <string_view>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

struct Row {
  std::string_view path;
  Access access;
  std::string_view reason;
};

constexpr Row kDevices[] = {
    {"/dev/null", Access::write, "base device"},    {"/dev/zero", Access::write, "base device"},
    {"/dev/full", Access::write, "base device"},    {"/dev/random", Access::write, "base device"},
    {"/dev/urandom", Access::write, "base device"}, {"/dev/tty", Access::write, "base device"},
    {"/dev/ptmx", Access::write, "terminals"},      {"/dev/pts", Access::write, "terminals"},
};
constexpr Row kSharedMemory{"/dev/shm", Access::write, "shared memory"};

constexpr Row kSystem[] = {
    {"/usr", Access::read, "system programs and libraries"},
    {"/lib", Access::read, "system libraries"},
    {"/lib32", Access::read, "system libraries"},
    {"/lib64", Access::read, "system libraries"},
    {"/libx32", Access::read, "system libraries"},
    {"/bin", Access::read, "system programs"},
    {"/sbin", Access::read, "system programs"},
    {"/etc", Access::read, "system configuration"},
    {"/opt", Access::read, "system programs"},
    {"/nix", Access::read, "system programs"},
    {"/gnu", Access::read, "system programs"},
    {"/run/current-system", Access::read, "system programs"},
    {"/var/lib/dpkg", Access::read, "the list of packages"},
    {"/proc", Access::read, "processes (the kernel keeps those outside shut)"},
    {"/sys/devices/system/cpu", Access::read, "number of processors"},
    // Else a JVM, Rust's or Go's runtime and ninja take the machine's for the container's.
    {"/sys/fs/cgroup", Access::read, "limits of processors and memory"},
    {"/sys/kernel/mm/transparent_hugepage", Access::read, "size of pages"},
    {"/run/systemd/resolve", Access::read, "name service"},
    {"/run/resolvconf", Access::read, "name service"},
    {"/run/nscd", Access::read, "name service"},
};

constexpr const char* kSearchVariables[] = {"CPATH", "LIBRARY_PATH", "LD_LIBRARY_PATH",
                                            "PKG_CONFIG_PATH"};

class Collector {
 public:
  explicit Collector(const FileSystem& files) : files_(files) {}

  // System paths: only the last part may be a link, as /lib is.
  void add_system(const Row& row) {
    const std::string path(row.path);
    const auto type = files_.link_type(path);
    if (!type) return;
    if (*type != FileType::symlink) return add(path, row.access, row.reason);
    links_.push_back(path);
    if (const auto real = files_.real_path(path)) add(*real, row.access, row.reason);
  }

  // Any path that is there.
  void add_named(const std::string& path, const std::string& reason) {
    if (holds(path) || std::find(links_.begin(), links_.end(), path) != links_.end()) return;
    add_target(path, reason);
  }

  // What a path leads to, even where the path itself lies in what can be read.
  void add_target(const std::string& path, const std::string& reason) {
    if (std::find(links_.begin(), links_.end(), path) != links_.end()) return;
    if (const auto real = files_.real_path(path)) add(*real, Access::read, reason);
  }

  [[nodiscard]] bool holds(std::string_view path) const { return rule_at(rules_, path) != nullptr; }

  std::vector<PathRule> take() { return std::move(rules_); }

 private:
  void add(const std::string& path, Access access, std::string_view reason) {
    const PathRule* above = rule_at(rules_, path);
    if (above != nullptr && above->access == access) return;
    rules_.push_back({.path = path,
                      .access = access,
                      .kind = PathRule::Kind::baseline,
                      .reason = std::string(reason),
                      .origin = "built-in"});
  }

  const FileSystem& files_;
  std::vector<PathRule> rules_;
  std::vector<std::string> links_;  // system paths that are links, and are dealt with
};

// An entry P/bin, P/sbin or P/shims belongs to an installation at P; else the entry itself.
std::string_view installation_of(std::string_view entry, const std::vector<std::string>& homes) {
  const std::string_view name = base_name(entry);
  if (name != "bin" && name != "sbin" && name != "shims") return entry;
  const std::string_view parent = parent_path(entry);
  return is_home_or_above(parent, homes) ? entry : parent;
}

// Empty and relative entries give nothing; nor does one that is a home or lies above one.
std::vector<std::string> entries_of(const Surroundings& surroundings, const char* variable,
                                    const std::vector<std::string>& homes) {
  std::vector<std::string> out;
  for (const std::string& entry : split(surroundings.variable(variable), ':')) {
    if (!entry.starts_with('/')) continue;
    std::string path = absolute_path(entry, "/");
    if (!is_home_or_above(path, homes)) out.push_back(std::move(path));
  }
  return out;
}

}  // namespace

std::vector<PathRule> device_rules(Level level, const FileSystem& files) {
  Collector found(files);
  for (const Row& row : kDevices) found.add_system(row);
  if (level != Level::strict) found.add_system(kSharedMemory);
  return found.take();
}

std::vector<PathRule> baseline_rules(const Surroundings& surroundings,
                                     const std::vector<std::string>& homes,
                                     const std::optional<Repository>& repository) {
  Collector found(*surroundings.files);
  for (const Row& row : kSystem) found.add_system(row);
  for (const std::string& entry : entries_of(surroundings, "PATH", homes)) {
    const std::string installation(installation_of(entry, homes));
    if (installation != entry) found.add_named(installation, "installation of what is on PATH");
    // The entry may be a link out of the installation.
    const auto at_entry = surroundings.files->link_type(entry);
    if (!at_entry || (found.holds(entry) && *at_entry != FileType::symlink)) continue;
    found.add_target(entry, "on PATH");
  }
  for (const char* variable : kSearchVariables) {
    for (const std::string& entry : entries_of(surroundings, variable, homes))
      found.add_named(entry, concat("on ", variable));
  }
  if (repository && !is_home_or_above(repository->top, homes)) {
    found.add_named(repository->top, "the repository");
    // The objects of a worktree or submodule lie with the main repository.
    if (!repository->common_directory.empty())
      found.add_named(repository->common_directory, "the repository's objects");
  }
  return found.take();
}

}  // namespace sefaca
