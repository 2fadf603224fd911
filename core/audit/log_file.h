// The log file: found, opened before the command is run, appended to with one write.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// Where this run's record goes: the policy's log_file; else ~/.sefaca/log/audit.jsonl when
// ~/.sefaca exists, else below $XDG_STATE_HOME/sefaca (~/.local/state/sefaca).
// Empty when there is no home at all.
std::string log_path(const Policy& policy, const Surroundings& surroundings);

class LogFile {
 public:
  // Opens (and makes, owner-only) the file and its directories. Refuses a log that is a symbolic
  // link into another's hands, or not a regular file.
  static Result<LogFile> open(const std::string& path);
  // Appends `line` and a newline with one write(2) under a lock; rotates by size.
  Status append(const std::string& line);
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  LogFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  UniqueFd fd_;
};

}  // namespace sefaca
