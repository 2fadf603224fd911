// The tests' own process outside: it holds a secret word in its memory, its environment and an
// opened file, writes down every signal that reaches it, and notices when its memory is changed.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"

static char memory_word[64];
static char memory_watched[64] = "untouched";
static int journal;

static void note(int number) {
  char line[] = "signal 00\n";
  line[7] = (char)('0' + number / 10);
  line[8] = (char)('0' + number % 10);
  if (write(journal, line, sizeof line - 1) < 0) _exit(1);
}

// word: JOURNAL. On stdout: PID, the addresses, the number of the opened file; then it waits, and
// says on each line of stdin whether its memory is as it was.
int be_victim(char** w) {
  setpgid(0, 0);
  const char* word = getenv("VICTIM_WORD");
  snprintf(memory_word, sizeof memory_word, "%s", word == NULL ? "" : word);
  journal = open(w[0], O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (journal < 0) return 99;
  const struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGIO, &action, NULL);
  printf("%d %p %p %d\n", getpid(), (void*)memory_word, (void*)memory_watched, journal);
  fflush(stdout);
  char line[16];
  while (fgets(line, sizeof line, stdin) != NULL) {
    puts(memory_watched);
    fflush(stdout);
  }
  return 0;
}
