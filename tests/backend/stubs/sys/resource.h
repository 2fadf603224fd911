#pragma once
#include <sys/time.h>
struct rusage {
  struct timeval ru_utime, ru_stime;
  long ru_maxrss;
  long ru_rest[13];
};
struct rlimit {
  rlim_t rlim_cur, rlim_max;
};
#define RLIMIT_CPU 0
#define RLIMIT_FSIZE 1
#define RLIMIT_CORE 4
#define RLIMIT_NOFILE 8
extern "C" int setrlimit(int resource, const struct rlimit* limit);
