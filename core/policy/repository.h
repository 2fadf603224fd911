// The git repository that a directory belongs to, found without running git.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/file_system.h"

namespace sefaca {

struct Repository {
  std::string top;               // holds the `.git` that was found
  std::string git_directory;     // resolved; a worktree's own; empty: `.git` can't be trusted
  std::string common_directory;  // of all worktrees; the same as git_directory without any
  bool linked = false;           // `.git` is a file: a worktree or a submodule
};

// The nearest one from `directory` upwards. A `.git` file decides what may be written elsewhere, so
// it counts only when the directory that it names points back to it.
std::optional<Repository> find_repository(const std::string& directory, const FileSystem& files);

// Every directory with a `config` and `hooks` of its own: the common one, the worktrees' and the
// submodules' that git lists there.
std::vector<std::string> git_directories(const Repository& repository, const FileSystem& files);

// True when the repository's configuration holds a token or password: an Authorization header, or
// a URL with a password, as CI checkouts leave behind.
bool holds_credentials(const Repository& repository, const FileSystem& files);

}  // namespace sefaca
