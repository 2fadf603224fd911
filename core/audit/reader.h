// LogReader: the records of a log and of its rotated files, oldest first.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/audit/record.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace sefaca {

struct StoredRecord {
  Record record;
  std::string line;  // as it stands in the log, without the newline
};

class LogReader {
 public:
  // Opens `path` and FILE.1 … FILE.`rotated`. An error when none is there (errno_value is ENOENT)
  // or one can't be read. A rotation meanwhile hides no record.
  static Result<LogReader> open(const std::string& path, unsigned rotated = 4);

  // The next record; nullopt at the end, for now: a later call sees what was appended since. Lines
  // that are no record (torn by a crash, or by hand) are passed over and counted.
  std::optional<StoredRecord> next();
  [[nodiscard]] std::uint64_t torn_lines() const { return torn_; }

  // For who follows a log, after next() found no more: takes in the files that a rotation has begun
  // since. One that can't be opened is tried again the next time.
  void look_for_rotation();

 private:
  struct File {
    UniqueFd fd;
    dev_t device = 0;
    ino_t inode = 0;
  };
  static Result<File> open_one(const std::string& path);

  explicit LogReader(std::string path, unsigned rotated)
      : path_(std::move(path)), rotated_(rotated) {}
  // The next line, without its newline; nullopt at the end.
  std::optional<std::string> next_line();
  bool fill();  // reads on; false at the end of the file
  void forget_cut_line();
  void drop_buffer();

  std::string path_;
  unsigned rotated_;
  std::vector<File> files_;   // the one that is read, then the younger ones
  std::uint64_t offset_ = 0;  // in the front file: what `buffer_` ends at
  std::string buffer_;
  std::size_t given_out_ = 0;  // of `buffer_`: its start, whose lines were returned
  std::size_t searched_ = 0;   // of `buffer_`: no newline from `given_out_` up to here
  bool skipping_ = false;      // in a line that is too long
  std::uint64_t torn_ = 0;
};

}  // namespace sefaca
