// Contents and names of files outside the grants.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "attempt.h"

// word: FILE TEXT
static int write_append(char** w) {
  return told(put_at(w[0], O_WRONLY | O_APPEND, w[1]));
}
static int write_truncating(char** w) {
  return told(put_at(w[0], O_WRONLY | O_TRUNC, w[1]));
}
static int write_creat(char** w) {
  return told(put(creat(w[0], 0644), w[1]));
}
static int write_openat2(char** w) {
  struct open_how how = {.flags = O_WRONLY};
  return told(put((int)syscall(SYS_openat2, AT_FDCWD, w[0], &how, sizeof how), w[1]));
}
static int write_mapped(char** w) {
  const int fd = open(w[0], O_RDWR | O_CLOEXEC);
  char* text = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0);
  if (text == MAP_FAILED) return told(-1);
  text[0] = w[1][0] == text[0] ? 'x' : w[1][0];
  return told(msync(text, 4096, MS_SYNC));
}
static int write_reopened(char** w) {
  char path[64];
  const int fd = open(w[0], O_RDONLY | O_CLOEXEC);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return told(fd < 0 ? -1 : put_at(path, O_WRONLY, w[1]));
}
static int write_path_fd(char** w) {
  char path[64];
  const int fd = open(w[0], O_PATH | O_CLOEXEC);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return told(fd < 0 ? -1 : put_at(path, O_WRONLY, w[1]));
}
static int write_through_root(char** w) {
  char path[4096];
  snprintf(path, sizeof path, "/proc/self/root%s", w[0]);
  return told(put_at(path, O_WRONLY, w[1]));
}
static void* writes(void* word) {
  char** w = word;
  return put_at(w[0], O_WRONLY, w[1]) < 0 ? (void*)1 : NULL;
}
static int write_from_thread(char** w) {
  pthread_t thread;
  void* refused = NULL;
  if (pthread_create(&thread, NULL, writes, w) != 0) return told(-1);
  pthread_join(thread, &refused);
  errno = EACCES;
  return told(refused == NULL ? 0 : -1);
}
static int write_sendfile(char** w) {
  const int in = open(own_path, O_RDONLY | O_CLOEXEC);
  const int out = open(w[0], O_WRONLY | O_CLOEXEC);
  return told(in < 0 || out < 0 ? -1 : sendfile(out, in, NULL, 16));
}
// word: DIRECTORY FILE-IN-IT TEXT
static int write_after_chdir(char** w) {
  return told(chdir(w[0]) != 0 ? -1 : put_at(w[1], O_WRONLY, w[2]));
}
static int write_directory_fd(char** w) {
  const int directory = open(w[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
  return told(directory < 0 ? -1 : put(openat(directory, w[1], O_WRONLY | O_CLOEXEC), w[2]));
}

// word: PATH
static int truncate_path(char** w) {
  return told(truncate(w[0], 0));
}
static int remove_file(char** w) {
  return told(unlink(w[0]));
}
static int remove_directory(char** w) {
  return told(rmdir(w[0]));
}
static int make_file(char** w) {
  return told(put_at(w[0], O_WRONLY | O_CREAT | O_EXCL, "new"));
}
static int make_directory(char** w) {
  return told(mkdir(w[0], 0755));
}
static int make_fifo(char** w) {
  return told(mkfifo(w[0], 0644));
}
static int make_link(char** w) {
  return told(symlink("target", w[0]));
}
static int make_socket(char** w) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", w[0]);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  return told(fd < 0 ? -1 : bind(fd, (struct sockaddr*)&address, sizeof address));
}
static int make_unnamed(char** w) {  // DIRECTORY NAME: a file without a name gets one
  char path[4096], own[64];
  const int fd = open(w[0], O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
  snprintf(path, sizeof path, "%s/%s", w[0], w[1]);
  snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
  return told(fd < 0 ? -1 : linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW));
}

// word: FROM TO
static int move(char** w) {
  return told(rename(w[0], w[1]));
}
static int move_own_out(char** w) {  // OWN-FILE TO: made here, moved there
  put_at(w[0], O_WRONLY | O_CREAT, "own");
  return told(rename(w[0], w[1]));
}
static int exchange(char** w) {
  put_at(w[0], O_WRONLY | O_CREAT, "own");
  return told(renameat2(AT_FDCWD, w[0], AT_FDCWD, w[1], RENAME_EXCHANGE));
}
static int link_own_out(char** w) {
  put_at(w[0], O_WRONLY | O_CREAT, "own");
  return told(link(w[0], w[1]));
}
// word: FILE OWN-NAME TEXT: a second name inside the grant, written through
static int link_in(char** w) {
  unlink(w[1]);
  const long linked = link(w[0], w[1]);
  const int code = errno;
  const int result = told(linked != 0 ? -1 : put_at(w[1], O_WRONLY | O_APPEND, w[2]));
  errno = code;
  unlink(w[1]);
  return result;
}
static int symlink_in(char** w) {
  unlink(w[1]);
  const int result = told(symlink(w[0], w[1]) != 0 ? -1 : put_at(w[1], O_WRONLY | O_APPEND, w[2]));
  unlink(w[1]);
  return result;
}

const struct Attempt file_attempts[] = {{"write-append", 2, write_append},
                                        {"write-truncating", 2, write_truncating},
                                        {"write-creat", 2, write_creat},
                                        {"write-openat2", 2, write_openat2},
                                        {"write-mapped", 2, write_mapped},
                                        {"write-reopened", 2, write_reopened},
                                        {"write-path-fd", 2, write_path_fd},
                                        {"write-through-root", 2, write_through_root},
                                        {"write-from-thread", 2, write_from_thread},
                                        {"write-sendfile", 1, write_sendfile},
                                        {"write-after-chdir", 3, write_after_chdir},
                                        {"write-directory-fd", 3, write_directory_fd},
                                        {"truncate", 1, truncate_path},
                                        {"remove-file", 1, remove_file},
                                        {"remove-directory", 1, remove_directory},
                                        {"make-file", 1, make_file},
                                        {"make-directory", 1, make_directory},
                                        {"make-fifo", 1, make_fifo},
                                        {"make-link", 1, make_link},
                                        {"make-socket", 1, make_socket},
                                        {"make-unnamed", 2, make_unnamed},
                                        {"move", 2, move},
                                        {"move-own-out", 2, move_own_out},
                                        {"exchange", 2, exchange},
                                        {"link-own-out", 2, link_own_out},
                                        {"link-in", 3, link_in},
                                        {"symlink-in", 3, symlink_in},
                                        {NULL, 0, NULL}};
