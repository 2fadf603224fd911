// Running an enclosure on its own system, FreeBSD or macOS: the least there is, in plain types, so
// that it compiles by itself for a system that is not this one. Not part of the launcher here;
// never run by us (docs/backends.md).
#pragma once

#include <errno.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>

namespace sefaca {

struct NativeRun {
  const char* const* argv;         // ends with null; the program is searched on PATH
  const char* const* environment;  // NAME=VALUE, ends with null
  const char* directory;           // the run's own, absolute
  const char* name;                // of the jail
  long long timeout_ms;            // 0: none
  long long cpu_seconds;           // of each process; 0: none
  long long file_bytes;            // of each file; 0: none
  long long open_files;            // of each process; 0: none
};

struct NativeEnd {
  const char* failed;  // the step that failed, and nothing was run; null: none
  int error;           // its errno
  int exit_code;       // the command's own
  int signal;          // that it died of; 0: none
  bool timed_out;
  long long cpu_ms;            // user and system, of all that was waited for
  long long max_memory_bytes;  // of the largest process
};

// Waits for the child and takes what was used. ru_maxrss counts in units of `memory_unit` bytes
// (getrusage(2)). Its status as wait(2) gives it.
inline int wait_for(pid_t child, long long memory_unit, NativeEnd& end) {
  int status = 0;
  struct rusage used = {};
  while (::wait4(child, &status, 0, &used) < 0 && errno == EINTR) {
  }
  end.cpu_ms = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000LL +
               (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
  end.max_memory_bytes = used.ru_maxrss * memory_unit;
  return status;
}

// Each forwards INT, TERM, HUP and QUIT, keeps the clock, and leaves nothing running.
NativeEnd run_jail(const NativeRun& run);
NativeEnd run_seatbelt(const NativeRun& run);

}  // namespace sefaca
