// BlockedSignals: every signal blocked for as long as it lives, so that none is handled in a
// process that shares this one's memory before that process is ready.
#pragma once

#include <signal.h>

namespace sefaca {

class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    in_force_ = ::sigprocmask(SIG_SETMASK, &all, &before_) == 0;
  }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  ~BlockedSignals() {
    if (in_force_) ::sigprocmask(SIG_SETMASK, &before_, nullptr);
  }
  [[nodiscard]] bool in_force() const { return in_force_; }  // false: errno says why

 private:
  sigset_t before_{};
  bool in_force_ = false;
};

}  // namespace sefaca
