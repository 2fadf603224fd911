// Record: one run in the audit log, and its one line of JSON (docs/log-format.md).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/audit/violation.h"
#include "core/policy/policy.h"

namespace sefaca {

struct Record {
  std::string id;                 // unique: see new_record_id()
  std::int64_t start_ms = 0;      // Unix time in milliseconds
  pid_t pid = 0;                  // the command's
  std::string user;
  std::string cwd;
  std::vector<std::string> command;
  std::string door;               // "run", "exec", "shell", "cmake", "make", "action"
  std::string target;             // the build's own name for the step; may be empty
  std::string parent;             // the outer run's id when nested, else empty
  std::string level, preset, network, timeout, memory;  // as a person writes them
  std::string backend = "linux";
  std::map<std::string, std::string> enforced;  // mechanism -> how
  std::vector<Gap> not_enforced;
  std::vector<std::string> withheld_env;
  std::map<std::string, std::string> origins;
  std::vector<std::string> secret_values;  // never written: what redaction looks for

  struct Outcome {
    std::optional<int> exit_code;   // null when a signal ended it
    std::string signal;             // "SIGSEGV"; empty: none
    std::uint64_t duration_ms = 0;
    std::uint64_t cpu_time_ms = 0;
    std::uint64_t max_memory_bytes = 0;
  };
  std::optional<Outcome> outcome;  // nullopt: `result` is null (exec)
  std::vector<Violation> violations;
};

std::string new_record_id();             // time-ordered, unique over hosts
std::string to_json(const Record& record);  // one line, without the newline, redacted

}  // namespace sefaca
