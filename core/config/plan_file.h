// Plan files: a policy that was resolved once (when CMake configured, when a top-level make began)
// and is read again by each step, without parsing TOML and without folding layers.
//
// A plan has the environment's rule and not its values: what a step is not given is computed from
// the step's own environment (see kept_policy()). It is bound to one build of sefaca, to its owner
// and to the configuration files that it was made from; whatever is not as it was is refused.
//
// A check sum finds what was damaged. What keeps a step from making a plan of its own is the place:
// plan_directory() is sefaca's own directory, hidden from every command at every level.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/policy/assignment.h"
#include "core/policy/door_limits.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// A configuration file as it was when the plan was made.
struct FileStamp {
  std::string path{};  // absolute
  bool present = false;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;       // bytes
  std::int64_t changed_ns = 0;  // st_ctim

  bool operator==(const FileStamp&) const = default;
};
FileStamp stamp_of(const std::string& path);

struct Plan {
  PolicyFields policy;                    // without environment, withheld and given_values
  std::vector<Assignment> door;           // the door's choices, against which variables are weighed
  std::optional<DoorLimits> door_limits;  // likewise
  std::vector<FileStamp> files;           // read, or looked for
  // The door's own, by name: "generated", "override" …
  std::map<std::string, std::vector<std::string>, std::less<>> notes;
};

// Where plans for `key` (a build directory, say) lie: below ~/.sefaca when that exists, else below
// $XDG_STATE_HOME/sefaca (~/.local/state/sefaca). Empty when there is no home.
std::string plan_directory(std::string_view key, const Surroundings& surroundings);

// The files that the layers of `surroundings` read or would read, stamped.
std::vector<FileStamp> configuration_stamps(const Surroundings& surroundings,
                                            const std::vector<std::string>& read);

// Writes the file owner-only, and its directories; a reader sees the old or the new one.
// `build_id` names the build of sefaca; a plan is read by the very same one.
Status write_plan(const std::string& path, const Plan& plan, std::string_view build_id);

// Reads and checks it: a regular file of this user (or root), in a directory of theirs, that nobody
// else can write; of this build; undamaged; its configuration files as they were. Costs one open
// and one read, and a stat for each configuration file.
Result<Plan> read_plan(const std::string& path, std::string_view build_id);

// The plan's policy for a step with this environment. Its SEFACA_ variables can narrow it and never
// widen it: they are weighed as if they stood above `door`, without any file. An error is a
// variable's.
Result<Policy> kept_policy(Plan plan, const Surroundings& surroundings);

// The text of a file, for tests and the fuzzer. parse_plan checks all but the file itself.
std::string plan_text(const Plan& plan, std::string_view build_id);
Result<Plan> parse_plan(std::string_view text, std::string_view build_id);
// The same without magic, build and check sum.
std::string plan_body(const Plan& plan);
Result<Plan> parse_plan_body(std::string_view body);

}  // namespace sefaca
