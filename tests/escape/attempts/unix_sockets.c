// Unix sockets of the host, by path and abstract. word: NAME TEXT; a leading @ is abstract.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "attempt.h"

static socklen_t named(const char* name, struct sockaddr_un* a) {
  memset(a, 0, sizeof *a);
  a->sun_family = AF_UNIX;
  snprintf(a->sun_path, sizeof a->sun_path, "%s", name);
  if (name[0] == '@') a->sun_path[0] = 0;
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + (name[0] != '@'));
}
static int connected(char** w, int type) {
  struct sockaddr_un to;
  const socklen_t size = named(w[0], &to);
  const int fd = socket(AF_UNIX, type, 0);
  if (fd < 0 || connect(fd, (struct sockaddr*)&to, size) != 0) return told(-1);
  return told(put(fd, w[1]));
}
static int unix_stream(char** w) {
  return connected(w, SOCK_STREAM);
}
static int unix_packets(char** w) {
  return connected(w, SOCK_SEQPACKET);
}
static int unix_connected_datagram(char** w) {
  return connected(w, SOCK_DGRAM);
}
static int sent(int fd, char** w) {
  struct sockaddr_un to;
  const socklen_t size = named(w[0], &to);
  return told(fd < 0 ? -1 : sendto(fd, w[1], strlen(w[1]), 0, (struct sockaddr*)&to, size));
}
static int unix_datagram(char** w) {
  return sent(socket(AF_UNIX, SOCK_DGRAM, 0), w);
}
static int unix_raw(char** w) {
  return sent(socket(AF_UNIX, SOCK_RAW, 0), w);
}
static int unix_pair(char** w) {  // an end of a pair sends to any address
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) != 0) return told(-1);
  return sent(ends[0], w);
}
static int unix_message(char** w) {
  struct sockaddr_un to;
  const socklen_t size = named(w[0], &to);
  struct iovec text = {w[1], strlen(w[1])};
  const struct msghdr message = {&to, size, &text, 1, NULL, 0, 0};
  const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  return told(fd < 0 ? -1 : sendmsg(fd, &message, 0));
}
// word: NAME TEXT OWN-NAME: through a link inside the grant
static int unix_symlink(char** w) {
  unlink(w[2]);
  if (symlink(w[0], w[2]) != 0) return told(-1);
  char* words[] = {w[2], w[1]};
  const int result = unix_stream(words);
  unlink(w[2]);
  return result;
}
static int unix_by_fd(char** w) {
  char path[64];
  const int fd = open(w[0], O_PATH | O_CLOEXEC);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  char* words[] = {path, w[1]};
  return fd < 0 ? told(-1) : unix_stream(words);
}

// --- WSL: what runs a Windows program asks for it through a unix socket
// ---------------------------

// word: WHICH TEXT. The socket's name is in WSL_INTEROP, and anybody finds it below /run/WSL.
static int wsl_interop(char** w) {
  const char* name = strcmp(w[0], "variable") == 0 ? getenv("WSL_INTEROP") : NULL;
  glob_t found;
  if (name == NULL && glob("/run/WSL/*_interop", 0, NULL, &found) == 0) name = found.gl_pathv[0];
  char* words[] = {(char*)name, w[1]};
  return name == NULL ? told(-1) : unix_stream(words);
}
// word: PROGRAM.EXE TEXT: executed; the kernel gives it to an interpreter, which here is this
// program and in WSL /init, by binfmt_misc
static int wsl_program(char** w) {
  return told(execl(w[0], w[0], w[1], NULL));
}
// word: PROGRAM.EXE TEXT, as the interpreter
static int wsl_init(char** w) {
  char* words[] = {(char*)"variable", w[1]};
  return wsl_interop(words);
}

const struct Attempt unix_attempts[] = {{"unix-stream", 2, unix_stream},
                                        {"unix-packets", 2, unix_packets},
                                        {"unix-connected-datagram", 2, unix_connected_datagram},
                                        {"unix-datagram", 2, unix_datagram},
                                        {"unix-raw", 2, unix_raw},
                                        {"unix-pair", 2, unix_pair},
                                        {"unix-message", 2, unix_message},
                                        {"unix-symlink", 3, unix_symlink},
                                        {"unix-by-fd", 2, unix_by_fd},
                                        {"wsl-interop", 2, wsl_interop},
                                        {"wsl-program", 2, wsl_program},
                                        {"wsl-init", 2, wsl_init},
                                        {NULL, 0, NULL}};
