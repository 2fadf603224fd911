// One notified call of a process that is killed meanwhile, and the one that gets its number: both
// are this program, so that what the call's arguments point to lies at the same addresses in both.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "attempt.h"

enum { kSocket = 20 };  // the number of the call's descriptor

// What the arguments point to.
static char path[64], second_path[64], value[64];
static struct timespec times[2];
static struct sockaddr_un name;
static struct sockaddr_in address;
static struct iovec part;
static struct mmsghdr message;

static void unix_name(const char* text) {
  name.sun_family = AF_UNIX;
  snprintf(name.sun_path, sizeof name.sun_path, "%s", text);
}
static void loopback(const char* port) {
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)strtoul(port, NULL, 10));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}
static void socket_at(int family, int type) {
  const int fd = socket(family, type | SOCK_NONBLOCK, 0);
  if (fd >= 0 && fd != kSocket) {
    dup2(fd, kSocket);
    close(fd);
  }
}
static void to_send(void* to, socklen_t size) {
  part.iov_base = value;
  part.iov_len = strlen(value);
  message.msg_hdr = (struct msghdr){to, size, &part, 1, NULL, 0, 0};
}
static void broken_pipe(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return;
  dup2(ends[0], kSocket);
  close(ends[0]);
  close(ends[1]);
  to_send(NULL, 0);
}

// Each call: what it needs, made before, and the call itself.
static void with_udp(const char* port) {
  loopback(port);
  socket_at(AF_INET, SOCK_DGRAM);
  to_send(&address, sizeof address);
}
static void with_tcp(const char* port) {
  loopback(port);
  socket_at(AF_INET, SOCK_STREAM);
}
static void with_name(const char* port) {
  (void)port;
  unix_name(path);
  socket_at(AF_UNIX, SOCK_STREAM);
}
static void with_pipe(const char* port) {
  (void)port;
  broken_pipe();
}
static void nothing(const char* port) {
  (void)port;
}

static void call_chmod(void) {
  chmod(path, 0604);
}
static void call_setxattr(void) {
  setxattr(second_path, "user.made", value, sizeof value, 0);
}
static void call_times(void) {
  utimensat(AT_FDCWD, second_path, times, 0);
}
static void call_open(void) {
  open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
}
static void call_mkdir(void) {
  mkdir(path, 0777);
}
static void call_rename(void) {
  rename(second_path, path);
}
static void call_unlink(void) {
  unlink(second_path);
}
static void call_symlink(void) {
  if (symlink(value, path) != 0) return;
}
static void call_bind_name(void) {
  bind(kSocket, (void*)&name, sizeof name);
}
static void call_connect_name(void) {
  unix_name(second_path);
  connect(kSocket, (void*)&name, sizeof name);
}
static void call_connect(void) {
  connect(kSocket, (void*)&address, sizeof address);
}
static void call_bind(void) {
  address.sin_port = 0;
  bind(kSocket, (void*)&address, sizeof address);
}
static void call_listen(void) {
  listen(kSocket, 8);
}
static void call_sendto(void) {
  sendto(kSocket, value, strlen(value), 0, (void*)&address, sizeof address);
}
static void call_sendmsg(void) {
  sendmsg(kSocket, &message.msg_hdr, 0);
}
static void call_sendmmsg(void) {
  sendmmsg(kSocket, &message, 1, 0);
}

static const struct {
  const char* name;
  void (*prepare)(const char* port);
  void (*call)(void);
} calls[] = {
    {"chmod", nothing, call_chmod},           {"setxattr", nothing, call_setxattr},
    {"times", nothing, call_times},           {"open", nothing, call_open},
    {"mkdir", nothing, call_mkdir},           {"rename", nothing, call_rename},
    {"unlink", nothing, call_unlink},         {"symlink", nothing, call_symlink},
    {"bind-name", with_name, call_bind_name}, {"connect-name", with_name, call_connect_name},
    {"connect", with_tcp, call_connect},      {"bind", with_tcp, call_bind},
    {"listen", with_tcp, call_listen},        {"sendto", with_udp, call_sendto},
    {"sendmsg", with_udp, call_sendmsg},      {"sendmmsg", with_udp, call_sendmmsg},
    {"broken-pipe", with_pipe, call_sendmsg}};

// Whose it is shows in everything: its names, what it would send, its times, its umask.
static int prepare(const char* call, const char* whose, const char* port) {
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; ++i) {
    if (strcmp(calls[i].name, call) != 0) continue;
    snprintf(path, sizeof path, "%s-new", whose);
    snprintf(second_path, sizeof second_path, "%s-there", whose);
    snprintf(value, sizeof value, "%s-value", whose);
    times[0].tv_sec = times[1].tv_sec = strcmp(whose, "caller") == 0 ? 1000000 : 2000000;
    umask(strcmp(whose, "caller") == 0 ? 022 : 0);
    if (strcmp(call, "chmod") == 0) snprintf(path, sizeof path, "%s-there", whose);
    calls[i].prepare(port);
    return (int)i;
  }
  return -1;
}

// word: CALL PORT: a child waits for a byte on the standard input, makes the call, and is not
// missed.
static int reuse_caller(char** w) {
  signal(SIGCHLD, SIG_DFL);
  const pid_t child = fork();
  if (child == 0) {
    char byte;
    const int call = prepare(w[0], "caller", w[1]);
    if (call < 0) _exit(2);
    puts("waits");
    fflush(stdout);
    if (read(0, &byte, 1) == 1) calls[call].call();
    _exit(0);
  }
  waitpid(child, NULL, 0);
  return 0;
}

// word: CALL PORT, outside: has the number now; tells at a byte on the standard input what was done
// to it.
int be_next(char** w) {
  const int call = prepare(w[0], "next", w[1]);
  const unsigned before = message.msg_len = 4711;
  struct sockaddr_storage at = {0};
  socklen_t size = sizeof at;
  int listens = 0;
  char byte;
  if (call < 0) return 2;
  puts("there");
  fflush(stdout);
  if (read(0, &byte, 1) != 1) return 2;
  if (message.msg_len != before) puts("changed: its memory");
  if (getsockname(kSocket, (void*)&at, &size) == 0) {
    const struct sockaddr_in* four = (void*)&at;
    const struct sockaddr_un* local = (void*)&at;
    if (at.ss_family == AF_INET && four->sin_port != 0) puts("changed: its socket has an address");
    if (at.ss_family == AF_UNIX && size > sizeof(sa_family_t) && local->sun_path[0] != 0)
      puts("changed: its socket has a name");
    size = sizeof at;
    if (getpeername(kSocket, (void*)&at, &size) == 0 && strcmp(w[0], "broken-pipe") != 0)
      puts("changed: its socket is connected");
    size = sizeof listens;
    if (getsockopt(kSocket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens)
      puts("changed: its socket listens");
  }
  puts("done");
  return 0;
}

const struct Attempt reuse_attempts[] = {{"reuse-caller", 2, reuse_caller}, {NULL, 0, NULL}};
