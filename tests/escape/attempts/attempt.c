// attempt NAME [WORD…]: tries one way out and says how it went. The tests' own side is here too:
// `--victim`, `--on-terminal`, `--key-there`, `--call-in`.
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char* own_path;

int told(long result) {
  if (result >= 0) {
    puts("done");
  } else {
    printf("refused: %s\n", strerror(errno));
  }
  fflush(stdout);
  return result < 0;
}

long put(int fd, const char* text) {
  if (fd < 0) return -1;
  const long written = write(fd, text, strlen(text));
  const int code = errno;
  close(fd);
  errno = code;
  return written;
}

long put_at(const char* path, int flags, const char* text) {
  return put(open(path, flags | O_CLOEXEC, 0644), text);
}

long show(int fd) {
  if (fd < 0) return -1;
  static char text[65536];
  const long length = read(fd, text, sizeof text);
  const int code = errno;
  close(fd);
  errno = code;
  if (length <= 0) return -1;
  fwrite(text, 1, (size_t)length, stdout);
  puts("");
  return length;
}

static const struct Attempt* const tables[] = {
    file_attempts,       metadata_attempts, reading_attempts, protected_attempts, process_attempts,
    network_attempts,    unix_attempts,     kernel_attempts,  terminal_attempts,  limit_attempts,
    second_way_attempts, probe_attempts,    flip_attempts,    reuse_attempts};

static const struct Attempt own_side[] = {
    {"--victim", 1, be_victim},    {"--on-terminal", 2, on_terminal},
    {"--key-there", 1, key_there}, {"--call-in", 2, call_in},
    {"--next", 2, be_next},        {NULL, 0, NULL}};

static int run_of(const struct Attempt* table, int argc, char** argv, int* code) {
  for (; table->name != NULL; ++table) {
    if (strcmp(table->name, argv[1]) != 0) continue;
    if (argc - 2 < table->words) {
      fprintf(stderr, "attempt: %s takes %d words\n", argv[1], table->words);
      *code = 2;
    } else {
      *code = table->run(argv + 2);
    }
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--list") == 0) {
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; ++i) {
      for (const struct Attempt* a = tables[i]; a->name != NULL; ++a) puts(a->name);
    }
    return 0;
  }
  if (argc < 2) {
    fputs("usage: attempt NAME [WORD…] | attempt --list\n", stderr);
    return 2;
  }
  own_path = argv[0];
  int code = 2;
  if (run_of(own_side, argc, argv, &code)) return code;
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; ++i) {
    if (run_of(tables[i], argc, argv, &code)) return code;
  }
  fprintf(stderr, "attempt: no attempt %s\n", argv[1]);
  return 2;
}
