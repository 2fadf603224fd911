// Outcome: how a run ended, and the one table that maps it to an exit code.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/audit/violation.h"

namespace sefaca {

struct Outcome {
  enum class Kind : std::uint8_t {
    exited,              // the command's own code
    signaled,            // it died of `signal`
    timed_out,           // ended by the clock
    memory_exceeded,     // ended for the tree's memory
    processes_exceeded,  // ended for the tree's number of processes
  };
  Kind kind = Kind::exited;
  int exit_code = 0;
  int signal = 0;
  std::uint64_t duration_ms = 0;
  std::uint64_t cpu_time_ms = 0;       // user and system, of all that was reaped
  std::uint64_t max_memory_bytes = 0;  // the larger of the largest process's and the watched tree's
  std::uint64_t peak_processes = 0;    // as watched; 0 when it was never looked at
  std::vector<Violation> violations;
  // Names (/proc/PID/comm) of what the command left behind and that was ended, once each; some of
  // many.
  std::vector<std::string> left_running{};
};

// Exit codes of sefaca itself (the contract): the command was not run.
inline constexpr int kExitOwnFailure = 125;
inline constexpr int kExitNotExecutable = 126;
inline constexpr int kExitNotFound = 127;

int exit_code_of(const Outcome& outcome);
std::string signal_name(int signal);  // "SIGSEGV"; "SIG40" for those without a name

}  // namespace sefaca
