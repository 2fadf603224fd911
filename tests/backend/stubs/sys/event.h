#pragma once
#include <sys/time.h>
#if defined(__FreeBSD__)
struct kevent {
  uintptr_t ident;
  short filter;
  unsigned short flags;
  unsigned int fflags;
  int64_t data;
  void* udata;
  uint64_t ext[4];
};
#define EV_SET(event, what, kind, how, more, value, user) \
  (*(event) = {(what), (kind), (how), (more), (value), (user), {}})
#define KQUEUE_CLOEXEC 0x00000001
extern "C" int kqueuex(unsigned flags); /* FreeBSD 14 */
#else
struct kevent {
  uintptr_t ident;
  int16_t filter;
  uint16_t flags;
  uint32_t fflags;
  intptr_t data;
  void* udata;
};
#define EV_SET(event, what, kind, how, more, value, user)                                        \
  (*(event) = {(what), (kind), static_cast<uint16_t>(how), (more), static_cast<intptr_t>(value), \
               (user)})
#endif
#define EVFILT_PROC (-5)
#define EVFILT_SIGNAL (-6)
#define EVFILT_TIMER (-7)
#define EV_ADD 0x0001
#define EV_ONESHOT 0x0010
#define NOTE_EXIT 0x80000000
extern "C" int kqueue(void);
extern "C" int kevent(int queue, const struct kevent* changes, int count, struct kevent* events,
                      int room, const struct timespec* timeout);
