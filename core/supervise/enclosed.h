// A run whose policy a backend holds: the engine's client is started, waited for and told of
// signals; the clock is kept, and what it made is ended and removed, whoever dies first.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/backend/backend.h"
#include "core/supervise/supervisor.h"

namespace sefaca {

struct EnclosedRequest {
  const Enclosure& enclosure;
  std::string directory;  // the run's own: where the engine's client is started
  // Of the clock outside; nullopt: none. Where sefaca runs inside, its own is the exact one.
  std::optional<std::uint64_t> timeout_ms;
  // In the guardian when this process was killed, after all has been removed. Empty: no guardian.
  std::function<void(const Supervised&)> when_killed{};
  int guardian_keeps_fd = -1;
};

// `outcome` says how the client ended: `exited` with its exit code, `signaled`, or `timed_out`.
// Nothing is removed but after a time-out or when somebody was killed: the engine can be asked
// before (see remove_enclosure()). `failed` is not `none` when the client could not be started.
class EnclosedRun {
 public:
  explicit EnclosedRun(const EnclosedRequest& request);  // `request` must outlive it
  ~EnclosedRun();  // removes the enclosure and lets the guardian go
  EnclosedRun(const EnclosedRun&) = delete;
  EnclosedRun& operator=(const EnclosedRun&) = delete;
  Supervised run();
  // What was left is ended and removed; what the tool said when that failed, else empty.
  std::string remove();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sefaca
