// Processes outside: signals, tracing, memory, descriptors, priorities. word: PID …
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"

static pid_t pid(char** w) {
  return (pid_t)strtol(w[0], NULL, 10);
}
static void* address(const char* word) {
  return (void*)(uintptr_t)strtoull(word, NULL, 16);
}
static const char* in_proc(char** w, const char* name) {
  static char path[4096];
  snprintf(path, sizeof path, "/proc/%s/%s", w[0], name);
  return path;
}

static int signal_kill(char** w) {
  return told(kill(pid(w), SIGUSR1));
}
static int signal_tgkill(char** w) {
  return told(tgkill(pid(w), pid(w), SIGUSR1));
}
static int signal_tkill(char** w) {
  return told(syscall(SYS_tkill, pid(w), SIGUSR1));
}
static int signal_queue(char** w) {
  return told(sigqueue(pid(w), SIGUSR1, (union sigval){.sival_int = 1}));
}
static int signal_pidfd(char** w) {
  const long fd = syscall(SYS_pidfd_open, pid(w), 0);
  return told(fd < 0 ? -1 : syscall(SYS_pidfd_send_signal, fd, SIGUSR1, NULL, 0));
}
static int signal_group(char** w) {
  return told(kill(-pid(w), SIGUSR1));
}
static int signal_owner(char** w) {  // the kernel sends it, when data comes
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return told(-1);
  if (fcntl(ends[0], F_SETOWN, pid(w)) != 0 || fcntl(ends[0], F_SETSIG, SIGUSR1) != 0 ||
      fcntl(ends[0], F_SETFL, O_ASYNC | O_NONBLOCK) != 0)
    return told(-1);
  return told(write(ends[1], "x", 1));
}

// word: PID ADDRESS: what stands there is shown
static int trace_attach(char** w) {
  if (ptrace(PTRACE_ATTACH, pid(w), 0, 0) != 0) return told(-1);
  waitpid(pid(w), NULL, __WALL);
  long text[5] = {0};
  for (int i = 0; i < 4; ++i)
    text[i] = ptrace(PTRACE_PEEKDATA, pid(w), (char*)address(w[1]) + i * sizeof(long), 0);
  puts((const char*)text);
  return told(ptrace(PTRACE_DETACH, pid(w), 0, 0));
}
static int trace_seize(char** w) {
  if (ptrace(PTRACE_SEIZE, pid(w), 0, 0) != 0) return told(-1);
  ptrace(PTRACE_INTERRUPT, pid(w), 0, 0);
  waitpid(pid(w), NULL, __WALL);
  long text[5] = {0};
  for (int i = 0; i < 4; ++i)
    text[i] = ptrace(PTRACE_PEEKDATA, pid(w), (char*)address(w[1]) + i * sizeof(long), 0);
  puts((const char*)text);
  return told(ptrace(PTRACE_DETACH, pid(w), 0, 0));
}
static int memory_readv(char** w) {
  char text[64] = {0};
  const struct iovec here = {text, 32}, there = {address(w[1]), 32};
  const long got = process_vm_readv(pid(w), &here, 1, &there, 1, 0);
  if (got > 0) puts(text);
  return told(got);
}
static int memory_proc(char** w) {
  char text[64] = {0};
  const int fd = open(in_proc(w, "mem"), O_RDONLY | O_CLOEXEC);
  const long got = fd < 0 ? -1 : pread(fd, text, 32, (off_t)(uintptr_t)address(w[1]));
  if (got > 0) puts(text);
  return told(got);
}
// word: PID ADDRESS: a word there is changed, which the victim notices
static int memory_writev(char** w) {
  char text[] = "changed";
  const struct iovec here = {text, sizeof text}, there = {address(w[1]), sizeof text};
  return told(process_vm_writev(pid(w), &here, 1, &there, 1, 0));
}
static int memory_proc_write(char** w) {
  const int fd = open(in_proc(w, "mem"), O_WRONLY | O_CLOEXEC);
  return told(fd < 0 ? -1 : pwrite(fd, "changed", 8, (off_t)(uintptr_t)address(w[1])));
}
// word: PID FD TEXT
static int fd_taken(char** w) {
  const long other = syscall(SYS_pidfd_open, pid(w), 0);
  if (other < 0) return told(-1);
  return told(put((int)syscall(SYS_pidfd_getfd, other, strtol(w[1], NULL, 10), 0), w[2]));
}
static int fd_opened(char** w) {
  char name[64];
  snprintf(name, sizeof name, "fd/%s", w[1]);
  return told(put_at(in_proc(w, name), O_WRONLY | O_APPEND, w[2]));
}
static int proc_environ(char** w) {
  return told(show(open(in_proc(w, "environ"), O_RDONLY)));
}
static int proc_maps(char** w) {
  return told(show(open(in_proc(w, "maps"), O_RDONLY)));
}
static int proc_root(char** w) {  // PID SECRET
  char name[4096];
  snprintf(name, sizeof name, "root%s", w[1]);
  return told(show(open(in_proc(w, name), O_RDONLY)));
}
static int proc_cwd(char** w) {  // PID NAME TEXT
  char name[4096];
  snprintf(name, sizeof name, "cwd/%s", w[1]);
  return told(put_at(in_proc(w, name), O_WRONLY | O_APPEND, w[2]));
}
static int oom_score(char** w) {
  return told(put_at(in_proc(w, "oom_score_adj"), O_WRONLY, "500"));
}

