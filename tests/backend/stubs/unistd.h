#pragma once
#include <sys/types.h>
extern "C" {
pid_t fork(void);
pid_t getpid(void);
pid_t getpgrp(void);
int setpgid(pid_t pid, pid_t group);
int tcsetpgrp(int fd, pid_t group);
int close(int fd);
ssize_t read(int fd, void* to, size_t size);
int execvp(const char* file, char* const argv[]);
[[noreturn]] void _exit(int code);
}
