// Second ways to the same calls: io_uring, the i386 and x32 entries, memory as a program,
// descriptors that came with the start, setuid programs.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "attempt.h"

// One operation through a ring of its own; gives its result, or -1 with errno.
static int by_ring(const struct io_uring_sqe* operation) {
  struct io_uring_params p;
  memset(&p, 0, sizeof p);
  const int ring = (int)syscall(SYS_io_uring_setup, 4, &p);
  if (ring < 0) return -1;
  char* queue = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
                     IORING_OFF_SQ_RING);
  struct io_uring_sqe* entries = mmap(NULL, p.sq_entries * sizeof *entries, PROT_READ | PROT_WRITE,
                                      MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
  if (queue == MAP_FAILED || entries == MAP_FAILED) return -1;
  entries[0] = *operation;
  *(unsigned*)(void*)(queue + p.sq_off.array) = 0;
  __atomic_store_n((unsigned*)(void*)(queue + p.sq_off.tail), 1, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0) return -1;
  const struct io_uring_cqe* answer = (const void*)(queue + p.cq_off.cqes);
  const int result = answer->res;
  close(ring);
  errno = result < 0 ? -result : 0;
  return result < 0 ? -1 : result;
}
static uint64_t pointer(const void* p) {
  return (uint64_t)(uintptr_t)p;
}

static int ring_open(char** w) {  // FILE TEXT
  const struct io_uring_sqe open_it = {
      .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = pointer(w[0]), .open_flags = O_WRONLY};
  return told(put(by_ring(&open_it), w[1]));
}
static int ring_connect(char** w) {  // ADDRESS PORT TEXT
  const struct io_uring_sqe make = {.opcode = IORING_OP_SOCKET, .fd = AF_INET, .off = SOCK_STREAM};
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)strtoul(w[1], NULL, 10))};
  inet_pton(AF_INET, w[0], &to.sin_addr);
  const int fd = by_ring(&make);
  if (fd < 0) return told(-1);
  const struct io_uring_sqe call = {
      .opcode = IORING_OP_CONNECT, .fd = fd, .addr = pointer(&to), .off = sizeof to};
  return told(by_ring(&call) < 0 ? -1 : put(fd, w[2]));
}
static int ring_unix(char** w) {  // PATH TEXT
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  snprintf(to.sun_path, sizeof to.sun_path, "%s", w[0]);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  const struct io_uring_sqe call = {
      .opcode = IORING_OP_CONNECT, .fd = fd, .addr = pointer(&to), .off = sizeof to};
  return told(fd < 0 || by_ring(&call) < 0 ? -1 : put(fd, w[1]));
}
static int ring_xattr(char** w) {  // FILE
  const struct io_uring_sqe set = {.opcode = IORING_OP_SETXATTR,
                                   .addr = pointer("user.set"),
                                   .len = 1,
                                   .off = pointer("x"),
                                   .addr3 = pointer(w[0])};
  return told(by_ring(&set));
}

