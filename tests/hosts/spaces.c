// The spaces that a host stands in: an outer user namespace whose limit is 0, mounts of its own.
#define _GNU_SOURCE
#include "spaces.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hosts.h"

void give_up(const char* what) {
  fprintf(stderr, "as-host: %s: %s\n", what, strerror(errno));
  exit(CANNOT_PLAY);
}

static int write_text(const char* path, const char* text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const int written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
  close(fd);
  return written;
}

// The caller's ids as they are: an identity map of every range that this namespace has, or of the
// one id where there is no right to more.
static void identity(const char* table, unsigned own, int all, char* out, size_t size) {
  out[0] = 0;
  if (!all) {
    snprintf(out, size, "%u %u 1\n", own, own);
    return;
  }
  FILE* in = fopen(table, "re");
  if (in == NULL) give_up(table);
  unsigned inside = 0, outside = 0, count = 0;
  size_t length = 0;
  while (fscanf(in, "%u %u %u", &inside, &outside, &count) == 3 && length < size) {
    length += (size_t)snprintf(out + length, size - length, "%u %u %u\n", inside, inside, count);
  }
  fclose(in);
}

// user_namespaces(7): a map of more than one's own id is written from the parent namespace.
static void map_from_outside(pid_t target, const char* uids, const char* gids, int all) {
  char path[64];
  if (!all) {
    snprintf(path, sizeof path, "/proc/%d/setgroups", target);
    write_text(path, "deny");
  }
  snprintf(path, sizeof path, "/proc/%d/uid_map", target);
  if (!write_text(path, uids)) give_up(path);
  snprintf(path, sizeof path, "/proc/%d/gid_map", target);
  if (!write_text(path, gids)) give_up(path);
}

static void new_user_namespace(int more) {
  char uids[2048], gids[2048];
  const int all = geteuid() == 0;
  identity("/proc/self/uid_map", geteuid(), all, uids, sizeof uids);
  identity("/proc/self/gid_map", getegid(), all, gids, sizeof gids);
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0) give_up("pipe");
  const pid_t target = getpid();
  const pid_t helper = fork();
  if (helper < 0) give_up("fork");
  if (helper == 0) {
    char word = 0;
    close(ready[1]);
    if (read(ready[0], &word, 1) != 1) _exit(CANNOT_PLAY);
    map_from_outside(target, uids, gids, all);
    _exit(0);
  }
  if (unshare(CLONE_NEWUSER | more) != 0) give_up("unshare");
  if (write(ready[1], "x", 1) != 1) give_up("write");
  close(ready[0]);
  close(ready[1]);
  int status = 0;
  if (waitpid(helper, &status, 0) != helper || status != 0) {
    errno = EPERM;
    give_up("mapping the ids");
  }
}

static void cover(const char* path, const char* type) {
  struct stat info;
  if (stat(path, &info) != 0) return;
  if (type != NULL && mount("none", path, type, MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) == 0)
    return;
  if (type == NULL && mount("/dev/null", path, NULL, MS_BIND, NULL) == 0) return;
  give_up(path);
}

// Mounts that come with a less privileged namespace have locked flags: they are kept.
static void bind_read_only(const char* path) {
  struct stat info;
  if (stat(path, &info) != 0) return;
  if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) != 0) give_up(path);
  struct {
    unsigned long long set, clear, propagation, user;
  } read_only = {1 /* MOUNT_ATTR_RDONLY */, 0, 0, 0};
  if (syscall(SYS_mount_setattr, AT_FDCWD, path, 0x8000 /* AT_RECURSIVE */, &read_only,
              sizeof read_only) != 0)
    give_up(path);
}

void enter_spaces(unsigned spaces) {
  const unsigned mounts = NO_CGROUPS | PROC_READ_ONLY | PROC_MASKED;
  if (spaces & mounts) {
    if (unshare(CLONE_NEWNS) != 0) new_user_namespace(CLONE_NEWNS);
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) give_up("private mounts");
  }
  if (spaces & NO_CGROUPS) cover("/sys/fs/cgroup", "tmpfs");
  if (spaces & PROC_READ_ONLY) bind_read_only("/proc");
  if (spaces & PROC_MASKED) {
    for (const char* const* path =
             (const char* const[]){"/proc/kcore", "/proc/keys", "/proc/timer_list", NULL};
         *path != NULL; ++path)
      cover(*path, NULL);
    for (const char* const* path =
             (const char* const[]){"/proc/acpi", "/proc/scsi", "/sys/firmware", NULL};
         *path != NULL; ++path)
      cover(*path, "tmpfs");
    for (const char* const* path = (const char* const[]){"/proc/bus", "/proc/fs", "/proc/irq",
                                                         "/proc/sys", "/proc/sysrq-trigger", NULL};
         *path != NULL; ++path)
      bind_read_only(*path);
  }
  if (spaces & NO_USER_NAMESPACES) {
    new_user_namespace(0);
    if (!write_text("/proc/sys/user/max_user_namespaces", "0\n")) give_up("max_user_namespaces");
  }
}
