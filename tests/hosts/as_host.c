// as-host NAME -- COMMAND…: runs COMMAND on a host where something is missing; the machine itself
// stays as it is. `as-host --list` names the hosts, `as-host --facts` says what this one answers.
// Exit code: the command's own; 99 when this machine can't play the host; 2 for wrong usage.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answers.h"
#include "facts.h"
#include "hosts.h"
#include "spaces.h"

static int usage(void) {
  fputs("usage: as-host NAME -- COMMAND [ARG…] | as-host --list | as-host --facts\n", stderr);
  return 2;
}

static int list(void) {
  for (const struct Host* host = all_hosts(); host->name != NULL; ++host)
    printf("%s\t%s\n", host->name, host->what);
  return 0;
}

// The words of `prefix`, then those of the command.
static char** behind(const char* const* prefix, char** command) {
  size_t words = 1;
  for (char** word = command; *word != NULL; ++word) ++words;
  for (const char* const* word = prefix; word != NULL && *word != NULL; ++word) ++words;
  char** all = calloc(words, sizeof *all);
  if (all == NULL) give_up("memory");
  size_t at = 0;
  for (const char* const* word = prefix; word != NULL && *word != NULL; ++word) {
    const char* text = *word;
    if (strcmp(text, "@sefaca") == 0) text = getenv("SEFACA_BINARY");
    if (text == NULL) {
      errno = ENOENT;
      give_up("SEFACA_BINARY names no program");
    }
    all[at++] = (char*)(uintptr_t)text;
  }
  for (char** word = command; *word != NULL; ++word) all[at++] = *word;
  return all;
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--list") == 0) return list();
  if (argc == 2 && strcmp(argv[1], "--facts") == 0) return print_facts();
  if (argc < 4 || strcmp(argv[2], "--") != 0) return usage();
  const struct Host* host = host_named(argv[1]);
  if (host == NULL) {
    fprintf(stderr, "as-host: no host %s; `as-host --list` names them\n", argv[1]);
    return 2;
  }
  char** words = behind(host->prefix, argv + 3);
  enter_spaces(host->spaces);  // before the answers, which may refuse it
  if (host->listener) take_listener(host->landlock_abi);
  install_answers(host->answers);
  execvp(words[0], words);
  give_up(words[0]);
}
