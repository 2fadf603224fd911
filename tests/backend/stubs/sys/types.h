/* Stand-ins for the headers of FreeBSD 14 and macOS 13, as far as run_freebsd.cpp and
   run_darwin.cpp use them: our own words, types as the manual pages have them. For
   clang -fsyntax-only. */
#pragma once
#include <stddef.h>
#include <stdint.h>
typedef int pid_t;
typedef long ssize_t;
typedef int64_t off_t;
#if defined(__FreeBSD__)
typedef int64_t rlim_t;
#elif defined(__APPLE__)
typedef uint64_t rlim_t;
#else
#error "these are the headers of FreeBSD and macOS"
#endif
