#pragma once
#include <sys/resource.h>
#define WIFSIGNALED(status) (((status)&0177) != 0 && ((status)&0177) != 0177)
#define WTERMSIG(status) ((status)&0177)
#define WEXITSTATUS(status) (((status) >> 8) & 0377)
extern "C" pid_t wait4(pid_t pid, int* status, int options, struct rusage* used);
