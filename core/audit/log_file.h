// The log file: found, opened before the command is run, appended to with one write.
#pragma once

#include <cstdint>
#include <string>

#include "core/audit/log_lock.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// Where this run's record goes: the policy's log_file; else ~/.sefaca/log/audit.jsonl when
// ~/.sefaca exists, else below $XDG_STATE_HOME/sefaca (~/.local/state/sefaca).
// Empty when there is no home at all.
std::string log_path(const Policy& policy, const Surroundings& surroundings);
// The same where there is no policy; `configured` (absolute, or empty) stands for its log_file.
std::string log_path(const std::string& configured, const Surroundings& surroundings);

// When a log is rotated, and how many old files FILE.1 (the youngest) … FILE.N stay beside it.
struct LogRotation {
  std::uint64_t max_bytes = std::uint64_t{16} * 1024 * 1024;
  unsigned keep = 4;
};
std::string rotated_path(const std::string& path, unsigned number);  // number 0: `path` itself

class LogFile {
 public:
  // Opens (and makes, owner-only) the file and its directories. Refuses a log that is a symbolic
  // link into another's hands, or not a regular file, or another user's. A link of the user's own
  // is followed: path() then names what it leads to.
  static Result<LogFile> open(const std::string& path, LogRotation rotation = {});

  // Appends `line` and a newline with one write(2) under a lock; rotates by size. All of the line
  // is in the log or, with an error, none of it. Any number of processes may do this at once, each
  // with a LogFile of its own: the lock belongs to the open file, so that a forked copy of this one
  // must not append at the same time.
  Status append(const std::string& line);

  // Whether a record with this id is among the last of the log, or of the file that it was before a
  // rotation. For who does not know how far another came with appending it.
  [[nodiscard]] bool holds(const std::string& id) const;

  // Renames the file under the lock: whoever appends afterwards begins a new one at path().
  Status move_to(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int descriptor() const { return fd_.get(); }  // changes with a rotation

 private:
  LogFile(std::string path, UniqueFd fd, LogRotation rotation)
      : path_(std::move(path)), fd_(std::move(fd)), rotation_(rotation) {}
  Result<LogLock> lock_current();
  Status rotate();
  Status write_line(const std::string& line, LogLock lock);

  std::string path_;
  UniqueFd fd_;
  LogRotation rotation_;
};

}  // namespace sefaca
