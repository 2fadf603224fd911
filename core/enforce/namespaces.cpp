#include "core/enforce/namespaces.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>

#include "core/base/syscall.h"
#include "core/base/text.h"
#include "core/enforce/child_failure.h"

namespace sefaca {
namespace {

using raw::call;

long write_text(const char* path, const char* text) {
  const long fd = call(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  const long written = call(SYS_write, fd, text, __builtin_strlen(text));
  call(SYS_close, fd);
  return written < 0 ? written : 0;
}

// user_namespaces(7): without CAP_SETGID above, gid_map wants setgroups denied first. Without a
// gid_map creating a file in a tmpfs fails (EOVERFLOW).
bool write_maps(ChildPlan& plan) {
  const NamespacePlan& ns = plan.namespaces;
  if ((ns.flags & CLONE_NEWUSER) == 0) return true;
  if (ns.maps_written != nullptr) {
    while (__atomic_load_n(ns.maps_written, __ATOMIC_ACQUIRE) == 0)
      call(SYS_futex, ns.maps_written, FUTEX_WAIT, 0, nullptr, nullptr, 0);
    return __atomic_load_n(ns.maps_written, __ATOMIC_ACQUIRE) == 1 ||
           fail(plan, Step::id_maps, -EPERM);
  }
  long r = write_text("/proc/self/setgroups", "deny");
  if (r >= 0) r = write_text("/proc/self/uid_map", ns.uid_map);
  if (r >= 0) r = write_text("/proc/self/gid_map", ns.gid_map);
  return r >= 0 || fail(plan, Step::id_maps, r);
}

bool raise_loopback(ChildPlan& plan) {
  if (!plan.namespaces.loopback) return true;
  const long fd = call(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(plan, Step::loopback, fd);
  ifreq request{};  // netdevice(7)
  request.ifr_name[0] = 'l';
  request.ifr_name[1] = 'o';
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const long r = call(SYS_ioctl, fd, SIOCSIFFLAGS, &request);
  call(SYS_close, fd);
  return r >= 0 || fail(plan, Step::loopback, r);
}

constexpr std::uint64_t kReadOnly = MOUNT_ATTR_RDONLY;

// mount_setattr(2): Linux 5.12.
long set_attributes(int fd, const char* path, unsigned flags, std::uint64_t set) {
  mount_attr attributes{};
  attributes.attr_set = set;
  return call(SYS_mount_setattr, fd, path, flags, &attributes, sizeof attributes);
}

// open_tree(2) with OPEN_TREE_CLONE: a copy of what is mounted there, not yet anywhere. Recursive,
// since a copy that would uncover what a mount hides is refused in a user namespace.
long copy_of(const char* path) {
  return call(SYS_open_tree, AT_FDCWD, path,
              OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW);
}

long move_to(int fd, const char* path) {
  return call(SYS_move_mount, fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
}

// Makes what is missing of a mount point below a private or covering directory.
void make_mount_point(const char* path, bool directory) {
  char part[4096];
  constexpr mode_t kPassable = 0755, kEmpty = 0600;
  for (std::size_t i = 0; i + 1 < sizeof part; ++i) {
    part[i] = path[i];
    const bool last = path[i + 1] == '\0';
    if (i > 0 && (path[i + 1] == '/' || last)) {
      part[i + 1] = '\0';
      if (last && !directory) {
        call(SYS_mknodat, AT_FDCWD, part, S_IFREG | kEmpty, 0);
      } else {
        call(SYS_mkdirat, AT_FDCWD, part, kPassable);
      }
    }
    if (last) return;
  }
}

bool place(ChildPlan& plan, int fd, const FlatMount& mount) {
  long r = move_to(fd, mount.path);
  if (r == -ENOENT) {
    make_mount_point(mount.path, mount.directory);
    r = move_to(fd, mount.path);
  }
  return r >= 0 || fail(plan, Step::mounts, r, mount.path);
}

// Copies of all that keeps its place, while the root is still as it was.
bool copy_mounts(ChildPlan& plan) {
  NamespacePlan& ns = plan.namespaces;
  for (std::size_t i = 0; i < ns.mount_count; ++i) {
    FlatMount& mount = ns.mounts[i];
    mount.fd = -1;
    if (mount.kind == MountView::Kind::covered) continue;
    const long fd = copy_of(mount.path);
    if (fd == -ENOENT) continue;  // gone since the plan was made
    if (fd < 0) return fail(plan, Step::mounts, fd, mount.path);
    mount.fd = static_cast<int>(fd);
    if (mount.kind != MountView::Kind::read_only) continue;
    const long r = set_attributes(mount.fd, "", AT_EMPTY_PATH | AT_RECURSIVE, kReadOnly);
    if (r < 0) return fail(plan, Step::mounts, r, mount.path);
  }
  return true;
}

// A small file system of its own, holding an empty file and empty directories to cover secrets.
// Before Linux 6.15 only what is mounted in our own namespace can be copied (open_tree(2), EINVAL),
// so it lies upon the root while covers are made: no path leads there, since ours begin below it.
long make_covers() {
  const long context = call(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
  if (context < 0) return context;
  long r = call(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0);
  if (r >= 0) r = call(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
  call(SYS_close, context);
  if (r < 0) return r;
  const long moved = move_to(static_cast<int>(r), "/");
  if (moved >= 0) return r;
  call(SYS_close, r);
  return moved;
}

// What was copied from it stays. The working directory is set anew afterwards.
long take_covers_away(long covers) {
  long r = call(SYS_fchdir, covers);
  if (r >= 0) r = call(SYS_umount2, ".", MNT_DETACH);
  call(SYS_close, covers);
  return r;
}

bool cover(ChildPlan& plan, int covers, std::size_t number, const FlatMount& mount) {
  char name[3] = {static_cast<char>('A' + number % 26), static_cast<char>('a' + number / 26 % 26),
                  '\0'};
  constexpr mode_t kPassable = 0711, kNothing = 0;
  // Permissions do not keep root from an empty file, which would look like the real one; a socket
  // can't be opened by anybody (open(2), ENXIO).
  const mode_t type = call(SYS_geteuid) == 0 && plan.keep_capabilities != 0 ? S_IFSOCK : S_IFREG;
  long r = mount.directory ? call(SYS_mkdirat, covers, name, kPassable)
                           : call(SYS_mknodat, covers, name, type | kNothing, 0);
  if (r < 0 && r != -EEXIST) return fail(plan, Step::mounts, r, mount.path);
  r = call(SYS_open_tree, covers, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  if (r < 0) return fail(plan, Step::mounts, r, mount.path);
  const int fd = static_cast<int>(r);
  r = move_to(fd, mount.path);
  call(SYS_close, fd);
  if (r == -ENOENT) return true;  // gone since the plan was made
  return r >= 0 || fail(plan, Step::mounts, r, mount.path);
}

bool place_mounts(ChildPlan& plan) {
  NamespacePlan& ns = plan.namespaces;
  long covers = -1;
  for (std::size_t i = 0; i < ns.mount_count; ++i) {
    FlatMount& mount = ns.mounts[i];
    if (mount.kind != MountView::Kind::covered) {
      if (mount.fd < 0) continue;
      const bool placed = place(plan, mount.fd, mount);
      call(SYS_close, mount.fd);
      if (!placed) return false;
      continue;
    }
    if (covers < 0) covers = make_covers();
    if (covers < 0) return fail(plan, Step::mounts, covers, mount.path);
    if (!cover(plan, static_cast<int>(covers), i, mount)) return false;
  }
  if (covers < 0) return true;
  // Mount points below a cover have been made by now.
  for (std::size_t i = 0; i < ns.mount_count; ++i) {
    if (ns.mounts[i].kind != MountView::Kind::covered) continue;
    const long r = set_attributes(AT_FDCWD, ns.mounts[i].path, 0, kReadOnly);
    if (r < 0 && r != -ENOENT && r != -EINVAL)
      return fail(plan, Step::mounts, r, ns.mounts[i].path);
  }
  const long r = take_covers_away(covers);
  return r >= 0 || fail(plan, Step::mounts, r, "/");
}

// tmpfs(5) is a file system that a user namespace may mount.
bool private_places(ChildPlan& plan, int tmp) {
  const NamespacePlan& ns = plan.namespaces;
  if (ns.tmp_target != nullptr) {
    const long r = tmp >= 0 ? move_to(tmp, ns.tmp_target)
                            : call(SYS_mount, "tmpfs", ns.tmp_target, "tmpfs", MS_NOSUID | MS_NODEV,
                                   ns.tmpfs_options);
    if (tmp >= 0) call(SYS_close, tmp);
    if (r < 0) return fail(plan, Step::mounts, r, ns.tmp_target);
  }
  if (ns.private_shm) {
    const long r = call(SYS_mount, "tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                        ns.tmpfs_options);
    if (r < 0) return fail(plan, Step::mounts, r, "/dev/shm");
  }
  return true;
}

// The order: copies while everything is as outside; then the root read-only by one call; then the
// private places; then each copy and cover onto its path, outer before inner; /proc last, since it
// must not become read-only.
bool build_view(ChildPlan& plan) {
  NamespacePlan& ns = plan.namespaces;
  if ((ns.flags & CLONE_NEWNS) == 0) return true;
  long r = call(SYS_mount, nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  if (r < 0) return fail(plan, Step::mounts, r, "/");
  if (!copy_mounts(plan)) return false;
  long tmp = -1;
  if (ns.tmp_target != nullptr && ns.tmp_source != nullptr) {
    tmp = copy_of(ns.tmp_source);
    if (tmp < 0) return fail(plan, Step::mounts, tmp, ns.tmp_source);
  }
  long proc = -1;
  if (!ns.root_writable) {
    // The old /proc stays writable as far as its own rules allow: programs set their own names and
    // scores there.
    if (!ns.fresh_proc) proc = copy_of("/proc");
    r = set_attributes(AT_FDCWD, "/", AT_RECURSIVE, kReadOnly);
    if (r < 0) return fail(plan, Step::mounts, r, "/");
  }
  if (proc >= 0) {
    move_to(static_cast<int>(proc), "/proc");
    call(SYS_close, proc);
  }
  const long mask = call(SYS_umask, 0);
  const bool placed = private_places(plan, static_cast<int>(tmp)) && place_mounts(plan);
  call(SYS_umask, mask);
  return placed;
}

// A fresh /proc is refused where something covers parts of the old one (containers do that).
bool mount_proc(ChildPlan& plan) {
  if (!plan.namespaces.fresh_proc) return true;
  const long r =
      call(SYS_mount, "proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  return r >= 0 || fail(plan, Step::proc, r);
}

// The working directory is still the old mount's.
bool return_to_directory(ChildPlan& plan) {
  const NamespacePlan& ns = plan.namespaces;
  if ((ns.flags & CLONE_NEWNS) == 0) return true;
  const long r = call(SYS_chdir, ns.working_directory);
  return r >= 0 || fail(plan, Step::working_directory, r, ns.working_directory);
}

// The extents of an id map (inside, outside, length), as an identity map of what is inside.
std::string identity_of(const std::string& path) {
  std::ifstream map(path);
  std::string text;
  std::string inside, outside, length;
  while (map >> inside >> outside >> length) text += concat(inside, " ", inside, " ", length, "\n");
  return text;
}

}  // namespace

unsigned long Namespaces::clone_flags() const {
  unsigned long flags = 0;
  if (user) flags |= CLONE_NEWUSER;
  if (mount) flags |= CLONE_NEWNS;
  if (pid) flags |= CLONE_NEWPID;
  if (network) flags |= CLONE_NEWNET;
  if (ipc) flags |= CLONE_NEWIPC;
  return flags;
}

int write_maps_of(int pid, NamespacePlan& plan) {
  // All ids that this namespace has, each onto itself. Both maps take the same text where the ids
  // are the same, which user_namespaces(7) leaves to us: so each from its own map.
  int code = 0;
  for (const char* name : {"uid_map", "gid_map"}) {
    const std::string own = identity_of(concat("/proc/self/", name));
    const std::string theirs = concat("/proc/", std::to_string(pid), "/", name);
    if (const long r = write_text(theirs.c_str(), own.c_str()); r < 0 && code == 0)
      code = static_cast<int>(-r);
  }
  __atomic_store_n(plan.maps_written, code == 0 ? 1U : 2U, __ATOMIC_RELEASE);
  call(SYS_futex, plan.maps_written, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  return code;
}

bool set_up_namespaces(ChildPlan& plan) {
  return write_maps(plan) && raise_loopback(plan) && build_view(plan) && mount_proc(plan) &&
         return_to_directory(plan);
}

}  // namespace sefaca
