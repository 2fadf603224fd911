// Outliving the run, and more than the limits give. word: MARK …: a word by which the tests' side
// finds the process that is left.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"

static void ignore_all(void) {
  for (int number = 1; number < 32; ++number) signal(number, SIG_IGN);
}
// Not for ever, should the tests' side not come to end it.
static void stay(void) {
  for (int second = 0; second < 60; ++second) sleep(1);
  _exit(0);
}
static void quiet(void) {
  const int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) dup2(null, fd);
}
static int daemon_forked(char** w) {
  (void)w;
  if (fork() == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    quiet();
    ignore_all();
    stay();
  }
  wait(NULL);
  return told(0);
}
static int daemon_in_background(char** w) {
  (void)w;
  if (fork() == 0) {
    quiet();
    stay();
  }
  return told(0);
}
static int daemon_hopping(char** w) {  // a new process every moment, the old one gone
  (void)w;
  if (fork() == 0) {
    quiet();
    setsid();
    for (int hop = 0; hop < 2000; ++hop) {
      if (fork() != 0) _exit(0);
      usleep(30000);
    }
    stay();
  }
  return told(0);
}
static int daemon_stopped(char** w) {
  (void)w;
  if (fork() == 0) {
    quiet();
    setsid();
    raise(SIGSTOP);
    stay();
  }
  usleep(1000);
  return told(0);
}
static int daemon_cloned(char** w) {  // invisible to a plain wait: no signal at its end
  (void)w;
  static char stack[65536];
  (void)stack;
  const long child = syscall(56 /* clone */, 0, 0, 0, 0, 0);
  if (child == 0) {
    quiet();
    setsid();
    ignore_all();
    stay();
  }
  return told(child);
}
static int ignores_time_out(char** w) {
  (void)w;
  ignore_all();
  stay();
  return 0;
}

// word: OWN-FILE TEXT COUNT: that many processes for three seconds, then TEXT into the file
static int many_processes(char** w) {
  const long count = strtol(w[2], NULL, 10);
  for (long i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child < 0) return told(-1);
    if (child == 0) {
      sleep(4);
      _exit(0);
    }
  }
  sleep(3);
  return told(put_at(w[0], O_WRONLY | O_CREAT, w[1]));
}
// word: OWN-FILE TEXT COUNT MIB: COUNT children, each with MIB of memory, for three seconds
static int much_memory(char** w) {
  const long count = strtol(w[2], NULL, 10), size = strtol(w[3], NULL, 10) << 20;
  for (long i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child < 0) return told(-1);
    if (child == 0) {
      void* memory = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
      sleep(4);
      _exit(memory == MAP_FAILED);
    }
  }
  sleep(3);
  return told(put_at(w[0], O_WRONLY | O_CREAT, w[1]));
}
// word: OWN-FILE: 2 MiB into one file
static int large_file(char** w) {
  static char block[65536];
  signal(SIGXFSZ, SIG_IGN);
  const int fd = open(w[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  for (int i = 0; i < 32; ++i) {
    if (write(fd, block, sizeof block) != (ssize_t)sizeof block) return told(-1);
  }
  return told(0);
}
// word: OWN-FILE TEXT: 200 descriptors at once
static int many_files(char** w) {
  for (int i = 0; i < 200; ++i) {
    if (open("/dev/null", O_RDONLY) < 0) return told(-1);
  }
  return told(put_at(w[0], O_WRONLY | O_CREAT, w[1]));
}

const struct Attempt limit_attempts[] = {{"daemon-forked", 1, daemon_forked},
                                         {"daemon-in-background", 1, daemon_in_background},
                                         {"daemon-hopping", 1, daemon_hopping},
                                         {"daemon-stopped", 1, daemon_stopped},
                                         {"daemon-cloned", 1, daemon_cloned},
                                         {"ignores-time-out", 1, ignores_time_out},
                                         {"many-processes", 3, many_processes},
                                         {"much-memory", 4, much_memory},
                                         {"large-file", 1, large_file},
                                         {"many-files", 2, many_files},
                                         {NULL, 0, NULL}};
