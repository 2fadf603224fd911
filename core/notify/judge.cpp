#include "core/notify/judge.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/kernel_abi.h"
#include "core/base/path.h"
#include "core/notify/suggestions.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

using namespace abi;

constexpr std::size_t kMostRemembered = 8192;

int directory_argument(const CallShape& shape, const seccomp_data& data) {
  return shape.directory < 0 ? AT_FDCWD : static_cast<int>(data.args[shape.directory]);
}

// The file behind a descriptor of the target's (a shell's `>/dev/stderr`), which may be one that
// only the supervisor can open again. Empty: it has no name.
std::string file_behind(const Target& target, int number) {
  std::string whole = target.descriptor(number);
  const bool is_named = whole.starts_with('/') && !whole.ends_with(" (deleted)");
  return is_named && !is_process_relative(whole) ? whole : std::string();
}

// Would the user's own rights let it through? A plain refusal by them is no violation.
bool user_may(int fd, int mode) {
  return ::syscall(SYS_faccessat2, fd, "", mode, AT_EMPTY_PATH | AT_EACCESS) == 0;
}

bool is_directory(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
}

std::uint64_t right_to_make(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return kFsMakeDir;
    case S_IFLNK:
      return kFsMakeSym;
    case S_IFIFO:
      return kFsMakeFifo;
    case S_IFSOCK:
      return kFsMakeSock;
    case S_IFCHR:
      return kFsMakeChar;
    case S_IFBLK:
      return kFsMakeBlock;
    default:
      return kFsMakeReg;
  }
}

// The name in its directory, and what is there now (mode 0: nothing).
struct Name {
  WalkedPath at;
  mode_t mode = 0;
};
Name look_up(const Target& target, const std::string& path) {
  Name out{.at = walk_to_parent(target, path)};
  if (out.at.end == WalkedPath::End::nowhere) return out;
  struct stat info {};
  const std::string name(base_name(out.at.path));
  if (::fstatat(out.at.fd.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0)
    out.mode = info.st_mode;
  return out;
}

Touched touched_name(Name name, std::uint64_t needed) {
  const bool exists = name.mode != 0;
  return {.at = std::move(name.at),
          .needed = needed,
          .access = Access::write,
          .is_name = true,
          .exists = exists};
}

mode_t mode_made(const CallShape& shape, const seccomp_data& data) {
  const std::string_view operation = shape.operation;
  if (operation == "mkdir") return S_IFDIR;
  if (operation == "symlink") return S_IFLNK;
  const auto mode = static_cast<mode_t>(data.args[shape.path + 1]);
  return (mode & S_IFMT) == 0 ? mode | S_IFREG : mode;
}

}  // namespace

Judge::Judge(const LaunchPlan& plan) : plan_(plan), native_(plan) {
  if (plan.landlock_abi == 0) return;
  // The files behind the command's standard descriptors have rights of their own (see child.cpp).
  for (int fd = 0; fd <= 2; ++fd) {
    const int mode = ::fcntl(fd, F_GETFL);
    if (mode < 0) continue;
    const bool writable = (mode & O_ACCMODE) != O_RDONLY;
    native_.add(path_of_descriptor(fd),
                writable ? landlock_rights_on_file() & ~kFsExecute : kFsReadFile);
  }
}

// Empty: it can't be told, or leads through processes, where the kernel alone knows.
std::string Judge::named_path(Judged& judged, const Target& target, const seccomp_data& data,
                              int directory, int argument, bool opens) {
  const auto path = target.path(data.args[argument]);
  if (!path || path->empty()) return {};
  std::string whole = absolute_in_target(target, directory, *path);
  if (is_process_relative(whole)) {
    if (const auto number = own_descriptor(whole)) return opens ? file_behind(target, *number) : "";
    whole = without_own_links(target, whole);
    judged.by_links = true;
  }
  return whole;
}

Judged Judge::judge(const Target& target, const CallShape& shape, const seccomp_data& data) {
  Judged out = judge_deed(target, shape, data);
  // What such a link leads to is an object, whatever path it has: the kernel goes on with it.
  if (out.by_links && out.verdict == Judged::Verdict::granted)
    out.verdict = Judged::Verdict::native;
  return out;
}

Judged Judge::judge_deed(const Target& target, const CallShape& shape, const seccomp_data& data) {
  switch (shape.deed) {
    case Deed::open:
    case Deed::truncate:
      return judge_open(target, shape, data);
    case Deed::execute:
      return judge_execute(target, shape, data);
    case Deed::make:
    case Deed::remove:
    case Deed::rename:
    case Deed::link:
      return judge_names(target, shape, data);
    default:
      return {};
  }
}

