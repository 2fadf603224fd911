// What another thread changes while the supervisor looks: a path, an address, a directory. Each
// call is made TRIES times; the other thread writes the harmless and the meant value in turn.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"

enum { kRoom = 512 };

// Both values have the same length to the kernel: what is shown flips as a whole but for its bytes.
struct Flip {
  char harmless[kRoom], meant[kRoom];
  char shown[kRoom];
  size_t size;
  int stop, runs;
};

static void* flips(void* argument) {
  struct Flip* f = argument;
  __atomic_store_n(&f->runs, 1, __ATOMIC_RELAXED);
  while (!__atomic_load_n(&f->stop, __ATOMIC_RELAXED)) {
    memcpy(f->shown, f->meant, f->size);
    __asm__ volatile("" ::: "memory");
    memcpy(f->shown, f->harmless, f->size);
    __asm__ volatile("" ::: "memory");
  }
  return NULL;
}

static struct Flip flip;
static pthread_t flipper;

static void begin(size_t size) {
  flip.size = size;
  memcpy(flip.shown, flip.harmless, size);
  pthread_create(&flipper, NULL, flips, &flip);
  while (!__atomic_load_n(&flip.runs, __ATOMIC_RELAXED)) usleep(100);
}
static int end(void) {
  __atomic_store_n(&flip.stop, 1, __ATOMIC_RELAXED);
  pthread_join(flipper, NULL);
  return told(0);
}
static void paths(const char* harmless, const char* meant) {
  snprintf(flip.harmless, kRoom, "%s", harmless);
  snprintf(flip.meant, kRoom, "%s", meant);
  begin(kRoom);
}

// The names of two unix sockets are the first words; gives the harmless one.
static struct sockaddr_un* unix_names(char** w) {
  struct sockaddr_un* harmless = (void*)flip.harmless;
  struct sockaddr_un* meant = (void*)flip.meant;
  harmless->sun_family = meant->sun_family = AF_UNIX;
  snprintf(harmless->sun_path, sizeof harmless->sun_path, "%s", w[0]);
  snprintf(meant->sun_path, sizeof meant->sun_path, "%s", w[1]);
  return harmless;
}
// The first words are the meant ADDRESS and PORT; the harmless one is any port on 127.0.0.1.
static void internet_addresses(char** w, struct sockaddr_in* harmless, struct sockaddr_in* meant) {
  harmless->sin_family = meant->sin_family = AF_INET;
  harmless->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  meant->sin_port = htons((unsigned short)strtoul(w[1], NULL, 10));
  inet_pton(AF_INET, w[0], &meant->sin_addr);
}

// word: HARMLESS MEANT TRIES
static int flip_open(char** w) {
  paths(w[0], w[1]);
  for (long i = strtol(w[2], NULL, 10); i > 0; --i) {
    const int fd = open(flip.shown, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd >= 0) close(fd);
  }
  return end();
}
static int flip_mkdir(char** w) {
  paths(w[0], w[1]);
  for (long i = strtol(w[2], NULL, 10); i > 0; --i) {
    if (mkdir(flip.shown, 0755) == 0) rmdir(w[0]);
  }
  return end();
}
static int flip_mode(char** w) {
  paths(w[0], w[1]);
  put_at(w[0], O_WRONLY | O_CREAT, "own");
  for (long i = strtol(w[2], NULL, 10); i > 0; --i) {
    chmod(flip.shown, 0640);
    if (i % 100 == 0) usleep(1);
  }
  return end();
}
static int flip_link(char** w) {
  char target[] = "x";
  paths(w[0], w[1]);
  for (long i = strtol(w[2], NULL, 10); i > 0; --i) {
    if (symlink(target, flip.shown) == 0) unlink(w[0]);
  }
  return end();
}
// word: OWN MEANT TRIES: the target of a rename
static int flip_rename(char** w) {
  char from[kRoom];
  snprintf(from, sizeof from, "%s-from", w[0]);
  paths(w[0], w[1]);
  for (long i = strtol(w[2], NULL, 10); i > 0; --i) {
    put_at(from, O_WRONLY | O_CREAT, "own");
    rename(from, flip.shown);
  }
  return end();
}
// word: OWN-SOCKET MEANT TRIES TEXT
static int flip_unix(char** w) {
  struct sockaddr_un* harmless = unix_names(w);
  unlink(w[0]);
  const int server = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(server, (void*)harmless, sizeof *harmless) != 0 || listen(server, 64) != 0)
    return told(-1);
  fcntl(server, F_SETFL, O_NONBLOCK);
  begin(sizeof *harmless);
  for (long i = strtol(w[2], NULL, 10); i > 0; --i) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connect(fd, (void*)flip.shown, sizeof *harmless) == 0) {
      put(fd, w[3]);
    } else {
      close(fd);
    }
    const int taken = accept(server, NULL, NULL);
    if (taken >= 0) close(taken);
  }
  return end();
}
// word: ADDRESS PORT TRIES TEXT: flips with a port of our own on 127.0.0.1
static int flip_tcp(char** w) {
  struct sockaddr_in* harmless = (void*)flip.harmless;
  struct sockaddr_in* meant = (void*)flip.meant;
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  socklen_t size = sizeof *harmless;
  internet_addresses(w, harmless, meant);
  if (server >= 0) {
    bind(server, (void*)harmless, size);
    listen(server, 64);
    getsockname(server, (void*)harmless, &size);
  }
  begin(sizeof *harmless);
  for (long i = strtol(w[2], NULL, 10); i > 0; --i) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (void*)flip.shown, sizeof *harmless) == 0) {
      put(fd, w[3]);
    } else if (fd >= 0) {
      close(fd);
    }
    const int taken = server < 0 ? -1 : accept(server, NULL, NULL);
    if (taken >= 0) close(taken);
  }
  return end();
}
// --- What the supervisor sends and binds in the caller's place
// ------------------------------------

