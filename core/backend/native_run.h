// Running an enclosure on its own system, FreeBSD or macOS: the least there is, in plain types, so
// that it compiles by itself for a system that is not this one. Not part of the launcher here;
// never run by us (docs/backends.md).
#pragma once

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

// Each forwards INT, TERM, HUP and QUIT, keeps the clock, and leaves nothing running.
NativeEnd run_jail(const NativeRun& run);
NativeEnd run_seatbelt(const NativeRun& run);

}  // namespace sefaca
