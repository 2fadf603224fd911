// Parts of the kernel that a build has no business with: namespaces, mounts, key rings, tracing,
// shared memory of the host, devices.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/userfaultfd.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/io.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"

static int userns_unshare(char** w) {
  (void)w;
  return told(unshare(CLONE_NEWUSER));
}
static int ended(long child) {
  if (child < 0) return told(-1);
  waitpid((pid_t)child, NULL, __WALL);
  return told(0);
}
static int userns_clone(char** w) {
  (void)w;
  const long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(0);
  return ended(child);
}
static int userns_clone3(char** w) {
  (void)w;
  struct clone_args args = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
  const long child = syscall(SYS_clone3, &args, sizeof args);
  if (child == 0) _exit(0);
  return ended(child);
}
static int joined(char** w) {  // PID: another process's mount namespace
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/ns/uts", w[0]);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  return told(fd < 0 ? -1 : setns(fd, 0));
}
// A cover or a second view needs mounts; where no namespace is to be had, the one there is.
static int mounted(char** w) {  // DIRECTORY
  if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return told(-1);
  mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
  return told(mount("none", w[0], "tmpfs", 0, NULL));
}
static int mount_bound(char** w) {  // FROM TO
  if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return told(-1);
  mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
  return told(mount(w[0], w[1], NULL, MS_BIND, NULL));
}
static int mount_tree(char** w) {
  return told(syscall(SYS_open_tree, AT_FDCWD, w[0], 1 /* OPEN_TREE_CLONE */));
}
static int mount_opened(char** w) {
  (void)w;
  return told(syscall(SYS_fsopen, "tmpfs", 0));
}
static int root_changed(char** w) {
  return told(chroot(w[0]));
}
static int device_made(char** w) {  // NAME: a second /dev/full, say
  unlink(w[0]);
  return told(mknod(w[0], S_IFCHR | 0600, makedev(1, 7)));
}
static int host_named(char** w) {
  return told(sethostname(w[0], strlen(w[0])));
}
static int ports(char** w) {
  (void)w;
  return told(ioperm(0x80, 1, 1));
}
static int cgroup_made(char** w) {
  return told(mkdir(w[0], 0755));
}

static int key_added(char** w) {  // NAME, in the user's own key ring
  return told(syscall(SYS_add_key, "user", w[0], "x", 1, KEY_SPEC_USER_KEYRING));
}
// The tests' side: 0 when the key is there; takes it away again.
int key_there(char** w) {
  const long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", w[0], 0);
  if (key < 0) return 1;
  syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
  return 0;
}
static int key_requested(char** w) {
  const long key = syscall(SYS_request_key, "user", w[0], NULL, 0);
  return told(key < 0 && errno == ENOKEY ? 0 : key);
}
static int key_ring_joined(char** w) {
  (void)w;
  return told(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
}

static int bpf_map(char** w) {
  (void)w;
  union bpf_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.map_type = BPF_MAP_TYPE_ARRAY;
  attr.key_size = 4;
  attr.value_size = 4;
  attr.max_entries = 1;
  return told(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr));
}
static int perf_event(char** w) {
  (void)w;
  struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
                                 .size = sizeof attr,
                                 .config = PERF_COUNT_SW_CPU_CLOCK,
                                 .exclude_kernel = 1};
  return told(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}
static int user_faults(char** w) {
  (void)w;
  return told(syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY));
}
static int file_events(char** w) {
  (void)w;
  return told((int)syscall(SYS_fanotify_init, FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY));
}
static int quota(char** w) {
  (void)w;
  const long r = syscall(SYS_quotactl, 0x800007 << 8, NULL, 0, NULL);  // Q_GETFMT of nothing
  return told(r < 0 && errno != EPERM && errno != ENOSYS ? 0 : r);
}

// Inter-process communication of the host. word: KEY or NAME, TEXT
static int shared_memory(char** w) {
  const int id = shmget((key_t)strtol(w[0], NULL, 10), 0, 0);
  char* text = id < 0 ? (char*)-1 : shmat(id, NULL, 0);
  if (text == (char*)-1) return told(-1);
  strcpy(text, w[1]);
  return told(shmdt(text));
}
static int message_queue(char** w) {
  struct {
    long type;
    char text[128];
  } message = {.type = 1};
  snprintf(message.text, sizeof message.text, "%s", w[1]);
  const int id = msgget((key_t)strtol(w[0], NULL, 10), 0);
  return told(id < 0 ? -1 : msgsnd(id, &message, sizeof message.text, IPC_NOWAIT));
}
static int semaphore(char** w) {
  const int id = semget((key_t)strtol(w[0], NULL, 10), 1, 0);
  return told(id < 0 ? -1 : semctl(id, 0, SETVAL, 7));
}
static int posix_queue(char** w) {
  const mqd_t queue = mq_open(w[0], O_WRONLY | O_NONBLOCK);
  return told(queue < 0 ? -1 : mq_send(queue, w[1], strlen(w[1]), 0));
}

const struct Attempt kernel_attempts[] = {{"userns-unshare", 0, userns_unshare},
                                          {"userns-clone", 0, userns_clone},
                                          {"userns-clone3", 0, userns_clone3},
                                          {"joined", 1, joined},
                                          {"mounted", 1, mounted},
                                          {"mount-bound", 2, mount_bound},
                                          {"mount-tree", 1, mount_tree},
                                          {"mount-opened", 0, mount_opened},
                                          {"root-changed", 1, root_changed},
                                          {"device-made", 1, device_made},
                                          {"host-named", 1, host_named},
                                          {"ports", 0, ports},
                                          {"cgroup-made", 1, cgroup_made},
                                          {"key-added", 1, key_added},
                                          {"key-requested", 1, key_requested},
                                          {"key-ring-joined", 0, key_ring_joined},
                                          {"bpf-map", 0, bpf_map},
                                          {"perf-event", 0, perf_event},
                                          {"user-faults", 0, user_faults},
                                          {"file-events", 0, file_events},
                                          {"quota", 0, quota},
                                          {"shared-memory", 2, shared_memory},
                                          {"message-queue", 2, message_queue},
                                          {"semaphore", 2, semaphore},
                                          {"posix-queue", 2, posix_queue},
                                          {NULL, 0, NULL}};
