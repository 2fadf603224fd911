// The hosts that as-host plays: a table of what the kernel answers there and what is mounted.
#pragma once

#include <stdint.h>

// One system call that is answered with an errno instead of being done. `mask` 0: always; else only
// where argument `argument` has one of these bits (the low 32 bits: the kernel reads flags so).
struct Answer {
  long call;
  int error;
  unsigned argument;
  uint32_t mask;
};

enum Space {
  NO_USER_NAMESPACES = 1,  // user.max_user_namespaces 0, in an outer user namespace
  NO_CGROUPS = 2,          // an empty, read-only /sys/fs/cgroup
  PROC_READ_ONLY = 4,      // uid_map can't be written
  PROC_MASKED = 8,         // as container engines do it: no fresh /proc may be mounted
};

struct Host {
  const char* name;
  const char* what;
  const struct Answer* answers;  // ends with call -1; NULL: none
  unsigned spaces;
  int listener;               // a seccomp listener is taken by somebody outside
  int landlock_abi;           // above 0: landlock_create_ruleset says this version
  const char* const* prefix;  // run inside another program; "@sefaca" is $SEFACA_BINARY
};

// The table's row, or NULL.
const struct Host* host_named(const char* name);
// Rows until one whose name is NULL.
const struct Host* all_hosts(void);
