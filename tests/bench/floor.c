// The floor of the benchmark: the least that a launcher with sefaca's first mechanisms can do.
// Forks, sets Landlock with ten rules, no_new_privs and a seccomp filter of 25 comparisons,
// executes the command, waits, and appends one line to a log. With --namespaces it makes the user,
// mount, network, ipc and pid namespaces too, with loopback up, fresh /tmp, /dev/shm and /proc.
// With
// --supervised it does what naming denials and ending the tree take at least: each open and execve
// is notified, its path read and let go on; signals arrive by a descriptor, the launcher stands in
// a Landlock scope of its own, and a second process waits for its death. usage: floor [--namespaces
// | --supervised] LOG COMMAND [ARG...] floor --peak COMMAND [ARG...] does none of that: it prints
// the memory of the largest process that the command was (KiB), of itself as little as there can
// be.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kComparisons = 25, kRead = 0, kWrite = 1 };

static void stop(const char* step) {
  perror(step);
  _exit(125);
}

static void set_landlock(void) {
  static const struct {
    const char* path;
    int access;
  } rules[10] = {{"/usr", kRead},  {"/bin", kRead}, {"/lib", kRead},       {"/sbin", kRead},
                 {"/etc", kRead},  {"/opt", kRead}, {"/dev/null", kWrite}, {"/dev/zero", kWrite},
                 {"/tmp", kWrite}, {".", kWrite}};
  const unsigned long long file_rights =
      LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE;
  const unsigned long long read_rights =
      LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  const unsigned long long all_rights = (1ULL << 13) - 1;  // ABI 1
  struct landlock_ruleset_attr ruleset = {.handled_access_fs = all_rights};
  const int ruleset_fd =
      (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof(ruleset.handled_access_fs), 0);
  if (ruleset_fd < 0) stop("landlock_create_ruleset");
  for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); ++i) {
    struct landlock_path_beneath_attr rule = {
        .allowed_access = rules[i].access == kWrite ? all_rights : read_rights,
        .parent_fd = open(rules[i].path, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd < 0) stop(rules[i].path);
    if (strncmp(rules[i].path, "/dev/", 5) == 0) rule.allowed_access &= file_rights;
    if (syscall(SYS_landlock_add_rule, ruleset_fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
      stop("landlock_add_rule");
    }
    close(rule.parent_fd);
  }
  if (syscall(SYS_landlock_restrict_self, ruleset_fd, 0) != 0) stop("landlock_restrict_self");
  close(ruleset_fd);
}

// Gives the listener where `notified`, else nothing that means something.
static int set_seccomp(int notified) {
  struct sock_filter code[kComparisons + 7];
  size_t n = 0;
  code[n++] =
      (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  if (notified) {
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 1, 0);
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 0, 1);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
  }
  for (unsigned i = 0; i < kComparisons; ++i) {  // numbers that are no system calls
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5000 + i,
                                             (unsigned char)(kComparisons - i), 0);
  }
  code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1);
  struct sock_fprog program = {.len = (unsigned short)n, .filter = code};
  const unsigned flags = notified ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;
  const long done = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  if (done < 0) stop("seccomp");
  return (int)done;
}

static char guardian_stack[16 * 1024] __attribute__((aligned(16)));

static int guard(void* leash) {
  char word;
  syscall(SYS_close_range, 0, *(int*)leash - 1, 0);
  syscall(SYS_close_range, *(int*)leash + 1, ~0U, 0);
  syscall(SYS_read, *(int*)leash, &word, 1);
  syscall(SYS_exit_group, 0);
  return 0;
}

// What the launcher of a supervised command has before it starts it.
struct Supervisor {
  int signals, leash[2], number[2];  // of the listener, as the child counts
  pid_t guardian;
};

static void prepare(struct Supervisor* own) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) stop("sigprocmask");
  own->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (own->signals < 0) stop("signalfd");
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) stop("subreaper");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) stop("no_new_privs");
  // ABI 6's `scoped`, for signals; the headers may be older (landlock(7)).
  struct {
    unsigned long long fs, net, scoped;
  } ruleset = {.scoped = 2};
  const int scope = (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof(ruleset), 0);
  if (scope < 0 || syscall(SYS_landlock_restrict_self, scope, 0) != 0) stop("scope");
  close(scope);
  if (pipe2(own->leash, O_CLOEXEC) != 0 || pipe2(own->number, O_CLOEXEC) != 0) stop("pipe2");
  own->guardian = clone(guard, guardian_stack + sizeof(guardian_stack), CLONE_VM, &own->leash[0]);
  if (own->guardian < 0) stop("clone");
}

