// Guardian: a process beside the supervisor that does what is left to do when the supervisor is
// killed: it ends the tree, removes the private directory, writes the record. If both are killed,
// nobody does (SECURITY.md).
#pragma once

#include <sys/types.h>

#include <functional>
#include <utility>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace sefaca {

class Guardian {
 public:
  Guardian() = default;
  // Starts it. `at_once` and then `duties` run in it when this process has ended without dismiss().
  // It shares this process's memory (a copy would cost as much as all the rest of a run), so both
  // must live until dismiss(), and one guardian at a time. `at_once` makes system calls only: it
  // holds however the death came; `duties` may allocate, and is lost if the heap was being changed
  // at the very moment of the kill. It is no child that wait(2) sees without __WALL (clone(2), exit
  // signal 0), so that ECHILD still means that nothing of the command is left. Signals are blocked
  // in it; it holds no descriptor but the pipe and `keep_fd` (negative: none).
  static Result<Guardian> start(int keep_fd, std::function<void()> at_once,
                                std::function<void()> duties);

  Guardian(Guardian&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), leash_(std::move(other.leash_)) {}
  Guardian& operator=(Guardian&& other) noexcept {
    dismiss();
    pid_ = std::exchange(other.pid_, 0);
    leash_ = std::move(other.leash_);
    return *this;
  }
  ~Guardian() { dismiss(); }

  [[nodiscard]] pid_t pid() const { return pid_; }  // 0: there is none
  void dismiss();                                   // lets it end without its duties; waits for it

 private:
  pid_t pid_ = 0;
  UniqueFd leash_;
};

}  // namespace sefaca
