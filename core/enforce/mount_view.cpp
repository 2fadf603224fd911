#include "core/enforce/mount_view.h"

#include <algorithm>
#include <set>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

// A line's separators: what stands between two of them may be a path.
constexpr std::string_view kSeparators = " \t\n|&;<>()$`\"'=,:";

bool is_device(const std::optional<FileInfo>& info) {
  return info && info->type == FileInfo::Type::device;
}

// Each mount takes a descriptor on its way, of which there are often 1024.
constexpr std::size_t kMostKeptInPlace = 256;

class ViewMaker {
 public:
  ViewMaker(const MountInputs& in, const Surroundings& surroundings)
      : in_(in), files_(*surroundings.files), cwd_(surroundings.cwd) {
    for (const PathRule& rule : in.paths) {
      if (!is_kept_in_place(rule)) {
        rules_.push_back(rule);
      } else if (in.protect) {
        kept_.push_back(rule);
      }
    }
    if (kept_.size() > kMostKeptInPlace) join_kept();
    rules_.insert(rules_.end(), kept_.begin(), kept_.end());
    std::stable_sort(rules_.begin(), rules_.end(), [](const PathRule& a, const PathRule& b) {
      return a.path != b.path ? a.path < b.path : a.access < b.access;
    });
  }

  MountView make() {
    view_.working_directory = cwd_;
    const PathRule* root = rule_at(rules_, "/");
    view_.root_writable = root != nullptr && root->access == Access::write;
    if (in_.tmp == TmpKind::private_directory) private_places();
    for (const PathRule& rule : rules_) add(rule);
    std::sort(view_.entries.begin(), view_.entries.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return std::move(view_);
  }

 private:
  // What is kept in place is too much: its directories are, and theirs, as far as they lie inside
  // of what is granted.
  void join_kept() {
    std::set<std::string> own;
    for (const PathRule& rule : kept_) own.insert(rule.path);
    for (bool again = true; again && kept_.size() > kMostKeptInPlace;) {
      again = false;
      for (PathRule& rule : kept_) {
        const std::string parent(parent_path(rule.path));
        const PathRule* around = rule_at(rules_, parent);
        if (around == nullptr || around->path == parent) continue;
        rule.path = parent;
        again = true;
      }
      std::set<std::string> seen;
      std::erase_if(kept_, [&](const PathRule& rule) { return !seen.insert(rule.path).second; });
    }
    for (const PathRule& rule : kept_) {
      if (!own.contains(rule.path)) view_.joined.push_back(rule.path);
    }
  }

  void private_places() {
    view_.tmpfs_options = concat("mode=1777,size=", std::to_string(in_.tmpfs_bytes));
    view_.private_shm = files_.is_directory("/dev/shm");
    const auto tmp = files_.real_path("/tmp");
    // A working directory that is /tmp itself stays where it is, and so does all around it.
    if (!tmp || !files_.is_directory(*tmp) || is_within(*tmp, cwd_)) return;
    view_.tmp_target = *tmp;
    view_.tmp_source = in_.private_directory;
    stays(cwd_);
    if (in_.program.starts_with('/')) stays(files_.real_path(in_.program).value_or(in_.program));
    for (const std::string& path : operands_below(in_.command, *tmp, files_)) stays(path);
  }

  // Below the hidden /tmp this path keeps its place; what may be done with it, the rules say.
  void stays(const std::string& path) {
    if (!below_hidden(path) || path == in_.private_directory) return;
    const Access access = access_at(rules_, path, Access::read);
    if (access != Access::hide) place(path, access);
  }

  [[nodiscard]] bool below_hidden(std::string_view path) const {
    return !view_.tmp_target.empty() && path != view_.tmp_target &&
           is_within(path, view_.tmp_target);
  }

  // The access around `path`, were there no rule for the path itself.
  [[nodiscard]] Access around(const std::string& path) const {
    if (path == "/") return Access::hide;
    const PathRule* rule = rule_at(rules_, parent_path(path));
    return rule == nullptr ? Access::read : rule->access;
  }

  void add(const PathRule& rule) {
    if (rule.path == "/" || rule.path == in_.private_directory) return;
    if (rule.path == view_.tmp_target) return;  // the private directory shows there
    if (view_.private_shm && is_within(rule.path, "/dev/shm")) return;
    // A table of what every program needs takes nothing away from a view: Landlock does that.
    if (rule.kind == PathRule::Kind::baseline && rule.access == Access::hide) return;
    const auto found = files_.link_info(rule.path);
    // A link can't carry a mount, and what it leads to has rules of its own. Devices are used, not
    // written: a read-only mount does not keep from that (mount(8)).
    if (!found || found->type == FileInfo::Type::symlink || is_device(found)) return;
    const Access outside = around(rule.path);
    const bool needs_place = below_hidden(rule.path) && rule.access != Access::hide;
    if (rule.access == outside && !needs_place) return;
    if (rule.access == Access::hide && below_hidden(rule.path) && outside == Access::hide) return;
    if (rule.access == Access::read && outside == Access::read && !needs_place) return;
    place(rule.path, rule.access);
    if (outside == Access::write) pin_ancestors(rule.path);
  }

  // `mv .git .git2; cp -r .git2 .git` would put a writable copy in a protected place: a directory
  // that is a mount point can't be renamed (rename(2), EBUSY).
  void pin_ancestors(const std::string& path) {
    std::string parent(parent_path(path));
    while (parent != "/" && access_at(rules_, parent, Access::read) == Access::write) {
      const PathRule* rule = rule_at(rules_, parent);
      if (rule == nullptr || rule->path == parent) return;  // the grant itself is a mount already
      place(parent, Access::write);
      parent = std::string(parent_path(parent));
    }
  }

  void place(const std::string& path, Access access) {
    const auto same = std::find_if(view_.entries.begin(), view_.entries.end(),
                                   [&](const auto& entry) { return entry.path == path; });
    MountView::Kind kind = MountView::Kind::covered;
    if (access == Access::write) kind = MountView::Kind::writable;
    if (access == Access::read) kind = MountView::Kind::read_only;
    if (same != view_.entries.end()) {
      same->kind = kind;
      return;
    }
    const auto found = files_.info(path);
    view_.entries.push_back({.path = path,
                             .kind = kind,
                             .directory = found && found->type == FileInfo::Type::directory,
                             .device = found ? found->device : 0,
                             .inode = found ? found->inode : 0});
  }

  const MountInputs& in_;
  const FileSystem& files_;
  const std::string cwd_;
  std::vector<PathRule> rules_, kept_;  // kept_: see is_kept_in_place()
  MountView view_;
};

}  // namespace

