// Finding a repository and its git directories.
#include "core/policy/repository.h"

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/credentials.h"

namespace sefaca {
namespace {

constexpr std::size_t kLargestLink = 4096;
constexpr std::size_t kLargestConfig = 1 << 20;
constexpr int kDeepestSubmodule = 4;  // parts of a submodule's name: "third_party/a/b"

std::string first_line(const FileSystem& files, const std::string& path) {
  const auto content = files.read(path, kLargestLink);
  if (!content) return {};
  return std::string(trim(std::string_view(*content).substr(0, (*content).find('\n'))));
}

// `core.worktree` of a submodule's configuration, as written there.
std::string configured_worktree(const FileSystem& files, const std::string& git_directory) {
  const auto content = files.read(git_directory + "/config", kLargestConfig);
  if (!content) return {};
  for (const std::string& line : split(*content, '\n')) {
    const std::string_view text = trim(line);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos && trim(text.substr(0, equals)) == "worktree")
      return std::string(trim(text.substr(equals + 1)));
  }
  return {};
}

// Follows the `.git` file of `out.top`; leaves the directories empty unless they point back.
void follow_link(Repository& out, const FileSystem& files) {
  const std::string link = out.top + "/.git";
  const std::string line = first_line(files, link);
  constexpr std::string_view kPrefix = "gitdir:";
  if (!line.starts_with(kPrefix)) return;
  const auto target =
      files.real_path(absolute_path(trim(std::string_view(line).substr(kPrefix.size())), out.top));
  if (!target || !files.exists(*target + "/HEAD")) return;

  const std::string common = first_line(files, *target + "/commondir");
  if (common.empty()) {
    const std::string worktree = configured_worktree(files, *target);
    if (worktree.empty() || files.real_path(absolute_path(worktree, *target)) != out.top) return;
    out.git_directory = out.common_directory = *target;
    return;
  }
  const auto resolved = files.real_path(absolute_path(common, *target));
  if (!resolved || !is_within(*target, *resolved + "/worktrees")) return;
  if (files.real_path(absolute_path(first_line(files, *target + "/gitdir"), *target)) != link)
    return;
  out.git_directory = *target;
  out.common_directory = *resolved;
}

// Submodules' names may hold '/': what has no `config` of its own is looked into.
void add_modules(std::vector<std::string>& out, const std::string& directory, int depth,
                 const FileSystem& files) {
  for (const std::string& name : files.list(directory)) {
    const std::string module = concat(directory, "/", name);
    if (files.exists(module + "/config")) {
      out.push_back(module);
      add_modules(out, module + "/modules", depth, files);
    } else if (depth > 1 && files.is_directory(module)) {
      add_modules(out, module, depth - 1, files);
    }
  }
}

}  // namespace

std::optional<Repository> find_repository(const std::string& directory, const FileSystem& files) {
  for (std::string top = directory;; top = parent_path(top)) {
    const std::string dot_git = absolute_path(".git", top);
    if (const auto type = files.link_type(dot_git)) {
      Repository out;
      out.top = top;
      out.linked = *type == FileType::file;
      if (out.linked) {
        follow_link(out, files);
        return out;
      }
      if (const auto real = files.real_path(dot_git); real && files.is_directory(*real)) {
        out.git_directory = out.common_directory = *real;
        return out;
      }
    }
    if (top == "/") return std::nullopt;
  }
}

std::vector<std::string> git_directories(const Repository& repository, const FileSystem& files) {
  std::vector<std::string> out;
  if (repository.git_directory.empty()) return out;
  out.push_back(repository.common_directory);
  const std::string worktrees = repository.common_directory + "/worktrees";
  for (const std::string& name : files.list(worktrees)) {
    out.push_back(concat(worktrees, "/", name));
    add_modules(out, out.back() + "/modules", kDeepestSubmodule, files);
  }
  add_modules(out, repository.common_directory + "/modules", kDeepestSubmodule, files);
  return out;
}

bool holds_credentials(const Repository& repository, const FileSystem& files) {
  if (repository.common_directory.empty()) return false;
  const auto config = files.read(repository.common_directory + "/config", kLargestConfig);
  return config && value_is_credential(*config);
}

}  // namespace sefaca
