// What stays as it is inside a writable tree: git's hooks and configuration, start-up files.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attempt.h"

enum { kNew = O_WRONLY | O_CREAT | O_TRUNC };

// word: REPOSITORY
static const char* in(const char* directory, const char* name) {
  static char path[2][4096];
  static int turn;
  turn = !turn;
  snprintf(path[turn], sizeof path[turn], "%s/%s", directory, name);
  return path[turn];
}
static int hook_made(char** w) {
  return told(put_at(in(w[0], ".git/hooks/pre-commit"), kNew, "#!/bin/sh\n"));
}
static int config_written(char** w) {
  return told(put_at(in(w[0], ".git/config"), O_WRONLY | O_APPEND, "[core]\nfsmonitor=evil\n"));
}
static int config_renamed_over(char** w) {
  put_at(in(w[0], "own-config"), kNew, "[core]\nfsmonitor=evil\n");
  return told(rename(in(w[0], "own-config"), in(w[0], ".git/config")));
}
static int config_linked(char** w) {  // a second name, written through
  unlink(in(w[0], "second"));
  if (link(in(w[0], ".git/config"), in(w[0], "second")) != 0) return told(-1);
  const int result =
      told(put_at(in(w[0], "second"), O_WRONLY | O_APPEND, "[core]\nfsmonitor=evil\n"));
  unlink(in(w[0], "second"));
  return result;
}
static int config_removed(char** w) {
  return told(unlink(in(w[0], ".git/config")));
}
static int config_truncated(char** w) {
  return told(truncate(in(w[0], ".git/config"), 0));
}
// The whole directory is moved away and another one stands in its place.
static int directory_swapped(char** w) {
  if (rename(in(w[0], ".git"), in(w[0], ".git2")) != 0) return told(-1);
  if (mkdir(in(w[0], ".git"), 0755) != 0) return told(-1);
  return told(put_at(in(w[0], ".git/config"), kNew, "[core]\nfsmonitor=evil\n"));
}
static int directory_exchanged(char** w) {
  mkdir(in(w[0], "other"), 0755);
  put_at(in(w[0], "other/config"), kNew, "[core]\nfsmonitor=evil\n");
  return told(renameat2(AT_FDCWD, in(w[0], "other"), AT_FDCWD, in(w[0], ".git"), RENAME_EXCHANGE));
}
static int hooks_replaced(char** w) {  // by a link to where writing is free
  if (rename(in(w[0], ".git/hooks"), in(w[0], ".git/hooks2")) != 0) return told(-1);
  return told(symlink("../own", in(w[0], ".git/hooks")));
}
// word: REPOSITORY NAME: a start-up file that is not there yet
static int start_up_made(char** w) {
  return told(put_at(in(w[0], w[1]), kNew, "evil\n"));
}
static int start_up_written(char** w) {
  return told(put_at(in(w[0], w[1]), O_WRONLY | O_APPEND, "evil\n"));
}
// word: WORKTREE: its .git file is rewritten to name another directory
static int gitdir_rewritten(char** w) {
  return told(put_at(in(w[0], ".git"), O_WRONLY | O_TRUNC, "gitdir: /evil\n"));
}

const struct Attempt protected_attempts[] = {{"hook-made", 1, hook_made},
                                             {"config-written", 1, config_written},
                                             {"config-renamed-over", 1, config_renamed_over},
                                             {"config-linked", 1, config_linked},
                                             {"config-removed", 1, config_removed},
                                             {"config-truncated", 1, config_truncated},
                                             {"directory-swapped", 1, directory_swapped},
                                             {"directory-exchanged", 1, directory_exchanged},
                                             {"hooks-replaced", 1, hooks_replaced},
                                             {"start-up-made", 2, start_up_made},
                                             {"start-up-written", 2, start_up_written},
                                             {"gitdir-rewritten", 1, gitdir_rewritten},
                                             {NULL, 0, NULL}};