static void let_go_on(int listener) {
  struct seccomp_notif call;
  memset(&call, 0, sizeof(call));
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return;
  char path[256];
  const unsigned long long at = call.data.args[call.data.nr == SYS_openat];
  struct iovec ours = {path, sizeof(path)}, theirs = {(void*)at, sizeof(path)};
  process_vm_readv((pid_t)call.pid, &ours, 1, &theirs, 1, 0);
  struct seccomp_notif_resp answer = {.id = call.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

static void supervise(struct Supervisor* own, pid_t child) {
  int number = 0;
  close(own->number[1]);
  const int process = (int)syscall(SYS_pidfd_open, child, 0);
  if (read(own->number[0], &number, sizeof(number)) != sizeof(number)) stop("listener");
  const int listener = (int)syscall(SYS_pidfd_getfd, process, number, 0);
  if (listener < 0) stop("pidfd_getfd");
  // Linux 6.6: the caller is woken on this processor; older headers and kernels do without.
  ioctl(listener, SECCOMP_IOW(4, unsigned long long), 1UL);
  struct pollfd fds[] = {{own->signals, POLLIN, 0}, {listener, POLLIN, 0}};
  while ((fds[0].revents & POLLIN) == 0) {
    if (poll(fds, 2, -1) < 0) stop("poll");
    if ((fds[1].revents & POLLIN) != 0) let_go_on(listener);
  }
}

static void dismiss(struct Supervisor* own) {
  if (write(own->leash[1], "x", 1) != 1) stop("write");
  if (waitpid(own->guardian, NULL, __WALL) != own->guardian) stop("waitpid");
}

static void write_file(const char* path, const char* text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) stop(path);
  close(fd);
}

static void make_namespaces(void) {
  char map[64];
  const unsigned uid = getuid(), gid = getgid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWPID) != 0) {
    stop("unshare");
  }
  write_file("/proc/self/setgroups", "deny");
  snprintf(map, sizeof(map), "%u %u 1", uid, uid);
  write_file("/proc/self/uid_map", map);
  snprintf(map, sizeof(map), "%u %u 1", gid, gid);
  write_file("/proc/self/gid_map", map);
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  const int socket_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0 || ioctl(socket_fd, SIOCSIFFLAGS, &loopback) != 0) stop("loopback");
  close(socket_fd);
  if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) != 0) stop("mount /");
  if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") != 0) stop("mount /tmp");
  if (mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") != 0) {
    stop("mount /dev/shm");
  }
}

// The pid namespace's first process: mounts its /proc, starts the command and waits for it.
static void be_init(char** command) {
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
    stop("mount /proc");
  const pid_t child = fork();
  if (child < 0) stop("fork");
  if (child == 0) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) stop("no_new_privs");
    set_landlock();
    set_seccomp(0);
    execv(command[0], command);
    stop(command[0]);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child) stop("waitpid");
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

// getrusage(2): ru_maxrss of a child is at least what its parent had when it executed, so that is
// asked here, by a small static program.
static int print_peak(char** command) {
  const pid_t child = vfork();
  if (child == 0) {
    execv(command[0], command);
    _exit(127);
  }
  int status = 0;
  struct rusage usage;
  if (child < 0 || wait4(child, &status, 0, &usage) != child) stop("wait4");
  dprintf(STDERR_FILENO, "peak %ld\n", usage.ru_maxrss);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char** argv) {
  if (argc > 2 && strcmp(argv[1], "--peak") == 0) return print_peak(argv + 2);
  const int namespaces = argc > 1 && strcmp(argv[1], "--namespaces") == 0;
  const int supervised = argc > 1 && strcmp(argv[1], "--supervised") == 0;
  argc -= namespaces + supervised;
  argv += namespaces + supervised;
  if (argc < 3) {
    fputs("usage: floor [--namespaces | --supervised] LOG COMMAND [ARG...]\n", stderr);
    return 125;
  }
  struct timespec start;
  clock_gettime(CLOCK_REALTIME, &start);
  const int log = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) stop(argv[1]);
  struct Supervisor own;
  if (supervised) prepare(&own);
  if (namespaces) make_namespaces();
  const pid_t child = fork();
  if (child < 0) stop("fork");
  if (child == 0) {
    if (namespaces) be_init(argv + 2);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) stop("no_new_privs");
    set_landlock();
    const int listener = set_seccomp(supervised);
    if (supervised && write(own.number[1], &listener, sizeof(listener)) < 0) stop("write");
    execv(argv[2], argv + 2);
    stop(argv[2]);
  }
  if (supervised) supervise(&own, child);
  int status = 0;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) != child) stop("wait4");
  if (supervised) dismiss(&own);
  char line[512];
  const int length =
      snprintf(line, sizeof(line),
               "{\"timestamp\":%lld,\"pid\":%d,\"command\":\"%.200s\","
               "\"max_memory\":%ld,\"status\":%d}\n",
               (long long)start.tv_sec, (int)child, argv[2], usage.ru_maxrss * 1024L, status);
  if (length < 0 || write(log, line, (size_t)length) != length) stop("write");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
