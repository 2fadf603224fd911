#include "core/audit/first_of_build.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "core/base/number.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

constexpr int kMostAncestors = 256;
constexpr int kMostLooks = 256;  // at files of other builds, when one is made

// The directory, opened; the user's alone, or none.
UniqueFd open_directory(const std::string& base, uid_t uid) {
  const std::string path = concat(base, "/sefaca-", std::to_string(uid));
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return {};
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  const bool own =
      fd && fstat(fd.get(), &info) == 0 && info.st_uid == uid && (info.st_mode & 077) == 0;
  return own ? std::move(fd) : UniqueFd();
}

UniqueFd open_memory(const Surroundings& surroundings) {
  const uid_t uid = geteuid();
  const std::string runtime = surroundings.variable("XDG_RUNTIME_DIR");
  if (runtime.starts_with('/')) {
    if (UniqueFd fd = open_directory(runtime, uid)) return fd;
  }
  return open_directory("/tmp", uid);
}

// WHAT-PID-START of a process that is not there any more.
bool has_ended(std::string_view name) {
  const auto last = name.rfind('-');
  const auto before = last == std::string_view::npos ? last : name.rfind('-', last - 1);
  if (before == std::string_view::npos) return false;
  pid_t pid = 0;
  std::uint64_t started = 0;
  if (!read_number(name.substr(before + 1, last - before - 1), pid) ||
      !read_number(name.substr(last + 1), started))
    return false;
  const auto now = process_stat(pid);
  return !now || now->started != started;
}

void remove_ended(int directory) {
  const int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> list(fdopendir(copy), closedir);
  if (!list) {
    close(copy);
    return;
  }
  for (int looks = 0; looks < kMostLooks; ++looks) {
    const dirent* entry = readdir(list.get());
    if (entry == nullptr) return;
    if (has_ended(entry->d_name)) unlinkat(directory, entry->d_name, 0);
  }
}

}  // namespace

std::optional<ProcessStat> build_of(
    pid_t self, const std::function<std::optional<ProcessStat>(pid_t)>& stat_of) {
  auto step = stat_of(self);
  if (!step) return std::nullopt;
  const auto leader = step->session == self ? step : stat_of(step->session);
  if (!leader || step->session == self) return leader;
  for (int i = 0; i < kMostAncestors && step->parent != leader->pid; ++i) {
    const auto parent = step->parent > 0 ? stat_of(step->parent) : std::nullopt;
    // Not below the leader any more: a process that was left behind.
    if (!parent || parent->session != leader->session) return leader;
    step = parent;
  }
  const bool job_control = leader->terminal != 0 && step->group != leader->group;
  return job_control ? step : leader;
}

bool first_of_build(std::string_view what, const Surroundings& surroundings) {
  const auto build = build_of(getpid(), process_stat);
  if (!build) return true;
  const UniqueFd directory = open_memory(surroundings);
  if (!directory) return true;
  const std::string name =
      concat(what, "-", std::to_string(build->pid), "-", std::to_string(build->started));
  const UniqueFd made(openat(directory.get(), name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!made) return errno != EEXIST;
  remove_ended(directory.get());
  return true;
}

}  // namespace sefaca
