// Session: everything between the words of a command line and the moment before the command starts,
// the same for run, exec and shell.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/audit/log_file.h"
#include "core/audit/record.h"
#include "core/backend/backend.h"
#include "core/enforce/capabilities.h"
#include "core/enforce/control_group.h"
#include "core/enforce/launch_plan.h"
#include "core/enforce/private_directory.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"
#include "core/supervise/nested.h"
#include "launcher/command_line.h"

namespace sefaca {

// In the plan that a line of make hands down: the directories that make's lines may write.
inline constexpr std::string_view kMakeNote = "make.write";
// What the top make was asked for, and the shell behind the line, when its makefile named one.
inline constexpr std::string_view kGoalsNote = "make.goals";
inline constexpr std::string_view kShellNote = "make.shell";

struct Session {
  RunRequest request;
  Policy policy;
  Command command;
  std::string program;  // as found
  Supervision supervision = Supervision::supervised;
  std::vector<int> keep_fds;  // the policy's and the job server's
  Capabilities capabilities;
  PrivateDirectory private_directory;
  ControlGroup group;
  // Another backend holds the policy: what it runs. `plan` then has what it enforces and its gaps
  // alone.
  std::optional<Enclosure> enclosure;
  EngineFacts engine;
  LaunchPlan plan;
  std::function<void(Session&)> amend_plan;  // what a command adds to each plan; may be empty
  std::optional<EnclosingRun> enclosing;     // the run that this one is in: takes its record
  std::optional<NestedRuns> nested;          // what is handed to runs inside of this one
  std::optional<LogFile> log;
  Record record;
  std::optional<RecordDraft> draft;  // see draft_record()
  bool recording = false;  // the record is under way: who comes here again was killed meanwhile
  bool recorded = false;   // the guardian, which shares this memory, must not do it again
  Errors warnings;         // to be said unless --quiet
};

// The policy of a request: its own assignments upon the layers of files and variables. `files`,
// where wanted, takes the names of those that were read.
Result<Policy> make_policy(const RunRequest& request, const Surroundings& surroundings,
                           std::vector<std::string>* files = nullptr);

// The record of a run by `policy`, as far as it is known before the command starts.
Record start_record(const RunRequest& request, const Policy& policy,
                    const Surroundings& surroundings);

// An error's errno_value says which exit code it is: see exit_code_for(). Nothing was run.
Result<Session> prepare_session(RunRequest request, const Surroundings& surroundings,
                                Supervision supervision);

// The same with a policy that was made already (a door's, from its plan file). The job server of
// make is kept; its fifo is added to what can be written.
Result<Session> prepare_session(RunRequest request, Policy policy, const Surroundings& surroundings,
                                Supervision supervision);

// A session as far as every backend needs it: nothing is probed, made or opened.
Session blank_session(RunRequest request, Policy policy, Supervision supervision);
// What a session has when its plan is made: at strict no gap, a log, a record that says so.
Status settle_session(Session& session, const Surroundings& surroundings);
// A gap that nothing stands in for, where that ends the run.
Status refuse_gaps(const Policy& policy, const LaunchPlan& plan);
// The error as sefaca's own (exit code 125), whatever its errno.
Errors as_own(Errors errors);
// Caches that the policy names are made.
void make_directories(const std::vector<std::string>& directories);

// A step that can be done without (can_do_without()) has failed, and nothing was run: a plan with
// what is left. Errors: the policy does not do with less.
Status plan_with_less(Session& session, Step step, const Error& why,
                      const Surroundings& surroundings);

// 125; 126 and 127 for a program that can't be executed or was not found.
int exit_code_for(const Errors& errors);

// Prepares the record's text as far as it is known: while the command runs, nobody waits for it.
void draft_record(Session& session);

// Puts `record` into the log; what goes wrong is said, since the command has run already.
void write_record(Session& session, const Surroundings& surroundings);

// Opens /dev/null on each of descriptors 0 to 2 that is closed, so that none of ours lands there.
void guard_standard_descriptors();

}  // namespace sefaca
