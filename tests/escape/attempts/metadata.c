// Metadata of files outside the grants: mode, owner, times, attributes, flags. word: FILE
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include "attempt.h"

enum { kMode = 0666, SYS_FCHMODAT2 = 452, SYS_SETXATTRAT = 463, SYS_FILE_SETATTR = 469 };
static const struct timeval then[2] = {{1234567, 0}, {1234567, 0}};
static const struct timespec then_ns[2] = {{1234567, 0}, {1234567, 0}};

static int read_only(const char* path) {
  return open(path, O_RDONLY | O_CLOEXEC);
}
static const char* by_fd(const char* path) {
  static char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", open(path, O_PATH | O_CLOEXEC));
  return name;
}

static int mode_path(char** w) {
  return told(syscall(SYS_chmod, w[0], kMode));
}
static int mode_fd(char** w) {
  return told(fchmod(read_only(w[0]), kMode));
}
static int mode_at(char** w) {
  return told(syscall(SYS_fchmodat, AT_FDCWD, w[0], kMode));
}
static int mode_at2(char** w) {
  return told(syscall(SYS_FCHMODAT2, AT_FDCWD, w[0], kMode, 0));
}
static int mode_proc_fd(char** w) {
  return told(chmod(by_fd(w[0]), kMode));
}
// Without a change of ids chown still takes the setuid bit away and moves the time of change.
static int owner_path(char** w) {
  return told(chown(w[0], getuid(), getgid()));
}
static int owner_link(char** w) {
  return told(lchown(w[0], getuid(), getgid()));
}
static int owner_fd(char** w) {
  return told(fchown(read_only(w[0]), getuid(), getgid()));
}
static int owner_at(char** w) {
  return told(fchownat(open(w[0], O_PATH | O_CLOEXEC), "", getuid(), getgid(), AT_EMPTY_PATH));
}
static int times_utime(char** w) {
  const struct utimbuf times = {1234567, 1234567};
  return told(syscall(SYS_utime, w[0], &times));
}
static int times_utimes(char** w) {
  return told(syscall(SYS_utimes, w[0], then));
}
static int times_futimesat(char** w) {
  return told(syscall(SYS_futimesat, AT_FDCWD, w[0], then));
}
static int times_utimensat(char** w) {
  return told(utimensat(AT_FDCWD, w[0], then_ns, 0));
}
static int times_fd(char** w) {
  return told(futimens(read_only(w[0]), then_ns));
}
static int xattr_path(char** w) {
  return told(setxattr(w[0], "user.set", "x", 1, 0));
}
static int xattr_link(char** w) {
  return told(lsetxattr(w[0], "user.set", "x", 1, 0));
}
static int xattr_fd(char** w) {
  return told(fsetxattr(read_only(w[0]), "user.set", "x", 1, 0));
}
static int xattr_at(char** w) {
  const struct {
    uint64_t value;
    uint32_t size, flags;
  } args = {(uint64_t)(uintptr_t) "x", 1, 0};
  return told(syscall(SYS_SETXATTRAT, AT_FDCWD, w[0], 0, "user.set", &args, sizeof args));
}
static int xattr_removed(char** w) {
  return told(removexattr(w[0], "user.there"));
}
static int xattr_removed_link(char** w) {
  return told(lremovexattr(w[0], "user.there"));
}
static int xattr_removed_fd(char** w) {
  return told(fremovexattr(read_only(w[0]), "user.there"));
}
static int access_list(char** w) {
  // posix_acl_xattr: version 2; user::rw-, user 65534 rw-, group::r--, mask rw-, other r--.
  const struct {
    uint32_t version;
    struct {
      uint16_t tag, permissions;
      uint32_t id;
    } entry[5];
  } list = {2, {{1, 6, ~0U}, {2, 6, 65534}, {4, 4, ~0U}, {16, 6, ~0U}, {32, 4, ~0U}}};
  return told(setxattr(w[0], "system.posix_acl_access", &list, sizeof list, 0));
}
static int flags_ioctl(char** w) {
  const int fd = read_only(w[0]);
  int flags = 0;
  if (ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0) return told(-1);
  flags |= FS_NODUMP_FL;
  return told(ioctl(fd, FS_IOC_SETFLAGS, &flags));
}
static int flags_fsxattr(char** w) {
  const int fd = read_only(w[0]);
  struct fsxattr attributes;
  if (ioctl(fd, FS_IOC_FSGETXATTR, &attributes) != 0) return told(-1);
  attributes.fsx_xflags |= FS_XFLAG_NODUMP;
  return told(ioctl(fd, FS_IOC_FSSETXATTR, &attributes));
}
static int flags_file_setattr(char** w) {
  const struct {
    uint64_t xflags;
    uint32_t extsize, nextents, projid, cowextsize;
  } attributes = {FS_XFLAG_NODUMP, 0, 0, 0, 0};
  return told(syscall(SYS_FILE_SETATTR, AT_FDCWD, w[0], &attributes, sizeof attributes, 0));
}

const struct Attempt metadata_attempts[] = {{"mode-path", 1, mode_path},
                                            {"mode-fd", 1, mode_fd},
                                            {"mode-at", 1, mode_at},
                                            {"mode-at2", 1, mode_at2},
                                            {"mode-proc-fd", 1, mode_proc_fd},
                                            {"owner-path", 1, owner_path},
                                            {"owner-link", 1, owner_link},
                                            {"owner-fd", 1, owner_fd},
                                            {"owner-at", 1, owner_at},
                                            {"times-utime", 1, times_utime},
                                            {"times-utimes", 1, times_utimes},
                                            {"times-futimesat", 1, times_futimesat},
                                            {"times-utimensat", 1, times_utimensat},
                                            {"times-fd", 1, times_fd},
                                            {"xattr-path", 1, xattr_path},
                                            {"xattr-link", 1, xattr_link},
                                            {"xattr-fd", 1, xattr_fd},
                                            {"xattr-at", 1, xattr_at},
                                            {"xattr-removed", 1, xattr_removed},
                                            {"xattr-removed-link", 1, xattr_removed_link},
                                            {"xattr-removed-fd", 1, xattr_removed_fd},
                                            {"access-list", 1, access_list},
                                            {"flags-ioctl", 1, flags_ioctl},
                                            {"flags-fsxattr", 1, flags_fsxattr},
                                            {"flags-file-setattr", 1, flags_file_setattr},
                                            {NULL, 0, NULL}};
