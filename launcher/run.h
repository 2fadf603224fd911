// `sefaca run`: sandboxed and supervised. `sefaca exec`: sandboxed, in place.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "core/policy/surroundings.h"
#include "core/supervise/supervisor.h"
#include "launcher/session.h"

namespace sefaca {

// `words` are those after the subcommand. Both give the process's exit code; exec_command returns
// only when the command could not be run.
int run_command(std::span<const std::string> words, const Surroundings& surroundings);
int exec_command(std::span<const std::string> words, const Surroundings& surroundings);

// Says the errors; the exit code for them.
int refuse(const Errors& errors, const Surroundings& surroundings);

// --help in place of a run: prints `topic`, and is true when that was all that was asked for.
bool answered(const RunRequest& request, const char* topic);

// Runs what was prepared, supervised, to its record; says nothing of how it went but that it is not
// on record. `failed` is not `none` when nothing was run, and `error` then says why. `say_plan` is
// called before each attempt: what this host refuses is found by trying, and makes another plan.
Supervised supervise_session(Session& session, const Surroundings& surroundings,
                             const std::function<void()>& say_plan = {});

// The same with what there is to say before and after. The exit code.
int run_session(Session& session, const Surroundings& surroundings);

// Ends this process by the signal that the command died of, without a core of its own: the
// command's is the one that matters. Returns when the signal ends nobody.
void end_by_signal(int signal);

}  // namespace sefaca
