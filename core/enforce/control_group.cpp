#include "core/enforce/control_group.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string_view>
#include <utility>

#include "core/base/path.h"
#include "core/base/slurp.h"
#include "core/base/text.h"
#include "core/enforce/forgotten.h"

namespace sefaca {
namespace {

// The files by which a version speaks (the kernel's cgroup-v2.rst; cgroup-v1/memory.rst and
// pids.rst). What is counted stands behind a word at a line's start, or alone.
struct Files {
  // Who writes "0" here is in. cgroup.procs moves all threads of a process, for which the kernel
  // waits until every processor has passed a quiet state (5 to 18 ms where nobody moved lately);
  // version 1's `tasks` moves the writing thread alone and waits for nothing
  // (kernel/cgroup/cgroup.c, cgroup_procs_write_start). Version 2 has no such file for memory.
  const char* entry;
  const char* memory_limit;
  const char* memory_and_swap;  // v1: memory and swap together; v2: swap alone
  const char* memory_kills;     // with a line "oom_kill N"
  const char* memory_peak;
  const char* anonymous;  // in memory.stat
  const char* shared;
};
constexpr Files kFiles[] = {
    {"tasks", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control",
     "memory.max_usage_in_bytes", "total_rss", "total_shmem"},
    {"cgroup.procs", "memory.max", "memory.swap.max", "memory.events", "memory.peak", "anon",
     "shmem"},
};
const Files& files_of(int version) {
  return kFiles[version - 1];
}

bool write_at(int directory, const char* name, std::string_view text) {
  UniqueFd fd(::openat(directory, name, O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The number behind `word` at the start of a line; 0: there is no such line.
std::uint64_t counted(const std::string& text, std::string_view word) {
  for (const std::string& line : split(text, '\n')) {
    if (line.size() > word.size() && line.starts_with(word) && line[word.size()] == ' ')
      return number_of(std::string_view(line).substr(word.size() + 1));
  }
  return 0;
}

bool has_word(const std::string& text, std::string_view word, char separator) {
  for (std::string_view part : split(text, separator)) {
    while (part.ends_with('\n')) part.remove_suffix(1);
    if (part == word) return true;
  }
  return false;
}

// One line of mountinfo, of a cgroup's file system.
struct Mount {
  std::string root, point, options;
  int version = 0;
};
std::vector<Mount> mounts_in(const std::string& mountinfo) {
  std::vector<Mount> mounts;
  for (const std::string& line : split(mountinfo, '\n')) {
    const std::vector<std::string> fields = split(line, ' ');
    constexpr std::size_t kRoot = 3, kPoint = 4, kBehindDash = 3;
    std::size_t dash = 0;
    while (dash < fields.size() && fields[dash] != "-") ++dash;
    if (dash <= kPoint || dash + kBehindDash >= fields.size()) continue;
    const std::string& type = fields[dash + 1];
    if (type != "cgroup" && type != "cgroup2") continue;
    mounts.push_back({.root = fields[kRoot],
                      .point = fields[kPoint],
                      .options = fields[dash + kBehindDash],
                      .version = type == "cgroup" ? 1 : 2});
  }
  return mounts;
}

// Where the group `path` of /proc/PID/cgroup lies below a mount; empty: it can't be seen there.
std::string place_of(const Mount& mount, const std::string& path) {
  if (path.starts_with("/..")) return {};
  std::string below = path;
  if (mount.root != "/") {
    if (!is_within(path, mount.root)) return {};
    below = path.substr(mount.root.size());
  }
  return below.empty() || below == "/" ? mount.point : concat(mount.point, below);
}

// cgroup-v2.rst, delegation: who moves itself must be able to write where it comes from.
bool is_delegated(const std::string& parent) {
  return ::access(parent.c_str(), W_OK) == 0 &&
         ::access(concat(parent, "/cgroup.procs").c_str(), W_OK) == 0;
}

// This process's own group in the hierarchy with `controller` (empty: version 2's).
std::string own_place(const std::string& groups, const std::vector<Mount>& mounts,
                      std::string_view controller) {
  for (const std::string& line : split(groups, '\n')) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string names = line.substr(first + 1, second - first - 1);
    const bool fits = controller.empty() ? names.empty() : has_word(names, controller, ',');
    if (!fits) continue;
    for (const Mount& mount : mounts) {
      const bool same = controller.empty()
                            ? mount.version == 2
                            : mount.version == 1 && has_word(mount.options, controller, ',');
      if (!same) continue;
      if (std::string place = place_of(mount, line.substr(second + 1)); !place.empty())
        return place;
    }
  }
  return {};
}

}  // namespace

// The limits are in force before anything is in the group. A part that holds nothing is none.
std::optional<ControlGroup::Part> ControlGroup::make_part(
    const std::string& parent, int version, const Wanted& wanted,
    const std::function<void(const std::string&)>& made) {
  if (!is_delegated(parent)) return std::nullopt;
  Part part;
  part.version = version;
  part.path = concat(parent, "/", kRunDirectory);
  if (::mkdtemp(part.path.data()) == nullptr) return std::nullopt;
  if (made) made(part.path);
  part.directory.reset(::open(part.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int at = part.directory.get();
  if (part.directory && ::flock(at, LOCK_EX | LOCK_NB) == 0) {
    const Files& files = files_of(version);
    if (wanted.memory_bytes) {
      const std::string bytes = std::to_string(*wanted.memory_bytes);
      part.memory = write_at(at, files.memory_limit, bytes);
      // What was pushed out to swap is memory of the tree too.
      if (part.memory) write_at(at, files.memory_and_swap, version == 1 ? bytes : "0");
      if (part.memory && version == 2) write_at(at, "memory.oom.group", "1");
    }
    if (wanted.tasks) part.tasks = write_at(at, "pids.max", std::to_string(*wanted.tasks));
    part.entry.reset(::openat(at, files.entry, O_WRONLY | O_CLOEXEC));
  }
  if (part.entry && (part.memory || part.tasks)) return part;
  ::rmdir(part.path.c_str());
  return std::nullopt;
}

ControlGroup ControlGroup::make(const Wanted& wanted, const std::string& proc,
                                const std::function<void(const std::string&)>& made) {
  return in_parts(wanted, proc,
                  [&made](const std::string& parent, int version, const Wanted& which) {
                    return make_part(parent, version, which, made);
                  });
}

ControlGroup ControlGroup::look(const Wanted& wanted, const std::string& proc) {
  return in_parts(
      wanted, proc,
      [](const std::string& parent, int version, const Wanted& which) -> std::optional<Part> {
        if (!is_delegated(parent)) return std::nullopt;
        Part part;
        part.version = version;
        part.memory = which.memory_bytes.has_value();
        part.tasks = which.tasks.has_value();
        return part;
      });
}

ControlGroup ControlGroup::in_parts(const Wanted& wanted, const std::string& proc,
                                    const PartMaker& make) {
  ControlGroup group;
  if (!wanted.memory_bytes && !wanted.tasks) return group;
  const std::string groups = slurp(concat(proc, "/cgroup"));
  const std::vector<Mount> mounts = mounts_in(slurp(concat(proc, "/mountinfo")));
  Wanted left = wanted;
  const auto take = [&](const std::string& parent, int version, const Wanted& which) {
    auto part = make(parent, version, which);
    if (!part) return;
    if (part->memory) left.memory_bytes.reset();
    if (part->tasks) left.tasks.reset();
    group.parts_.push_back(std::move(*part));
  };
  // A group that has processes can't hand controllers to groups below it (but the very root can),
  // so beside our own.
  if (const std::string own = own_place(groups, mounts, ""); !own.empty()) {
    for (const std::string& parent : {own, std::string(parent_path(own))}) {
      const std::string given = slurp(concat(parent, "/cgroup.subtree_control"));
      Wanted here;
      if (has_word(given, "memory", ' ')) here.memory_bytes = left.memory_bytes;
      if (has_word(given, "pids", ' ')) here.tasks = left.tasks;
      // A process is in one group of version 2.
      if (!group.any() && (here.memory_bytes || here.tasks)) take(parent, 2, here);
    }
  }
  if (left.memory_bytes) {
    if (const std::string own = own_place(groups, mounts, "memory"); !own.empty())
      take(own, 1, {.memory_bytes = left.memory_bytes, .tasks = {}});
  }
  if (left.tasks) {
    if (const std::string own = own_place(groups, mounts, "pids"); !own.empty())
      take(own, 1, {.memory_bytes = {}, .tasks = left.tasks});
  }
  return group;
}

ControlGroup& ControlGroup::operator=(ControlGroup&& other) noexcept {
  if (this != &other) {
    remove();
    parts_ = std::exchange(other.parts_, {});
  }
  return *this;
}

const ControlGroup::Part* ControlGroup::part_with(bool Part::*what) const {
  for (const Part& part : parts_) {
    if (part.*what) return &part;
  }
  return nullptr;
}

std::string ControlGroup::memory_held_by() const {
  const Part* part = part_with(&Part::memory);
  return part == nullptr ? std::string() : concat("cgroup v", std::to_string(part->version));
}

std::string ControlGroup::tasks_held_by() const {
  const Part* part = part_with(&Part::tasks);
  return part == nullptr ? std::string() : concat("cgroup v", std::to_string(part->version));
}

std::vector<int> ControlGroup::entries() const {
  std::vector<int> fds;
  for (const Part& part : parts_) {
    if (part.entry) fds.push_back(part.entry.get());
  }
  return fds;
}

int ControlGroup::birthplace() const {
  const bool has_one = !parts_.empty() && parts_.front().version == 2;
  return has_one ? parts_.front().directory.get() : -1;
}

bool ControlGroup::memory_exceeded() const {
  const Part* part = part_with(&Part::memory);
  return part != nullptr &&
         counted(slurp_at(part->directory.get(), files_of(part->version).memory_kills),
                 "oom_kill") > 0;
}

bool ControlGroup::tasks_exceeded() const {
  const Part* part = part_with(&Part::tasks);
  return part != nullptr && counted(slurp_at(part->directory.get(), "pids.events"), "max") > 0;
}

std::uint64_t ControlGroup::memory_now() const {
  const Part* part = part_with(&Part::memory);
  if (part == nullptr) return 0;
  const Files& files = files_of(part->version);
  const std::string stat = slurp_at(part->directory.get(), "memory.stat");
  return counted(stat, files.anonymous) + counted(stat, files.shared);
}

std::uint64_t ControlGroup::memory_peak() const {
  const Part* part = part_with(&Part::memory);
  return part == nullptr
             ? 0
             : number_of(slurp_at(part->directory.get(), files_of(part->version).memory_peak));
}

std::uint64_t ControlGroup::tasks_now() const {
  const Part* part = part_with(&Part::tasks);
  return part == nullptr ? 0 : number_of(slurp_at(part->directory.get(), "pids.current"));
}

// EBUSY while what was killed is still on its way out.
void ControlGroup::remove_directory(const std::string& path) {
  constexpr int kTries = 50;
  constexpr timespec kPause{0, 2'000'000};
  for (int i = 0; i < kTries && ::rmdir(path.c_str()) != 0 && errno == EBUSY; ++i)
    ::nanosleep(&kPause, nullptr);
}

void ControlGroup::remove_forgotten(const std::string& parent) {
  constexpr unsigned kSeconds = 60;
  const UniqueFd directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return;
  each_forgotten(directory.get(), kSeconds, [&](const std::string& name, const UniqueFd&) {
    ::unlinkat(directory.get(), name.c_str(), AT_REMOVEDIR);
  });
}

void ControlGroup::remove() {
  for (const Part& part : std::exchange(parts_, {})) {
    if (part.path.empty()) continue;
    remove_directory(part.path);
    remove_forgotten(std::string(parent_path(part.path)));
  }
}

}  // namespace sefaca
