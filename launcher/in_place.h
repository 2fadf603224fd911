// A step that gets no sandbox of its own: because the run that it is in holds it already, or
// because it is passed through. Executed in this process's place, and on record.
#pragma once

#include <vector>

#include "core/audit/record.h"
#include "core/policy/surroundings.h"
#include "launcher/command_line.h"

namespace sefaca {

// Sends `record` (with a null result) to the enclosing run, else to the log that `log_file` names,
// and executes the request's command with `environment` (NAME=VALUE). Returns the exit code when
// that failed: 126, 127, 125.
int execute_in_place(const RunRequest& request, Record record, const std::string& log_file,
                     const std::vector<std::string>& environment, const Surroundings& surroundings);

// The caller's own environment, unchanged.
std::vector<std::string> whole_environment(const Surroundings& surroundings);

}  // namespace sefaca
