// A host's answers as a filter (seccomp(2)), and the listener that somebody else has.
#define _GNU_SOURCE
#include "answers.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spaces.h"

enum { MOST = 256 };

static struct sock_filter program[MOST];
static unsigned length;

static void add(unsigned short code, unsigned k, unsigned char yes, unsigned char no) {
  if (length == MOST) give_up("the filter is too long");
  program[length++] = (struct sock_filter){code, yes, no, k};
}
static void load(size_t offset) {
  add(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset, 0, 0);
}

static void begin(void) {
  length = 0;
  load(offsetof(struct seccomp_data, arch));
  add(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
  add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);  // other entries are no business of this table
}

static void rule(long call, unsigned argument, unsigned mask, unsigned action) {
  load(offsetof(struct seccomp_data, nr));
  if (mask == 0) {
    add(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1);
  } else {
    add(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 3);
    load(offsetof(struct seccomp_data, args) + 8UL * argument);  // little endian: the low half
    add(BPF_JMP | BPF_JSET | BPF_K, mask, 0, 1);
  }
  add(BPF_RET | BPF_K, action, 0, 0);
}

static int install(unsigned flags) {
  add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
  const struct sock_fprog whole = {(unsigned short)length, program};
  const long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &whole);
  if (fd >= 0 || errno != EACCES) return (int)fd;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &whole);
}

void install_answers(const struct Answer* answers) {
  if (answers == NULL) return;
  begin();
  for (const struct Answer* a = answers; a->call >= 0; ++a)
    rule(a->call, a->argument, a->mask, SECCOMP_RET_ERRNO | (unsigned)a->error);
  if (install(0) < 0) give_up("installing the filter");
}

// Until the process behind `pidfd` ends. An answer of a positive value takes ERROR 0.
static void hold(int listener, int pidfd, int landlock_abi) {
  struct pollfd fds[] = {{listener, POLLIN, 0}, {pidfd, POLLIN, 0}};
  while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
    if (fds[1].revents != 0 && (fds[0].revents & POLLIN) == 0) return;
    if ((fds[0].revents & POLLIN) == 0) continue;
    struct seccomp_notif request;
    memset(&request, 0, sizeof request);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) continue;
    struct seccomp_notif_resp response = {.id = request.id};
    const int asks_version = (unsigned)request.data.args[2] == 1U;
    if (landlock_abi > 0 && asks_version) {
      response.val = landlock_abi;
    } else {
      response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    }
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
  }
}

void take_listener(int landlock_abi) {
  begin();
  // Where no version is to be answered, a call that nobody makes.
  rule(landlock_abi > 0 ? SYS_landlock_create_ruleset : SYS_vhangup, 0, 0, SECCOMP_RET_USER_NOTIF);
  const int listener = install(SECCOMP_FILTER_FLAG_NEW_LISTENER);
  if (listener < 0) give_up("taking the listener");
  const int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
  if (pidfd < 0) give_up("pidfd_open");
  const pid_t between = fork();
  if (between < 0) give_up("fork");
  if (between == 0) {
    if (fork() != 0) _exit(0);
    // Nobody's pipe may wait for this process.
    const int kept = dup2(listener, 0), watched = dup2(pidfd, 1);
    close_range(2, ~0U, 0);
    hold(kept, watched, landlock_abi);
    _exit(0);
  }
  waitpid(between, NULL, 0);
  close(listener);
  close(pidfd);
}