Judged Judge::judge_open(const Target& target, const CallShape& shape, const seccomp_data& data) {
  Judged out;
  int flags = O_CREAT | O_WRONLY | O_TRUNC;  // creat(2)
  if (shape.deed == Deed::truncate) flags = O_WRONLY | O_TRUNC;
  if (shape.flags >= 0) flags = static_cast<int>(data.args[shape.flags]);
  if ((flags & O_PATH) != 0) return out;
  const bool follows =
      (flags & O_NOFOLLOW) == 0 && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
  std::string path =
      named_path(out, target, data, directory_argument(shape, data), shape.path, follows);
  if (path.empty()) return out;
  const bool reads_only = (flags & (O_ACCMODE | O_CREAT | O_TRUNC)) == O_RDONLY;
  const bool remembers = reads_only && plan_.notify.level != Level::permissive;
  if (remembers && (quiet_.lets_read(path) || read_before_.contains(path))) return out;

  Touched file;
  file.at = (flags & O_CREAT) != 0 ? walk(target, path, follows)
                                   : walk_to_existing(target, path, follows);
  if (file.at.end == WalkedPath::End::nowhere || !file.at.path.starts_with('/')) return out;
  file.exists = file.at.end == WalkedPath::End::found;
  const bool unnamed = (flags & O_TMPFILE) == O_TMPFILE;  // made in the directory that `path` is
  if (file.exists && !unnamed && (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0)
    return out;  // EEXIST
  if (shape.deed == Deed::truncate) {
    file.needed = kFsTruncate;
  } else {
    if ((flags & O_ACCMODE) != O_WRONLY) file.needed |= kFsReadFile;
    if ((flags & O_ACCMODE) != O_RDONLY) file.needed |= kFsWriteFile;
    if (file.exists && (flags & O_TRUNC) != 0) file.needed |= kFsTruncate;
  }
  if (!file.exists) {
    file.needed |= kFsMakeReg;
    file.is_name = true;
  }
  if (!reads_only) file.access = Access::write;
  // Most reads end here. A directory is listed by another right, so it is looked at only now.
  if (reads_only && !lets(file) && is_directory(file.at.fd.get())) file.needed = kFsReadDir;
  if (remembers && lets(file)) {
    if (read_before_.size() >= kMostRemembered) read_before_.clear();
    read_before_.insert(std::move(path));
    return out;
  }
  out.touched.push_back(std::move(file));
  conclude(
      out, shape,
      reads_only ? ViolationKind::filesystem_read_denied : ViolationKind::filesystem_write_denied);
  return out;
}

Judged Judge::judge_execute(const Target& target, const CallShape& shape,
                            const seccomp_data& data) {
  Judged out;
  const std::string path =
      named_path(out, target, data, directory_argument(shape, data), shape.path);
  if (path.empty()) return out;
  Touched program;
  program.at = walk(target, path, true);
  if (program.at.end != WalkedPath::End::found || !program.at.path.starts_with('/')) return out;
  program.exists = true;
  program.needed = kFsExecute;
  out.touched.push_back(std::move(program));
  conclude(out, shape, ViolationKind::exec_denied);
  return out;
}

Judged Judge::judge_names(const Target& target, const CallShape& shape, const seccomp_data& data) {
  Judged out;
  const std::string path =
      named_path(out, target, data, directory_argument(shape, data), shape.path);
  if (path.empty()) return out;
  Name first = look_up(target, path);
  if (first.at.end == WalkedPath::End::nowhere) return out;
  if (shape.deed == Deed::make) {
    if (first.mode != 0) return out;  // EEXIST
    out.touched.push_back(touched_name(std::move(first), right_to_make(mode_made(shape, data))));
    conclude(out, shape, ViolationKind::filesystem_write_denied);
    return out;
  }
  if (first.mode == 0) return out;  // ENOENT
  // linkat(2) that follows: the kernel alone, and Landlock behind it.
  if (shape.deed == Deed::link && shape.flags >= 0 && data.args[shape.flags] != 0) return out;
  const std::uint64_t removal = S_ISDIR(first.mode) ? kFsRemoveDir : kFsRemoveFile;
  if (shape.deed == Deed::remove) {
    out.touched.push_back(touched_name(std::move(first), removal));
    conclude(out, shape, ViolationKind::filesystem_write_denied);
    return out;
  }
  const int directory =
      shape.second_directory < 0 ? AT_FDCWD : static_cast<int>(data.args[shape.second_directory]);
  const std::string to = named_path(out, target, data, directory, shape.second_path);
  if (to.empty()) return out;
  Name second = look_up(target, to);
  if (second.at.end == WalkedPath::End::nowhere) return out;
  const bool moved = parent_path(first.at.path) != parent_path(second.at.path);
  const std::uint64_t refer = moved ? kFsRefer : 0;
  const mode_t kind = first.mode;
  if (shape.deed == Deed::link && second.mode != 0) return out;  // EEXIST
  // The file that gets a second name must be one that may be written: it will be, by that name.
  Touched from = touched_name(std::move(first), shape.deed == Deed::link ? refer : removal | refer);
  std::uint64_t needed = right_to_make(kind) | refer;
  if (second.mode != 0) needed |= S_ISDIR(second.mode) ? kFsRemoveDir : kFsRemoveFile;
  out.touched.push_back(std::move(from));
  out.touched.push_back(touched_name(std::move(second), needed));
  conclude(out, shape, ViolationKind::filesystem_write_denied);
  return out;
}

Judged Judge::judge_bind(const Target& target, const std::string& path) {
  Judged out;
  const std::string whole = absolute_in_target(target, AT_FDCWD, path);
  if (whole.empty() || is_process_relative(whole)) return out;
  Name name = look_up(target, whole);
  if (name.at.end == WalkedPath::End::nowhere || name.mode != 0) return out;
  out.touched.push_back(touched_name(std::move(name), kFsMakeSock));
  static constexpr CallShape kBind{.number = SYS_bind, .operation = "bind", .deed = Deed::bind};
  conclude(out, kBind, ViolationKind::filesystem_write_denied);
  return out;
}

bool Judge::lets(const Touched& touched) const {
  const std::string_view path = touched.at.path;
  const std::uint64_t rights = native_.at(touched.is_name ? parent_path(path) : path);
  return (rights & touched.needed) == touched.needed;
}

bool Judge::grants(const Touched& touched) const {
  return access_at(plan_.paths, touched.at.path, Access::hide) >= touched.access &&
         !(touched.is_name && touched.exists && holds_narrower(touched));
}

bool Judge::holds_narrower(const Touched& touched) const {
  return std::any_of(plan_.paths.begin(), plan_.paths.end(), [&](const PathRule& rule) {
    return rule.access < Access::write && is_within(rule.path, touched.at.path);
  });
}

void Judge::conclude(Judged& judged, const CallShape& shape, ViolationKind kind) const {
  // All of a call must be granted to be performed: a link to a protected file, made in a directory
  // that is not, would be a way round.
  const Touched* stopped = nullptr;
  bool native = true;
  for (const Touched& touched : judged.touched) {
    if (!lets(touched)) native = false;
    if (stopped == nullptr && !grants(touched)) stopped = &touched;
  }
  if (native) {
    judged.violation = logged(judged, shape);
    return;
  }
  if (stopped == nullptr) {
    judged.verdict = Judged::Verdict::granted;
    return;
  }
  judged.verdict = Judged::Verdict::stopped;
  for (const Touched& touched : judged.touched) {
    const int mode = touched.is_name                      ? W_OK | X_OK
                     : kind == ViolationKind::exec_denied ? X_OK
                     : touched.access == Access::write    ? W_OK
                                                          : R_OK;
    const bool follows_name = touched.is_name && touched.at.end == WalkedPath::End::found;
    if (!follows_name && !user_may(touched.at.fd.get(), mode)) return;  // refused either way
  }
  Violation v;
  v.kind = kind;
  v.operation = shape.operation;
  v.path = stopped->at.path;
  if (kind == ViolationKind::filesystem_write_denied) {
    const std::string directory(stopped->is_name ? parent_path(v.path) : std::string_view());
    v.suggestion = suggest_write(plan_, v.path, directory, stopped->exists);
  } else {
    v.suggestion = suggest_read(plan_, v.path);
  }
  if (is_within(v.path, "/proc")) v.suggestion.clear();  // the kernel's own, no option grants it
  judged.violation = std::move(v);
}

std::optional<Violation> Judge::logged(const Judged& judged, const CallShape& shape) const {
  if (plan_.notify.level != Level::permissive) return std::nullopt;
  for (const Touched& touched : judged.touched) {
    const std::string& path = touched.at.path;
    Violation v;
    v.blocked = false;
    v.operation = shape.operation;
    v.path = path;
    if (touched.access == Access::write) {
      // A device is no place that is written to.
      if (is_within(path, plan_.notify.working_directory) || is_within(path, "/dev")) continue;
      v.kind = ViolationKind::filesystem_write_denied;
      return v;
    }
    if (rule_at(plan_.notify.watched, path) == nullptr) continue;
    v.kind = ViolationKind::filesystem_read_denied;
    return v;
  }
  return std::nullopt;
}

}  // namespace sefaca
