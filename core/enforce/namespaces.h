// Namespaces: what a plan wants of them, flat for the child, and the child's side of setting them
// up. Everything here but make_flat_mounts is called by the child, which shares its memory with the
// supervisor: raw system calls only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/enforce/mount_view.h"

namespace sefaca {

struct ChildPlan;

// Which namespaces a run has. All false: none, and nothing of this file is used.
struct Namespaces {
  bool user = false, mount = false, pid = false, network = false, ipc = false;
  std::string uid_map, gid_map;  // identity: "UID UID 1\n" (user_namespaces(7))
  bool maps_by_parent = false;   // as root: the whole map, which only the parent may write
  bool fresh_proc = false;       // with pid
  MountView view;                // with mount

  [[nodiscard]] bool any() const { return user || mount || pid || network || ipc; }
  [[nodiscard]] unsigned long clone_flags() const;  // CLONE_NEW*
};

// One mount of the view. `fd` is the child's: a detached copy on its way to its place.
struct FlatMount {
  const char* path;
  MountView::Kind kind;
  bool directory;
  int fd;
};

struct NamespacePlan {
  unsigned long flags = 0;  // CLONE_NEW*; 0: no namespaces
  const char* uid_map = nullptr;
  const char* gid_map = nullptr;
  std::uint32_t* maps_written = nullptr;  // a futex; nullptr: the child writes its maps itself
  bool loopback = false;                  // lo is brought up
  FlatMount* mounts = nullptr;
  std::size_t mount_count = 0;
  bool root_writable = false;
  const char* tmp_target = nullptr;
  const char* tmp_source = nullptr;
  const char* tmpfs_options = nullptr;
  bool private_shm = false;
  bool fresh_proc = false;
  const char* working_directory = nullptr;
};

// Sets up what the flags of clone(2) or unshare(2) made: maps, loopback, mounts, /proc. False when
// a step failed, which `plan` then names. Must run before no_new_privs matters to nobody: mounting
// is EPERM once a Landlock domain is entered (landlock(7)).
bool set_up_namespaces(ChildPlan& plan);

// The parent's part for a plan whose maps_written is set: writes the child's maps, all ids onto
// themselves, and lets it go on. 0 or the errno.
int write_maps_of(int pid, NamespacePlan& plan);

}  // namespace sefaca
