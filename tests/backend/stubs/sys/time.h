#pragma once
#include <sys/types.h>
struct timeval {
  long tv_sec;
#if defined(__APPLE__)
  int tv_usec;
#else
  long tv_usec;
#endif
};
struct timespec {
  long tv_sec;
  long tv_nsec;
};
