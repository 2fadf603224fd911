// Record: one run in the audit log, and its one line of JSON (docs/log-format.md).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit/violation.h"
#include "core/policy/policy.h"

namespace sefaca {

struct Record {
  std::string id;             // unique: see new_record_id()
  std::int64_t start_ms = 0;  // Unix time in milliseconds
  pid_t pid = 0;              // the command's
  std::string user;
  std::string cwd;
  std::vector<std::string> command;
  std::string door;    // "run", "exec", "shell", "cmake", "make", "action"
  std::string target;  // the build's own name for the step; may be empty
  std::string parent;  // the outer run's id when nested, else empty
  std::string level, preset, network, timeout, memory;  // as a person writes them
  std::string backend = "linux";
  std::map<std::string, std::string> enforced;  // mechanism -> how
  std::vector<Gap> not_enforced;
  std::vector<std::string> withheld_env;
  std::map<std::string, std::string> origins;
  std::vector<std::string> secret_values;  // never written: what redaction looks for

  struct Outcome {
    std::optional<int> exit_code;  // null when a signal ended it
    std::string signal;            // "SIGSEGV"; empty: none
    std::uint64_t duration_ms = 0;
    std::uint64_t cpu_time_ms = 0;
    std::uint64_t max_memory_bytes = 0;
  };
  std::optional<Outcome> outcome;  // nullopt: `result` is null (exec)
  std::vector<Violation> violations;
};

// A UUID of version 7: ordered by time to below a microsecond, unique over hosts.
std::string new_record_id();

// One line, without the newline, redacted (see core/audit/redact.h). Strings that are not UTF-8
// stand there with U+FFFD for each wrong byte, and exactly, in base64, under `raw`.
std::string to_json(const Record& record);

// The same in two steps, so that the larger part is made while the command runs: the draft holds
// all that is known before, finish() adds pid, outcome and violations of the same record.
class RecordDraft {
 public:
  explicit RecordDraft(const Record& record);
  RecordDraft(RecordDraft&&) noexcept;
  RecordDraft& operator=(RecordDraft&&) noexcept;
  ~RecordDraft();
  std::string finish(const Record& record) &&;  // once

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// The record that a line of the log holds; nullopt when it is not a whole one. What was redacted
// stays so; `secret_values` is empty. Times and sizes that are no numbers read as 0.
std::optional<Record> parse_record(std::string_view line);

std::string format_timestamp(std::int64_t unix_ms);  // "2025-07-27T19:30:00Z"
// "2025-07-27T19:30:00Z", also without seconds, without the time, with a fraction, with an offset
// (+02:00) in Z's place or with none (UTC): Unix time in milliseconds.
std::optional<std::int64_t> parse_timestamp(std::string_view text);

}  // namespace sefaca
