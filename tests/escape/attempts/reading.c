// What must not be read: secrets, sefaca's own log, the credentials in variables. What is read is
// shown on stdout: the tests' side looks for a word there that it put into the secret alone.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attempt.h"

static int shown(int fd) {
  return told(show(fd));
}

static int read_path(char** w) {
  return shown(open(w[0], O_RDONLY | O_CLOEXEC));
}
static int read_through_root(char** w) {
  char path[4096];
  snprintf(path, sizeof path, "/proc/self/root%s", w[0]);
  return shown(open(path, O_RDONLY | O_CLOEXEC));
}
static int read_dots(char** w) {
  char path[4096];
  snprintf(path, sizeof path, "/proc/self/cwd/../../../../../../../..%s", w[0]);
  return shown(open(path, O_RDONLY | O_CLOEXEC));
}
static int read_path_fd(char** w) {
  char path[64];
  const int fd = open(w[0], O_PATH | O_CLOEXEC);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return shown(fd < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC));
}
static int read_mapped(char** w) {
  const int fd = open(w[0], O_RDONLY | O_CLOEXEC);
  const char* text = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  if (text == MAP_FAILED) return told(-1);
  puts(text);
  return told(0);
}
static int read_sendfile(char** w) {
  const int fd = open(w[0], O_RDONLY | O_CLOEXEC);
  return told(fd < 0 ? -1 : sendfile(1, fd, NULL, 4096));
}
// word: SECRET OWN-NAME
static int read_symlink(char** w) {
  unlink(w[1]);
  if (symlink(w[0], w[1]) != 0) return told(-1);
  const int result = read_path(w + 1);
  unlink(w[1]);
  return result;
}
static int read_hard_link(char** w) {
  unlink(w[1]);
  const int linked = link(w[0], w[1]);
  const int result = linked == 0 ? read_path(w + 1) : told(-1);
  unlink(w[1]);
  return result;
}
// word: DIRECTORY-OF-SECRET OWN-NAME NAME: the parent is moved to where reading is granted
static int read_moved_parent(char** w) {
  char path[4096];
  if (rename(w[0], w[1]) != 0) return told(-1);
  snprintf(path, sizeof path, "%s/%s", w[1], w[2]);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  rename(w[1], w[0]);
  return shown(fd);
}
// word: SECRET: by its handle, past every name (needs CAP_DAC_READ_SEARCH)
static int read_handle(char** w) {
  struct {
    struct file_handle head;
    char room[128];
  } handle;
  handle.head.handle_bytes = sizeof handle.room;
  int mount = 0;
  if (name_to_handle_at(AT_FDCWD, w[0], &handle.head, &mount, 0) != 0) return told(-1);
  const int anywhere = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return shown(open_by_handle_at(anywhere, &handle.head, O_RDONLY));
}
// word: SECRET: executed as a script, whose interpreter would say its first line
static int read_as_script(char** w) {
  char* arguments[] = {(char*)(uintptr_t) "sh", w[0], NULL};
  dup2(1, 2);
  execv("/bin/sh", arguments);
  return told(-1);
}
static int read_variable(char** w) {
  const char* value = getenv(w[0]);
  errno = ENOENT;
  if (value != NULL) puts(value);
  return told(value == NULL ? -1 : 0);
}
static int kernel_log(char** w) {
  static char text[65536];
  (void)w;
  const int length = klogctl(3, text, sizeof text);
  return told(length > 0 ? 0 : -1);
}
// word: DEVICE: the disk below every file
static int raw_disk(char** w) {
  return told(open(w[0], O_RDONLY | O_CLOEXEC));
}

const struct Attempt reading_attempts[] = {{"read-path", 1, read_path},
                                           {"read-through-root", 1, read_through_root},
                                           {"read-dots", 1, read_dots},
                                           {"read-path-fd", 1, read_path_fd},
                                           {"read-mapped", 1, read_mapped},
                                           {"read-sendfile", 1, read_sendfile},
                                           {"read-symlink", 2, read_symlink},
                                           {"read-hard-link", 2, read_hard_link},
                                           {"read-moved-parent", 3, read_moved_parent},
                                           {"read-handle", 1, read_handle},
                                           {"read-as-script", 1, read_as_script},
                                           {"read-variable", 1, read_variable},
                                           {"kernel-log", 0, kernel_log},
                                           {"raw-disk", 1, raw_disk},
                                           {NULL, 0, NULL}};
