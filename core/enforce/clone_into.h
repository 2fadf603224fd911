// A process that is in a cgroup from its first moment.
#pragma once

#include <cstddef>

namespace sefaca {

struct CloneStack {
  char* lowest = nullptr;  // aligned to 16 bytes
  std::size_t size = 0;    // a multiple of 16
};

// As clone(2): starts `start(argument)` on `stack` with `flags` (CLONE_…, without a signal) and
// SIGCHLD at its end, in the cgroup of version 2 whose directory is `group`. To write into
// cgroup.procs comes to the same and waits 5 to 18 ms (see control_group.cpp). The pid, or -errno:
// ENOSYS where there is no clone3 (Linux before 5.3, some containers' filters), E2BIG before 5.7.
// `pidfd` may be null. May be called after fork; touches neither errno nor locks. `start` must not
// return.
int clone_into(int group, int (*start)(void*), CloneStack stack, unsigned long flags,
               void* argument, int* pidfd);

}  // namespace sefaca