// A UDP socket of our own on 127.0.0.1 that hears what goes to the harmless address; the meant one
// is in the words: ADDRESS PORT.
static int udp_addresses(char** w, struct sockaddr_in* harmless, struct sockaddr_in* meant) {
  const int own = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  socklen_t size = sizeof *harmless;
  internet_addresses(w, harmless, meant);
  if (own >= 0) {
    bind(own, (void*)harmless, size);
    getsockname(own, (void*)harmless, &size);
  }
  return own;
}
static void hear(int own) {
  char heard[512];
  while (own >= 0 && recv(own, heard, sizeof heard, 0) > 0) continue;
}
// word: ADDRESS PORT TRIES TEXT
static int flip_sendto(char** w) {
  const int own = udp_addresses(w, (void*)flip.harmless, (void*)flip.meant);
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  begin(sizeof(struct sockaddr_in));
  for (long i = strtol(w[2], NULL, 10); i > 0 && fd >= 0; --i) {
    sendto(fd, w[3], strlen(w[3]), 0, (void*)flip.shown, sizeof(struct sockaddr_in));
    hear(own);
  }
  return end();
}
// The same, where the message's head flips between two addresses.
static int flip_sendmsg(char** w) {
  struct sockaddr_in harmless = {0}, meant = {0};
  const int own = udp_addresses(w, &harmless, &meant);
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  struct iovec text = {w[3], strlen(w[3])};
  const struct msghdr heads[] = {{&harmless, sizeof harmless, &text, 1, NULL, 0, 0},
                                 {&meant, sizeof meant, &text, 1, NULL, 0, 0}};
  memcpy(flip.harmless, &heads[0], sizeof heads[0]);
  memcpy(flip.meant, &heads[1], sizeof heads[1]);
  begin(sizeof heads[0]);
  for (long i = strtol(w[2], NULL, 10); i > 0 && fd >= 0; --i) {
    sendmsg(fd, (void*)flip.shown, 0);
    hear(own);
  }
  return end();
}
static int flip_sendmmsg(char** w) {
  const int own = udp_addresses(w, (void*)flip.harmless, (void*)flip.meant);
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  struct iovec text = {w[3], strlen(w[3])};
  begin(sizeof(struct sockaddr_in));
  for (long i = strtol(w[2], NULL, 10); i > 0 && fd >= 0; --i) {
    struct mmsghdr both[2];
    for (int k = 0; k < 2; ++k) {
      const struct msghdr head = {flip.shown, sizeof(struct sockaddr_in), &text, 1, NULL, 0, 0};
      both[k] = (struct mmsghdr){head, 0};
    }
    sendmmsg(fd, both, 2, 0);
    hear(own);
  }
  return end();
}
// The descriptor's number flips between an end of a pair, which goes nowhere, and a UDP socket.
static int sockets_to_show[2], shown_socket;
static void* flips_descriptors(void* argument) {
  struct Flip* f = argument;
  __atomic_store_n(&f->runs, 1, __ATOMIC_RELAXED);
  while (!__atomic_load_n(&f->stop, __ATOMIC_RELAXED)) {
    dup2(sockets_to_show[0], shown_socket);
    dup2(sockets_to_show[1], shown_socket);
  }
  return NULL;
}
static int flip_descriptor(char** w) {
  struct sockaddr_in harmless = {0}, meant = {0};
  int pair[2] = {-1, -1};
  const int own = udp_addresses(w, &harmless, &meant);
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) != 0) return told(-1);
  sockets_to_show[0] = pair[0];
  sockets_to_show[1] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (sockets_to_show[1] < 0) return told(-1);
  shown_socket = dup(pair[0]);
  pthread_create(&flipper, NULL, flips_descriptors, &flip);
  while (!__atomic_load_n(&flip.runs, __ATOMIC_RELAXED)) usleep(100);
  for (long i = strtol(w[2], NULL, 10); i > 0; --i) {
    sendto(shown_socket, w[3], strlen(w[3]), 0, (void*)&meant, sizeof meant);
    hear(pair[1]);
    hear(own);
  }
  return end();
}
// word: ADDRESS PORT TRIES: listens there, once it has been bound, and shows what a caller sends
static int flip_bind(char** w) {
  struct sockaddr_in* harmless = (void*)flip.harmless;
  struct sockaddr_in* meant = (void*)flip.meant;
  internet_addresses(w, harmless, meant);
  begin(sizeof *harmless);
  int there = -1;
  for (long i = strtol(w[2], NULL, 10); i > 0 && there < 0; --i) {
    struct sockaddr_in at = {0};
    socklen_t size = sizeof at;
    const int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) break;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (void*)flip.shown, sizeof *harmless) == 0 &&
        getsockname(fd, (void*)&at, &size) == 0 && at.sin_addr.s_addr == meant->sin_addr.s_addr &&
        listen(fd, 8) == 0) {
      there = fd;
    } else {
      close(fd);
    }
  }
  end();
  return told(there < 0 ? -1 : show(accept(there, NULL, NULL)));
}
// word: OWN-NAME MEANT TRIES: a unix socket's name that is made
static int flip_bind_unix(char** w) {
  struct sockaddr_un* harmless = unix_names(w);
  begin(sizeof *harmless);
  for (long i = strtol(w[2], NULL, 10); i > 0; --i) {
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(fd, (void*)flip.shown, sizeof *harmless) == 0) unlink(w[0]);
    if (fd >= 0) close(fd);
  }
  return end();
}
// word: OWN-SOCKET MEANT TRIES TEXT: datagrams by path
static int flip_unix_datagram(char** w) {
  struct sockaddr_un* harmless = unix_names(w);
  unlink(w[0]);
  const int own = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (bind(own, (void*)harmless, sizeof *harmless) != 0) return told(-1);
  begin(sizeof *harmless);
  for (long i = strtol(w[2], NULL, 10); i > 0; --i) {
    sendto(fd, w[3], strlen(w[3]), 0, (void*)flip.shown, sizeof *harmless);
    hear(own);
  }
  return end();
}
// word: OWN-DIRECTORY OUTSIDE NAME TRIES: a directory that another process exchanges with a link
static int flip_directory(char** w) {
  char link[kRoom], path[kRoom + 64];
  snprintf(link, sizeof link, "%s-link", w[0]);
  snprintf(path, sizeof path, "%s/%s", w[0], w[2]);
  mkdir(w[0], 0755);
  if (symlink(w[1], link) != 0 && errno != EEXIST) return told(-1);
  const pid_t other = fork();
  if (other == 0) {
    for (;;) renameat2(AT_FDCWD, w[0], AT_FDCWD, link, RENAME_EXCHANGE);
  }
  for (long i = strtol(w[3], NULL, 10); i > 0; --i) {
    const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd >= 0) close(fd);
  }
  kill(other, SIGKILL);
  waitpid(other, NULL, 0);
  return told(0);
}

