// What one attempt is: a name, the words that it takes, and a function that tries.
#pragma once

#include <stddef.h>

struct Attempt {
  const char* name;
  int words;                // how many it takes at least
  int (*run)(char** word);  // gives what told() gave
};

// Each table ends with a NULL name.
extern const struct Attempt file_attempts[], metadata_attempts[], reading_attempts[],
    protected_attempts[], process_attempts[], network_attempts[], unix_attempts[],
    kernel_attempts[], terminal_attempts[], limit_attempts[], second_way_attempts[],
    probe_attempts[], flip_attempts[], reuse_attempts[];

// Says "done" or "refused: ERRNO" on stdout; gives the exit code of the attempt, 0 or 1. The
// verdict is not made of this: it is what the other side saw.
int told(long result);
// Writes all of `text` to `fd` and closes it; what write(2) gave, or the error of a negative `fd`.
long put(int fd, const char* text);
// Opens `path` with `flags` and puts `text` there.
long put_at(const char* path, int flags, const char* text);
// Copies what can be read from `fd` to stdout, at most 64 KiB; negative when nothing can be read.
long show(int fd);
// The executable that runs, executed anew with these words.
extern char* own_path;

// Modes of the program for the tests' own side.
int be_victim(char** word);
int on_terminal(char** word);
int key_there(char** word);
int call_in(char** word);
int be_next(char** word);
