// The words after `log`: which action, which records, and how they are shown.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/audit/record.h"
#include "core/base/result.h"

namespace sefaca {

struct LogRequest {
  std::string action;  // "show", "tail", "stats", "suggest", "summary"; empty: none given
  std::optional<std::int64_t> since_ms;  // Unix time
  bool violations = false;
  bool failed = false;
  bool json = false;
  bool follow = false;
  bool command = false;  // suggest: options for a command line
  bool last = false;     // only the youngest that fits
  bool help = false;
  std::optional<std::uint64_t> lines;    // tail
  std::optional<std::uint64_t> wait_ms;  // ship
  std::string format;                    // summary: "markdown", "annotations", "errors", "outputs"
  std::optional<std::string> preset;
  std::optional<std::string> id;  // the whole, or how it begins
  std::string log;                // as given; empty: the default one

  [[nodiscard]] bool wants(const Record& record) const;
  // Whether anything but `last` says which records are meant.
  [[nodiscard]] bool filters() const { return since_ms || violations || failed || preset || id; }
};

// Every action's name is known and its options are its own when this is a value.
Result<LogRequest> read_log_request(std::span<const std::string> words);

// What `sefaca log --help` prints.
std::string log_usage();

}  // namespace sefaca
