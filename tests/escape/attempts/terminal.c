// Input pushed into the caller's terminal. word: TEXT
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "attempt.h"

static int pushed(int fd, unsigned long request, const char* text) {
  if (fd < 0) return told(-1);
  for (; *text != 0; ++text) {
    // The raw call: the C library would cut the request to 32 bits.
    if (syscall(SYS_ioctl, fd, request, text) != 0) return told(-1);
  }
  return told(0);
}
static int tty_input(char** w) {
  return pushed(0, TIOCSTI, w[0]);
}
static int tty_dev(char** w) {
  return pushed(open("/dev/tty", O_RDWR), TIOCSTI, w[0]);
}
static int tty_high_bits(char** w) {
  return pushed(0, 0xdead00000000UL | TIOCSTI, w[0]);
}
static int tty_own_session(char** w) {  // a session of its own takes the terminal over
  if (fork() != 0) {
    wait(NULL);
    return 0;
  }
  setsid();
  ioctl(0, TIOCSCTTY, 1);
  _exit(pushed(0, TIOCSTI, w[0]));
}
static int tty_selection(char** w) {  // the console's paste buffer
  (void)w;
  char paste = 3;
  return told(ioctl(0, 0x541C /* TIOCLINUX */, &paste));
}

// The tests' side: word: TERMINAL COMMAND…: the command as a job of that terminal; afterwards what
// waits there to be read is shown on stdout, as the caller's shell would read it.
int on_terminal(char** w) {
  setsid();
  const int terminal = open(w[0], O_RDWR);
  if (terminal < 0 || ioctl(terminal, TIOCSCTTY, 0) != 0) return 99;
  struct termios raw;
  tcgetattr(terminal, &raw);
  cfmakeraw(&raw);
  tcsetattr(terminal, TCSANOW, &raw);
  const pid_t child = fork();
  if (child == 0) {
    dup2(terminal, 0);
    close(terminal);
    execvp(w[1], w + 1);
    _exit(99);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  char text[256];
  fcntl(terminal, F_SETFL, O_RDWR | O_NONBLOCK);
  const long length = read(terminal, text, sizeof text);
  if (length > 0) {
    printf("terminal: %.*s\n", (int)length, text);
    fflush(stdout);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

const struct Attempt terminal_attempts[] = {
    {"tty-input", 1, tty_input},         {"tty-dev", 1, tty_dev},
    {"tty-high-bits", 1, tty_high_bits}, {"tty-own-session", 1, tty_own_session},
    {"tty-selection", 0, tty_selection}, {NULL, 0, NULL}};
