// From a path as a call names it to the object as the target's kernel would find it.
#pragma once

#include <optional>
#include <string>

#include "core/base/unique_fd.h"
#include "core/notify/target.h"

namespace sefaca {

struct WalkedPath {
  enum class End {
    found,    // `path` is the object, `fd` an O_PATH descriptor of it
    missing,  // the last name is not there: `path` is where it would be, `fd` its directory
    nowhere   // nothing to be had: a part of the way is missing, refused or too long
  };
  End end = End::nowhere;
  std::string path{};  // absolute, links resolved; "pipe:[1]" and the like for what has no path
  UniqueFd fd{};
  int error = 0;  // nowhere: the errno of looking
};

// Where the call's path starts: an absolute path is itself; else the descriptor's directory (or
// AT_FDCWD's, the working directory) comes before it. Empty: it can't be told.
std::string absolute_in_target(const Target& target, int directory, const std::string& path);

// True for what leads through the target's own descriptors or processes: seen from outside, that
// names other objects.
bool is_process_relative(std::string_view path);

// What leads through the caller's own links ("/proc/self/root/x", "/proc/self/cwd/x",
// "/dev/fd/3/x") told without them. Only for a name: an object that a link leads to need not have
// that path. Empty: it is no such path, or leads to what has none.
std::string without_own_links(const Target& target, std::string_view path);

// The number where `path` is the very link of one of the opener's own descriptors: /dev/stdin and
// its like, /dev/fd/N, /proc/self/fd/N, /proc/thread-self/fd/N. proc_pid_fd(5).
std::optional<int> own_descriptor(std::string_view path);

// Walks `path` (absolute) as the target would. `follow`: a link in the last place
// too.
WalkedPath walk(const Target& target, const std::string& path, bool follow);

// The same for what must be there: `end` is found or nowhere. Half of a compiler's opens look for
// what is not there.
WalkedPath walk_to_existing(const Target& target, const std::string& path, bool follow);

// The directory and the last name, without looking at the last name: for what creates, removes or
// renames it. `end` is missing or nowhere.
WalkedPath walk_to_parent(const Target& target, const std::string& path);

}  // namespace sefaca
