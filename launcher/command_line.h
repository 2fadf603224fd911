// The command line of run, exec and shell: options (from the table of keys) and the command.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/policy/builder.h"

namespace sefaca {

struct RunRequest {
  std::vector<Assignment> assignments;     // layer command_line, or door for a door's own preset
  std::optional<Command> command;          // absent for `shell`, or when none was given
  std::optional<std::string> config_file;  // absolute
  bool dry_run = false;
  bool quiet = false;
  bool verbose = false;
  bool help = false;
  std::string door = "run";  // unless a door says otherwise
  std::optional<DoorLimits> door_limits;
  DoorPaths door_paths;
  std::string target;
  // Whether runs inside are told of this one: not where surely none are.
  bool hand_down = true;
  std::vector<Gap> gaps{};  // what the door itself can't hold, for the record
  std::map<std::string, std::vector<std::string>, std::less<>>
      notes{};  // what a door tells its like inside
  // Inside of a container that holds the policy already: what is missing here is no gap of the run.
  bool contained = false;
  std::string id{};   // of the record; empty: a new one
  bool step = false;  // one of many of a build: what holds for all of them is not said for each
};

// An option of the command line that is no key: "--dry-run", "--config=FILE".
struct PlainOption {
  std::string_view name;  // without the dashes
  std::string_view unit;  // empty: a bare flag
  std::string_view help;  // empty: for the doors, not shown
};
std::span<const PlainOption> plain_options();

// `words` are those after `run` (or `exec`, `shell`). Options end at the first operand or at `--`.
// One operand that is not an existing file and holds white space or a shell character is a shell
// line; see the contract. A bare --network is --network=allow. No abbreviations; a value follows a
// '=' and is never the next word. Every error at once.
Result<RunRequest> parse_run_words(std::span<const std::string> words,
                                   const Surroundings& surroundings);

}  // namespace sefaca
