// How records of the log are shown to a person, and what they add up to.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/audit/record.h"

namespace sefaca {

bool has_failed(const Record& record);  // a code that is not 0, or a signal

std::string duration_text(std::uint64_t ms);    // "7ms", "45.2s", "2m05s", "1h02m"
std::string bytes_text(std::uint64_t bytes);    // "512", "1.5k", "1.0g": powers of 1024
std::string result_text(const Record& record);  // "ok", "exit 2", "SIGSEGV", "timed out", "memory"

// What a violation is about: the host, the file, the address, else what was tried. Any bytes.
std::string violation_subject(const Violation& violation);

// One line for the run and two for each violation, each with its newline. No byte of it can drive a
// terminal.
std::string record_text(const Record& record);

// Sums over records.
class LogStatistics {
 public:
  void add(const Record& record);
  [[nodiscard]] std::uint64_t runs() const { return runs_; }
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string json() const;  // one object, with a newline

 private:
  struct Denial {
    std::uint64_t count = 0;  // how often
    std::uint64_t runs = 0;   // in how many runs
    std::string suggestion;   // the youngest one
  };
  using Subject = std::pair<std::string, std::string>;  // kind of violation, what it was about
  struct Extreme {
    std::uint64_t value = 0;
    std::string command;
  };
  [[nodiscard]] std::vector<std::pair<Subject, Denial>> most_frequent() const;

  std::uint64_t runs_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t with_violations_ = 0;
  std::uint64_t without_result_ = 0;
  std::uint64_t time_ms_ = 0;
  std::uint64_t cpu_time_ms_ = 0;
  std::int64_t first_ms_ = 0;
  std::int64_t last_ms_ = 0;
  Extreme longest_;
  Extreme largest_;
  std::vector<std::uint64_t> peaks_;
  std::map<std::string, std::uint64_t> presets_;
  std::map<Subject, Denial> denials_;
};

}  // namespace sefaca
