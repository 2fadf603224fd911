// Facts of a host, each found by doing it in a process of its own.
#define _GNU_SOURCE
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int user_namespace(void) {
  return unshare(CLONE_NEWUSER);
}

static int id_map(void) {
  if (unshare(CLONE_NEWUSER) != 0) return -1;
  char text[64];
  // Afterwards the id reads as the overflow id; before, it was the one to be mapped.
  snprintf(text, sizeof text, "0 %u 1", (unsigned)getuid());
  const int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
  return fd < 0 ? -1 : 0;
}

static int mounting(void) {
  if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return -1;
  return mount("none", "/tmp", "tmpfs", 0, NULL);
}

static int fresh_proc(void) {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) != 0) return -1;
  const pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
    _exit(mount("proc", "/proc", "proc", 0, NULL) == 0 ? 0 : errno);
  }
  int status = 0;
  waitpid(child, &status, 0);
  errno = WEXITSTATUS(status);
  return errno == 0 ? 0 : -1;
}

static int new_clone(void) {
  struct clone_args args = {.exit_signal = SIGCHLD};
  const long child = syscall(SYS_clone3, &args, sizeof args);
  if (child == 0) _exit(0);
  return child < 0 ? -1 : 0;
}

static int other_fd(void) {
  const int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
  return syscall(SYS_pidfd_getfd, self, 0, 0) < 0 ? -1 : 0;
}

static int listener(void) {
  struct sock_filter allow[] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  const struct sock_fprog program = {1, allow};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program) <
                 0
             ? -1
             : 0;
}

static int filter(void) {
  const uint32_t action = SECCOMP_RET_ERRNO;
  return (int)syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
}

static int cgroups(void) {
  return access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0 ||
                 access("/sys/fs/cgroup/memory", F_OK) == 0
             ? 0
             : -1;
}

static const struct {
  const char* name;
  int (*try)(void);
} facts[] = {{"userns", user_namespace}, {"idmap", id_map},     {"mount", mounting},
             {"proc", fresh_proc},       {"clone3", new_clone}, {"pidfd_getfd", other_fd},
             {"listener", listener},     {"seccomp", filter},   {"cgroup", cgroups}};

static void print_tried(const char* name, int (*try)(void)) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) _exit(try() == 0 ? 0 : errno);
  int status = 0;
  waitpid(child, &status, 0);
  const int code = WEXITSTATUS(status);
  printf("%s=%s\n", name, code == 0 ? "ok" : strerrorname_np(code));
}

int print_facts(void) {
  const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
  if (abi > 0) {
    printf("landlock=%ld\n", abi);
  } else {
    printf("landlock=%s\n", strerrorname_np(errno));
  }
  for (size_t i = 0; i < sizeof facts / sizeof facts[0]; ++i)
    print_tried(facts[i].name, facts[i].try);
  return 0;
}