#if defined(__x86_64__)
// The i386 entry: its own numbers, which a filter for x86-64 alone would misread.
static long entry_32(long call, long a, long b, long c) {
  long result = 0;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(call), "b"(a), "c"(b), "d"(c)
                   : "memory", "r8", "r9", "r10", "r11");
  if (result >= 0) return result;
  errno = (int)-result;
  return -1;
}
static char* low(size_t size) {  // memory that 32 bits can name
  return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
}
static int entry_32_open(char** w) {  // FILE TEXT
  char* path = low(4096);
  snprintf(path, 4096, "%s", w[0]);
  return told(put((int)entry_32(5 /* open */, (long)path, O_WRONLY, 0), w[1]));
}
static int entry_32_mode(char** w) {  // FILE
  char* path = low(4096);
  snprintf(path, 4096, "%s", w[0]);
  return told(entry_32(15 /* chmod */, (long)path, 0666, 0));
}
static int entry_32_connect(char** w) {  // ADDRESS PORT TEXT
  struct sockaddr_in* to = (void*)low(4096);
  to->sin_family = AF_INET;
  to->sin_port = htons((uint16_t)strtoul(w[1], NULL, 10));
  inet_pton(AF_INET, w[0], &to->sin_addr);
  const long fd = entry_32(359 /* socket */, AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || entry_32(362 /* connect */, fd, (long)to, sizeof *to) < 0) return told(-1);
  return told(put((int)fd, w[2]));
}
// x32: the same entry as x86-64, with a bit in the number.
static int entry_x32_open(char** w) {
  return told(put((int)syscall(0x40000000L + SYS_open, w[0], O_WRONLY), w[1]));
}
static int entry_x32_socket(char** w) {  // ADDRESS PORT TEXT
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)strtoul(w[1], NULL, 10))};
  inet_pton(AF_INET, w[0], &to.sin_addr);
  const int fd = (int)syscall(0x40000000L + SYS_socket, AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || syscall(0x40000000L + SYS_connect, fd, &to, sizeof to) < 0) return told(-1);
  return told(put(fd, w[2]));
}
#endif

// A program that no path names. word: NAME-OF-ATTEMPT ITS-WORDS…
static int memory_program(char** w) {
  const int program = open(own_path, O_RDONLY | O_CLOEXEC);
  const int memory = memfd_create("program", MFD_CLOEXEC);
  if (program < 0 || memory < 0) return told(-1);
  while (sendfile(memory, program, NULL, 1 << 20) > 0) continue;
  char* argv[32] = {own_path};
  for (int i = 0; i < 30 && w[i] != NULL; ++i) argv[i + 1] = w[i];
  syscall(SYS_execveat, memory, "", argv, environ, AT_EMPTY_PATH);
  return told(-1);
}

// What the caller has open. word: FD …
static int number(const char* word) {
  return (int)strtol(word, NULL, 10);
}
static int inherited_write(char** w) {
  return told(put(number(w[0]), w[1]));
}  // FD TEXT
static int inherited_directory(char** w) {  // FD NAME TEXT
  return told(put(openat(number(w[0]), w[1], O_WRONLY | O_APPEND | O_CLOEXEC), w[2]));
}
static int inherited_chdir(char** w) {  // FD NAME TEXT
  return told(fchdir(number(w[0])) != 0 ? -1 : put_at(w[1], O_WRONLY | O_APPEND, w[2]));
}

static int setuid_program(char** w) {  // PROGRAM FILE TEXT: a copy of this one, owned by root
  char* argv[] = {w[0], (char*)(uintptr_t) "write-append", w[1], w[2], NULL};
  execv(w[0], argv);
  return told(-1);
}
// word: PROGRAM: what is executed must be readable or granted for execution
static int executed(char** w) {
  char* argv[] = {w[0], (char*)(uintptr_t) "--list", NULL};
  execv(w[0], argv);
  return told(-1);
}

const struct Attempt second_way_attempts[] = {{"ring-open", 2, ring_open},
                                              {"ring-connect", 3, ring_connect},
                                              {"ring-unix", 2, ring_unix},
                                              {"ring-xattr", 1, ring_xattr},
#if defined(__x86_64__)
                                              {"entry-32-open", 2, entry_32_open},
                                              {"entry-32-mode", 1, entry_32_mode},
                                              {"entry-32-connect", 3, entry_32_connect},
                                              {"entry-x32-open", 2, entry_x32_open},
                                              {"entry-x32-socket", 3, entry_x32_socket},
#endif
                                              {"memory-program", 1, memory_program},
                                              {"inherited-write", 2, inherited_write},
                                              {"inherited-directory", 3, inherited_directory},
                                              {"inherited-chdir", 3, inherited_chdir},
                                              {"setuid-program", 3, setuid_program},
                                              {"executed", 1, executed},
                                              {NULL, 0, NULL}};
