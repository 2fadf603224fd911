// The table of protected names.
#include "core/policy/protected.h"

#include <algorithm>
#include <string_view>

#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

struct Row {
  std::string_view name;  // below a writable root
  std::string_view reason;
  bool kept_absent = false;  // what is not there must not be made either
};
constexpr bool kAbsentToo = true;

constexpr Row kNames[] = {
    {".sefaca.toml", "sefaca's own configuration of this project", kAbsentToo},
    {".envrc", "run by direnv when a shell enters", kAbsentToo},
    {".github/workflows", "run by CI", kAbsentToo},
    {".vscode", "run by the editor", kAbsentToo},
    {".idea", "run by the editor", kAbsentToo},
    {".profile", "shell start-up file"},
    {".bashrc", "shell start-up file"},
    {".bash_profile", "shell start-up file"},
    {".bash_login", "shell start-up file"},
    {".bash_logout", "shell start-up file"},
    {".bash_aliases", "shell start-up file"},
    {".zshrc", "shell start-up file"},
    {".zshenv", "shell start-up file"},
    {".zprofile", "shell start-up file"},
    {".zlogin", "shell start-up file"},
    {".zlogout", "shell start-up file"},
    {".kshrc", "shell start-up file"},
    {".mkshrc", "shell start-up file"},
    {".cshrc", "shell start-up file"},
    {".tcshrc", "shell start-up file"},
    {".login", "shell start-up file"},
    {".config/fish", "shell start-up file"},
};

constexpr Row kGitNames[] = {
    {"hooks", "run by git", kAbsentToo},
    {"config", "names programs that git runs", kAbsentToo},
    {"config.worktree", "names programs that git runs", kAbsentToo},
};

class Collector {
 public:
  explicit Collector(const FileSystem& files) : files_(files) {}

  void add_if_there(const std::string& directory, const Row& row) {
    const std::string path = absolute_path(row.name, directory);
    const auto type = files_.link_type(path);
    if (!type) return;
    add(path, row.reason);
    if (*type != FileType::symlink) return;
    // Where the link leads is what a program would write to.
    if (const auto target = files_.real_path(path)) add(*target, row.reason);
  }

  void add_at_any_rate(const std::string& directory, const Row& row) {
    add_if_there(directory, row);
    if (row.kept_absent) add(absolute_path(row.name, directory), row.reason);
  }

  void add(const std::string& path, std::string_view reason) {
    const auto same = [&](const PathRule& rule) { return rule.path == path; };
    if (std::any_of(rules_.begin(), rules_.end(), same)) return;
    rules_.push_back({.path = path,
                      .access = Access::read,
                      .kind = PathRule::Kind::protected_,
                      .reason = std::string(reason),
                      .origin = "built-in"});
  }

  std::vector<PathRule> take() { return std::move(rules_); }

 private:
  const FileSystem& files_;
  std::vector<PathRule> rules_;
};

}  // namespace

std::vector<PathRule> protected_rules(const std::vector<std::string>& roots,
                                      const std::optional<Repository>& repository,
                                      const FileSystem& files) {
  Collector found(files);
  const auto in_a_root = [&](const std::string& path) {
    return std::any_of(roots.begin(), roots.end(),
                       [&](const std::string& root) { return is_within(path, root); });
  };
  for (const std::string& root : roots) {
    if (!files.is_directory(root)) continue;
    const auto names = files.names_in(root);
    for (const Row& row : kNames) {
      const bool may_be_there =
          names == nullptr || names->holds(row.name.substr(0, row.name.find('/')));
      if (may_be_there || row.kept_absent) found.add_at_any_rate(root, row);
    }
    if (repository && repository->top == root) continue;
    const std::string git = absolute_path(".git", root);
    if (!files.link_type(git)) continue;
    for (const Row& row : kGitNames) found.add_if_there(git, row);
  }
  if (!repository) return found.take();
  // Rewriting a worktree's `.git` file would lead git to another directory, with other hooks.
  if (repository->linked && in_a_root(repository->top))
    found.add(repository->top + "/.git", "names the git directory");
  for (const std::string& directory : git_directories(*repository, files)) {
    if (!in_a_root(directory)) continue;
    for (const Row& row : kGitNames) found.add_at_any_rate(directory, row);
  }
  return found.take();
}

}  // namespace sefaca
