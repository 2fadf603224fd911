#pragma once
#include <sys/types.h>
#if !defined(__FreeBSD__)
#error "FreeBSD has procctl(2)"
#endif
enum idtype_t { P_PID = 0 };
#define PROC_REAP_ACQUIRE 2
extern "C" int procctl(enum idtype_t type, int64_t id, int command, void* data);
