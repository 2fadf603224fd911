// Plans on the disk, and the policy of a step.
#include "core/config/plan_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/config/configuration.h"
#include "core/config/environment.h"
#include "core/config/sha256.h"
#include "core/config/write_file.h"
#include "core/policy/builder.h"
#include "core/policy/environment.h"
#include "core/policy/narrow.h"

namespace sefaca {
namespace {

constexpr std::size_t kLargestPlan = std::size_t{16} << 20U;
constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

Error about(const std::string& path, std::string what) {
  return Error{.what = std::move(what), .where = path};
}

// The file and the directory that it lies in: whoever can replace it could write it as well.
Status check_owner(const struct stat& info, const std::string& path) {
  if (info.st_uid != ::geteuid() && info.st_uid != 0)
    return about(path, concat("it belongs to user ", std::to_string(info.st_uid)));
  const bool sticky_root = S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0;
  if ((info.st_mode & kOthersWrite) != 0 && !sticky_root)
    return about(path, "others can write to it");
  return Done{};
}

Result<std::string> read_checked(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) return about(path, concat("it can't be read: ", errno_text(errno)));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return about(path, "it is not a regular file");
  SEFACA_CHECK(check_owner(info, path));
  const std::string parent(parent_path(path));
  struct stat directory {};
  if (::stat(parent.c_str(), &directory) != 0)
    return about(parent, concat("it can't be looked at: ", errno_text(errno)));
  SEFACA_CHECK(check_owner(directory, parent));
  if (static_cast<std::size_t>(info.st_size) > kLargestPlan) return about(path, "it is too large");
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t got = ::read(fd.get(), text.data() + have, text.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return about(path, "it became shorter while it was read");
    have += static_cast<std::size_t>(got);
  }
  return text;
}

}  // namespace

FileStamp stamp_of(const std::string& path) {
  FileStamp out{.path = path};
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return out;
  constexpr std::int64_t kSecond = 1'000'000'000;
  out.present = true;
  out.inode = info.st_ino;
  out.size = static_cast<std::uint64_t>(info.st_size);
  out.changed_ns = info.st_ctim.tv_sec * kSecond + info.st_ctim.tv_nsec;
  return out;
}

std::string plan_directory(std::string_view key, const Surroundings& surroundings) {
  if (surroundings.home.empty()) return {};
  constexpr std::size_t kDigits = 24;
  const std::string name = concat("plans/", sha256_hex(key).substr(0, kDigits));
  const std::string own = concat(surroundings.home, "/.sefaca");
  if (surroundings.files->is_directory(own)) return concat(own, "/", name);
  std::string state = surroundings.variable("XDG_STATE_HOME");
  if (!state.starts_with('/')) state = concat(surroundings.home, "/.local/state");
  return concat(state, "/sefaca/", name);
}

std::vector<FileStamp> configuration_stamps(const Surroundings& surroundings,
                                            const std::vector<std::string>& read) {
  std::vector<std::string> paths = user_config_paths(surroundings);
  paths.insert(paths.begin(), kSystemConfig);
  for (const std::string& path : read) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  }
  std::vector<FileStamp> out;
  for (const std::string& path : paths) out.push_back(stamp_of(path));
  return out;
}

Status write_plan(const std::string& path, const Plan& plan, std::string_view build_id) {
  ::chmod(path.c_str(), 0600);  // an old one keeps its mode, which may be why it can't be used
  return write_file(path, plan_text(plan, build_id));
}

Result<Plan> read_plan(const std::string& path, std::string_view build_id) {
  SEFACA_TRY(text, read_checked(path));
  auto plan = parse_plan(text, build_id);
  if (!plan) return about(path, plan.error().what);
  for (const FileStamp& stamp : plan->files) {
    if (stamp_of(stamp.path) == stamp) continue;
    return about(path, concat(printable(stamp.path), " is not as it was when the plan was made"));
  }
  return plan;
}

Result<Policy> kept_policy(Plan plan, const Surroundings& surroundings) {
  SEFACA_TRY(variables, read_variables(surroundings));
  PolicyFields fields = std::move(plan.policy);
  if (!variables.empty()) {  // SEFACA_BYPASS and its kin set no key
    PolicyBuilder builder(surroundings);
    if (plan.door_limits) builder.at_door(*plan.door_limits);
    for (Assignment& each : plan.door) builder.set(std::move(each));
    for (Assignment& each : variables) builder.set(std::move(each));
    SEFACA_TRY(other, builder.build(Command{.argv = {"true"}}));
    fields = narrower_of(std::move(fields), *other);
  }
  fill_environment(fields, surroundings);
  return PolicyBuilder::restored(std::move(fields));
}

}  // namespace sefaca
