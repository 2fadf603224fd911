// Background: a run with --keep-background whose network the supervisor decides. Who called sefaca
// goes on when the command has ended; the supervisor stays for what it left, a server, say. It is
// the process that started the command, since a kernel may let only that one look into it (Yama).
#pragma once

#include "core/supervise/supervisor.h"
#include "launcher/session.h"

namespace sefaca {

class Background {
 public:
  // Before the run. Where its supervisor will have to stay, the run goes on in a new process, and
  // this one never returns: it waits, and ends with the run's exit code, or by its signal.
  explicit Background(const Session& session);
  // The run has ended with `code`, and all is said and on record. Lets the caller go on, and serves
  // what was left until nobody is there.
  void stay(const Supervised& ended, int code);

 private:
  UniqueFd front_;  // open: somebody waits for the code
};

}  // namespace sefaca