bool MountView::holds(const PathRule& rule) const {
  if (rule.access == Access::write) return false;
  if (is_kept_in_place(rule) &&
      std::any_of(joined.begin(), joined.end(),
                  [&](const auto& directory) { return is_within(rule.path, directory); }))
    return true;
  const auto found = std::lower_bound(
      entries.begin(), entries.end(), rule.path,
      [](const Entry& entry, const std::string& path) { return entry.path < path; });
  if (found == entries.end() || found->path != rule.path) return false;
  return found->kind == (rule.access == Access::hide ? Kind::covered : Kind::read_only);
}

MountView make_mount_view(const MountInputs& inputs, const Surroundings& surroundings) {
  return ViewMaker(inputs, surroundings).make();
}

std::vector<std::string> operands_below(const Command& command, std::string_view directory,
                                        const FileSystem& files) {
  std::vector<std::string> found;
  const auto consider = [&](std::string_view word) {
    if (!is_within(word, directory) || word == directory) return;
    if (auto real = files.real_path(std::string(word)); real && is_within(*real, directory))
      found.push_back(std::move(*real));
  };
  for (const std::string& word : command.argv) {
    consider(word);
    for (std::size_t from = 0; from < word.size();) {
      const std::size_t to = std::min(word.find_first_of(kSeparators, from), word.size());
      if (to > from && to - from < word.size())
        consider(std::string_view(word).substr(from, to - from));
      from = to + 1;
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace sefaca
