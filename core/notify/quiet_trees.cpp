#include "core/notify/quiet_trees.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "core/base/kernel_abi.h"
#include "core/base/path.h"

namespace sefaca {
namespace {

// Whether `rest` (what follows a tree's name) stays in the tree by its words alone. /usr/local is
// left out: on many systems a group may write there, so what is asked for there is a tree by
// itself.
bool stays_inside(std::string_view rest) {
  int depth = 0;
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the slash
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(part.size());
    if (part == "local") return false;
    if (part.empty() || part == ".") continue;
    depth += part == ".." ? -1 : 1;
    if (depth < 0) return false;
  }
  return true;
}

bool only_root_writes(const std::string& directory) {
  struct stat info {};
  return ::lstat(directory.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == 0 &&
         (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

bool QuietTrees::lets_read(std::string_view path) {
  for (std::size_t i = 0; i < kTrees.size(); ++i) {
    const std::string_view tree = kTrees[i];
    if (!is_within(path, tree)) continue;
    if (known_[i] == Known::no_idea) known_[i] = is_quiet(tree) ? Known::quiet : Known::not_quiet;
    return known_[i] == Known::quiet && stays_inside(path.substr(tree.size()));
  }
  return false;
}

bool QuietTrees::is_quiet(std::string_view tree) const {
  if (!only_root_writes(std::string(parent_path(tree)))) return false;
  char real[PATH_MAX];
  if (::realpath(std::string(tree).c_str(), real) == nullptr) return false;
  return is_quiet_directory(real);
}

bool QuietTrees::is_quiet_directory(const std::string& tree) const {
  if (!only_root_writes(tree)) return false;
  constexpr std::uint64_t kReads = abi::kFsReadFile | abi::kFsReadDir;
  const std::uint64_t rights = native_.at(tree);
  if ((rights & kReads) != kReads || (rights & abi::kFsMakeSym) != 0) return false;
  for (const PathRule& rule : plan_.paths) {
    if (rule.access != Access::read && is_within(rule.path, tree)) return false;
  }
  const auto& own = plan_.notify.own_places;
  return std::none_of(own.begin(), own.end(), [&](const std::string& place) {
    return is_within(place, tree) || is_within(tree, place);
  });
}

}  // namespace sefaca
