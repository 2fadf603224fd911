#include "core/supervise/limit_violation.h"

#include <signal.h>

#include "core/base/text.h"
#include "core/policy/units.h"

namespace sefaca {
namespace {

using Amount = std::optional<std::uint64_t>;

Violation violation(ViolationKind kind, Amount limit, Amount peak, std::string suggestion) {
  Violation out;
  out.kind = kind;
  out.limit = limit;
  out.peak = peak;
  out.suggestion = std::move(suggestion);
  return out;
}

int died_of(const Outcome& outcome) {
  return outcome.kind == Outcome::Kind::signaled ? outcome.signal : outcome.exit_code - 128;
}

std::optional<Violation> by_the_kernel(const Outcome& outcome, const Limits& limits) {
  const int signal = died_of(outcome);
  // Killed by somebody else it has used less than the limit.
  const bool ran_out =
      limits.cpu_time_ms &&
      (signal == SIGXCPU || (signal == SIGKILL && outcome.cpu_time_ms >= *limits.cpu_time_ms));
  if (ran_out)
    return violation(ViolationKind::timeout_exceeded, limits.cpu_time_ms, {},
                     concat("Use --cpu-time=DURATION if a process needs more than ",
                            format_duration(limits.cpu_time_ms), " of processor time"));
  if (limits.file_size_bytes && signal == SIGXFSZ)
    return violation(ViolationKind::filesystem_write_denied, limits.file_size_bytes, {},
                     concat("Use --file-size=SIZE if a file must be larger than ",
                            format_bytes(limits.file_size_bytes)));
  return std::nullopt;
}

}  // namespace

std::optional<Violation> limit_violation(const Outcome& outcome, const Limits& limits) {
  switch (outcome.kind) {
    case Outcome::Kind::timed_out:
      return violation(ViolationKind::timeout_exceeded, limits.timeout_ms, outcome.duration_ms,
                       concat("Use --timeout=DURATION if it needs longer than ",
                              format_duration(limits.timeout_ms)));
    case Outcome::Kind::memory_exceeded:
      return violation(
          ViolationKind::memory_limit_exceeded, limits.memory_bytes, outcome.max_memory_bytes,
          concat("Use --memory=SIZE if it needs more than ", format_bytes(limits.memory_bytes)));
    case Outcome::Kind::processes_exceeded:
      return violation(ViolationKind::process_limit_exceeded, limits.processes,
                       outcome.peak_processes,
                       concat("Use --pids=N if it needs more than ",
                              std::to_string(limits.processes.value_or(0)), " processes"));
    case Outcome::Kind::exited:
    case Outcome::Kind::signaled:
      return by_the_kernel(outcome, limits);
  }
  return std::nullopt;
}

}  // namespace sefaca