static int priority(char** w) {
  return told(setpriority(PRIO_PROCESS, (id_t)pid(w), 7));
}
static int priority_group(char** w) {
  return told(setpriority(PRIO_PGRP, (id_t)pid(w), 8));
}
static int affinity(char** w) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  return told(sched_setaffinity(pid(w), sizeof set, &set));
}
static int scheduler(char** w) {
  const struct sched_param none = {0};
  return told(sched_setscheduler(pid(w), SCHED_BATCH, &none));
}
static int io_priority(char** w) {
  return told(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid(w), IOPRIO_PRIO_VALUE(3, 0)));
}
static int limits(char** w) {
  const struct rlimit less = {77, 77};
  return told(prlimit(pid(w), RLIMIT_NOFILE, &less, NULL));
}

// The supervisor is the parent of the command; each tries to end it. word: none
static int parent_killed(char** w) {
  (void)w;
  return told(kill(getppid(), SIGKILL));
}
static int parent_traced(char** w) {
  (void)w;
  const pid_t parent = getppid();
  if (ptrace(PTRACE_ATTACH, parent, 0, 0) != 0) return told(-1);
  waitpid(parent, NULL, __WALL);
  return told(ptrace(PTRACE_CONT, parent, 0, SIGKILL));
}
static int parent_memory(char** w) {
  (void)w;
  char path[64], line[512], zeros[4096] = {0};
  snprintf(path, sizeof path, "/proc/%d/maps", getppid());
  FILE* maps = fopen(path, "re");
  snprintf(path, sizeof path, "/proc/%d/mem", getppid());
  const int memory = open(path, O_RDWR | O_CLOEXEC);
  if (maps == NULL || memory < 0) return told(-1);
  while (fgets(line, sizeof line, maps) != NULL) {
    unsigned long from = 0, to = 0;
    if (strstr(line, "[stack]") == NULL || sscanf(line, "%lx-%lx", &from, &to) != 2) continue;
    for (; from < to; from += sizeof zeros) {
      if (pwrite(memory, zeros, sizeof zeros, (off_t)from) < 0) return told(-1);
    }
    return told(0);
  }
  errno = ENOENT;
  return told(-1);
}

const struct Attempt process_attempts[] = {{"signal-kill", 1, signal_kill},
                                           {"signal-tgkill", 1, signal_tgkill},
                                           {"signal-tkill", 1, signal_tkill},
                                           {"signal-queue", 1, signal_queue},
                                           {"signal-pidfd", 1, signal_pidfd},
                                           {"signal-group", 1, signal_group},
                                           {"signal-owner", 1, signal_owner},
                                           {"trace-attach", 2, trace_attach},
                                           {"trace-seize", 2, trace_seize},
                                           {"memory-readv", 2, memory_readv},
                                           {"memory-proc", 2, memory_proc},
                                           {"memory-writev", 2, memory_writev},
                                           {"memory-proc-write", 2, memory_proc_write},
                                           {"fd-taken", 3, fd_taken},
                                           {"fd-opened", 3, fd_opened},
                                           {"proc-environ", 1, proc_environ},
                                           {"proc-maps", 1, proc_maps},
                                           {"proc-root", 2, proc_root},
                                           {"proc-cwd", 3, proc_cwd},
                                           {"oom-score", 1, oom_score},
                                           {"priority", 1, priority},
                                           {"priority-group", 1, priority_group},
                                           {"affinity", 1, affinity},
                                           {"scheduler", 1, scheduler},
                                           {"io-priority", 1, io_priority},
                                           {"limits", 1, limits},
                                           {"parent-killed", 0, parent_killed},
                                           {"parent-traced", 0, parent_traced},
                                           {"parent-memory", 0, parent_memory},
                                           {NULL, 0, NULL}};
