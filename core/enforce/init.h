// Init: process 1 of a pid namespace, between the supervisor and the command. A command that were
// process 1 itself would ignore the signals it has no handler for (pid_namespaces(7)). It shares
// the supervisor's memory: raw system calls only. When it ends, the kernel ends all in the
// namespace with it.
#pragma once

#include <cstdint>

namespace sefaca {

// What init tells the supervisor through a pipe: plain words, one a change of the command's state.
struct InitReport {
  enum class Kind : std::int32_t { ended = 1, stopped = 2 };
  Kind kind;
  std::int32_t status;  // as wait(2) gives it
};

// For clone(2): sets up the namespaces, starts the command, reaps until nothing is left.
// `argument` is the ChildPlan.
int init_main(void* argument);

}  // namespace sefaca
