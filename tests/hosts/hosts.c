// The table of hosts.
#define _GNU_SOURCE
#include "hosts.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#define NAMESPACES                                                                           \
  (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | \
   CLONE_NEWCGROUP)
#define MOUNTS(error)                                                                           \
  {SYS_mount, error, 0, 0}, {SYS_umount2, error, 0, 0}, {SYS_pivot_root, error, 0, 0},          \
      {SYS_move_mount, error, 0, 0}, {SYS_open_tree, error, 0, 0}, {SYS_fsopen, error, 0, 0}, { \
    SYS_mount_setattr, error, 0, 0                                                              \
  }
#define LANDLOCK(error)                                                               \
  {SYS_landlock_create_ruleset, error, 0, 0}, {SYS_landlock_add_rule, error, 0, 0}, { \
    SYS_landlock_restrict_self, error, 0, 0                                           \
  }
#define END \
  { -1, 0, 0, 0 }

// What moby's default profile refuses of that which a sandbox wants.
static const struct Answer docker[] = {{SYS_unshare, EPERM, 0, 0},
                                       {SYS_clone, EPERM, 0, NAMESPACES},
                                       {SYS_clone3, ENOSYS, 0, 0},
                                       {SYS_setns, EPERM, 0, 0},
                                       {SYS_pidfd_getfd, EPERM, 0, 0},
                                       MOUNTS(EPERM),
                                       END};
// AppArmor's profile for programs without one of their own: the namespace is made, and nothing
// that asks for a capability in it works.
static const struct Answer ubuntu[] = {{SYS_unshare, EPERM, 0, NAMESPACES & ~CLONE_NEWUSER},
                                       {SYS_sethostname, EPERM, 0, 0},
                                       {SYS_chroot, EPERM, 0, 0},
                                       MOUNTS(EPERM),
                                       END};
static const struct Answer no_landlock[] = {LANDLOCK(ENOSYS), END};
static const struct Answer landlock_off[] = {LANDLOCK(EOPNOTSUPP), END};
static const struct Answer no_seccomp[] = {{SYS_seccomp, ENOSYS, 0, 0}, END};
static const struct Answer nothing[] = {{SYS_seccomp, ENOSYS, 0, 0},
                                        {SYS_unshare, EPERM, 0, NAMESPACES},
                                        {SYS_clone, EPERM, 0, NAMESPACES},
                                        {SYS_clone3, ENOSYS, 0, 0},
                                        MOUNTS(EPERM),
                                        LANDLOCK(ENOSYS),
                                        END};

static const char* const in_bwrap[] = {"bwrap",          "--dev-bind",        "/",  "/",
                                       "--unshare-user", "--die-with-parent", "--", NULL};
static const char* const in_bwrap_all[] = {
    "bwrap", "--dev-bind",        "/",  "/", "--unshare-all", "--share-net", "--proc",
    "/proc", "--die-with-parent", "--", NULL};
#define SEFACA "@sefaca", "run", "--level=permissive", "--quiet", "--"
static const char* const in_sefaca[] = {SEFACA, NULL};
static const char* const in_sefaca_3[] = {SEFACA, SEFACA, SEFACA, NULL};

static const struct Host hosts[] = {
    {"full", "everything that this kernel has", NULL, 0, 0, 0, NULL},
    {"no-userns", "user namespaces at limit 0 (ENOSPC)", NULL, NO_USER_NAMESPACES, 0, 0, NULL},
    {"docker-like", "no namespaces, no mounts, no pidfd_getfd (EPERM), no clone3 (ENOSYS)", docker,
     PROC_MASKED, 0, 0, NULL},
    {"ubuntu-like", "unshare of a user namespace works, its set-up fails", ubuntu, PROC_READ_ONLY,
     0, 0, NULL},
    {"landlock-absent", "a kernel without Landlock (ENOSYS)", no_landlock, 0, 0, 0, NULL},
    {"landlock-off", "Landlock switched off (EOPNOTSUPP)", landlock_off, 0, 0, 0, NULL},
    {"landlock-5", "Landlock says ABI 5: no scopes; a listener is taken", NULL, 0, 1, 5, NULL},
    {"landlock-3", "Landlock says ABI 3: no network rights; a listener is taken", NULL, 0, 1, 3,
     NULL},
    {"seccomp-absent", "no seccomp filters (ENOSYS)", no_seccomp, 0, 0, 0, NULL},
    {"nothing", "neither Landlock nor seccomp nor namespaces", nothing, 0, 0, 0, NULL},
    {"listener-taken", "somebody outside has the seccomp listener (EBUSY)", NULL, 0, 1, 0, NULL},
    {"no-cgroup", "no control groups", NULL, NO_CGROUPS, 0, 0, NULL},
    {"proc-masked", "parts of /proc covered, as in containers", NULL, PROC_MASKED, 0, 0, NULL},
    {"in-bwrap", "inside bubblewrap, a user namespace alone", NULL, 0, 0, 0, in_bwrap},
    {"in-bwrap-all", "inside bubblewrap, all namespaces but the network's", NULL, 0, 0, 0,
     in_bwrap_all},
    {"in-sefaca", "inside sefaca run --level=permissive", NULL, 0, 0, 0, in_sefaca},
    {"in-sefaca-3", "three deep in sefaca", NULL, 0, 0, 0, in_sefaca_3},
    {NULL, NULL, NULL, 0, 0, 0, NULL},
};

const struct Host* all_hosts(void) {
  return hosts;
}

const struct Host* host_named(const char* name) {
  for (const struct Host* host = hosts; host->name != NULL; ++host) {
    if (strcmp(host->name, name) == 0) return host;
  }
  return NULL;
}
