// MountView: what the command sees of the file system in a mount namespace of its own, as a value:
// everything read-only, the writable paths as they are, secrets covered, a private /tmp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/file_system.h"
#include "core/policy/builder.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

struct MountView {
  enum class Kind : std::uint8_t { writable, read_only, covered };
  struct Entry {
    std::string path;  // absolute, links resolved
    Kind kind = Kind::writable;
    bool directory = true;
    // What lay there when the view was made; 0: nothing.
    std::uint64_t device = 0, inode = 0;
  };
  bool root_writable = false;  // permissive: nothing is made read-only but the entries
  std::vector<Entry> entries;  // by path, so that each stands after what it lies in
  // Directories that are read-only as a whole for what is kept in place in them, which were too
  // many.
  std::vector<std::string> joined;
  std::string tmp_target;     // where the private directory shows ("/tmp"); empty: nowhere
  std::string tmp_source;     // the private directory; empty: a tmpfs
  bool private_shm = false;   // /dev/shm is a fresh tmpfs
  std::string tmpfs_options;  // for both, as mount(2) takes them
  std::string working_directory;

  // The path rule is held by a mount, so Landlock need not carve it out.
  [[nodiscard]] bool holds(const PathRule& rule) const;
};

struct MountInputs {
  const std::vector<PathRule>& paths;
  const Command& command;
  std::string program;  // absolute, or relative to the working directory
  TmpKind tmp = TmpKind::host;
  std::string private_directory;  // empty: none was made
  std::uint64_t tmpfs_bytes = 0;  // the size of each tmpfs
  bool protect = true;            // what is kept in place (is_kept_in_place) becomes read-only
};

// Reads the file system, changes nothing.
MountView make_mount_view(const MountInputs& inputs, const Surroundings& surroundings);

// The words of a command that name what exists below `directory`: operands, values after '=', and,
// in a shell line, whatever stands between its metacharacters. Absolute paths, links resolved.
std::vector<std::string> operands_below(const Command& command, std::string_view directory,
                                        const FileSystem& files);

}  // namespace sefaca
