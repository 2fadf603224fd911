// Turns: whether the calls of a tree come from one thread at a time, or from several that run
// beside each other. A caller that waits is best woken on the receiver's own processor (four times
// faster than on an idle one); but where two callers are busy, that draws both to one processor and
// leaves the other idle (docs/performance.md has the figures).
#pragma once

#include <sys/types.h>

namespace sefaca {

class Turns {
 public:
  // Takes the thread that the next call is from. True: one_at_a_time() has changed.
  bool take(pid_t caller) {
    changes_ += caller != last_ ? 1 : 0;
    last_ = caller;
    if (++calls_ < kWindow) return false;
    const bool before = one_at_a_time_;
    one_at_a_time_ = changes_ < kManyChanges;
    calls_ = changes_ = 0;
    return one_at_a_time_ != before;
  }
  [[nodiscard]] bool one_at_a_time() const { return one_at_a_time_; }

 private:
  // A compiler's driver, compiler and assembler take turns of a hundred calls; two compilers beside
  // each other change places at every second or third.
  static constexpr int kWindow = 32, kManyChanges = 8;
  pid_t last_ = 0;
  int calls_ = 0, changes_ = 0;
  bool one_at_a_time_ = true;
};

}  // namespace sefaca