// --- What is hard on the supervisor itself; told "done" when it is through -----------------------

static void busy(const char* name) {
  for (;;) {
    const int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd >= 0) close(fd);
    mkdir("/proc/none", 0755);
    unlink(name);
  }
}
// word: OWN-NAME COUNT: children that die in the middle of a notified call
static int notified_deaths(char** w) {
  for (long i = strtol(w[1], NULL, 10); i > 0; --i) {
    const pid_t child = fork();
    if (child == 0) busy(w[0]);
    usleep((useconds_t)(i % 7) * 100);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
  }
  return told(0);
}
static void* busy_thread(void* name) {
  busy(name);
  return NULL;
}
// Another thread executes a program while this one's call is being looked at.
static int notified_executions(char** w) {
  for (long i = strtol(w[1], NULL, 10); i > 0; --i) {
    const pid_t child = fork();
    if (child == 0) {
      pthread_t thread;
      char* argv[] = {own_path, (char*)"--list", NULL};
      close(1);
      pthread_create(&thread, NULL, busy_thread, w[0]);
      usleep((useconds_t)(i % 7) * 100);
      execv(own_path, argv);
      _exit(1);
    }
    waitpid(child, NULL, 0);
  }
  return told(0);
}
static int notified_flood(char** w) {  // OWN-NAME PROCESSES
  pid_t children[64];
  const long count = strtol(w[1], NULL, 10);
  for (long i = 0; i < count && i < 64; ++i) {
    children[i] = fork();
    if (children[i] == 0) busy(w[0]);
  }
  sleep(1);
  for (long i = 0; i < count && i < 64; ++i) {
    kill(children[i], SIGKILL);
    waitpid(children[i], NULL, 0);
  }
  return told(0);
}
// Arguments that can't be read, or have no end.
static int notified_nonsense(char** w) {
  (void)w;
  static char endless[1 << 16];
  memset(endless, 'a', sizeof endless);
  const long arguments[] = {0,
                            1,
                            -1,
                            4096,
                            (long)0xffff800000000000,
                            (long)endless,
                            (long)(endless + sizeof endless - 1)};
  const long calls[] = {SYS_open,   SYS_openat,   SYS_creat,   SYS_mkdir,    SYS_unlink,
                        SYS_rename, SYS_link,     SYS_symlink, SYS_chmod,    SYS_connect,
                        SYS_bind,   SYS_truncate, SYS_mknod,   SYS_setxattr, SYS_utimensat};
  for (size_t c = 0; c < sizeof calls / sizeof calls[0]; ++c) {
    for (size_t a = 0; a < sizeof arguments / sizeof arguments[0]; ++a) {
      for (size_t b = 0; b < sizeof arguments / sizeof arguments[0]; ++b)
        syscall(calls[c], arguments[a], arguments[b], O_WRONLY | O_CREAT, 0644, 0, 0);
    }
  }
  return told(0);
}
// All descriptors of this process are in use when the supervisor would hand one over.
static int notified_without_room(char** w) {
  while (open("/dev/null", O_RDONLY) >= 0) continue;
  for (int i = 0; i < 100; ++i) {
    if (open(w[0], O_WRONLY | O_CREAT, 0644) >= 0) return told(-1);
  }
  return told(0);
}

const struct Attempt flip_attempts[] = {{"flip-open", 3, flip_open},
                                        {"flip-mkdir", 3, flip_mkdir},
                                        {"flip-mode", 3, flip_mode},
                                        {"flip-link", 3, flip_link},
                                        {"flip-rename", 3, flip_rename},
                                        {"flip-unix", 4, flip_unix},
                                        {"flip-tcp", 4, flip_tcp},
                                        {"flip-sendto", 4, flip_sendto},
                                        {"flip-sendmsg", 4, flip_sendmsg},
                                        {"flip-sendmmsg", 4, flip_sendmmsg},
                                        {"flip-descriptor", 4, flip_descriptor},
                                        {"flip-bind", 3, flip_bind},
                                        {"flip-bind-unix", 3, flip_bind_unix},
                                        {"flip-unix-datagram", 4, flip_unix_datagram},
                                        {"flip-directory", 4, flip_directory},
                                        {"notified-deaths", 2, notified_deaths},
                                        {"notified-executions", 2, notified_executions},
                                        {"notified-flood", 2, notified_flood},
                                        {"notified-nonsense", 0, notified_nonsense},
                                        {"notified-without-room", 1, notified_without_room},
                                        {NULL, 0, NULL}};
