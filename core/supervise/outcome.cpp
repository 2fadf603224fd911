#include "core/supervise/outcome.h"

#include <signal.h>
#include <string.h>

#include "core/base/text.h"

namespace sefaca {

int exit_code_of(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::exited:
      return outcome.exit_code;
    case Outcome::Kind::signaled:
      return 128 + outcome.signal;
    case Outcome::Kind::timed_out:
      return 124;
    case Outcome::Kind::memory_exceeded:
    case Outcome::Kind::processes_exceeded:
      return 128 + SIGKILL;
  }
  return kExitOwnFailure;
}

std::string signal_name(int signal) {
  if (const char* name = sigabbrev_np(signal); name != nullptr) return concat("SIG", name);
  return concat("SIG", std::to_string(signal));
}

}  // namespace sefaca
