// A helper program that a backend asks or tells something: a container engine, jail(8).
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace sefaca {

struct ToolAnswer {
  int exit_code = 0;  // 128+N of signal N; 124 when it was given up
  std::string out;    // at most 64 KiB of each
  std::string err;
};

// Runs `argv` (the program is searched on PATH of `environment`) to its end, standard input empty,
// signals as at the start of a program. An error when it can't be started. For any process of ours;
// `most_ms`: then it is killed.
Result<ToolAnswer> run_tool(std::span<const std::string> argv,
                            std::span<const std::string> environment, int most_ms);

// Starts `argv` with this process's own standard descriptors, in `directory`, every signal at its
// default and none blocked. The errno of what failed when it can't be executed.
Result<pid_t> start_tool(std::span<const std::string> argv,
                         std::span<const std::string> environment, const std::string& directory);

}  // namespace sefaca
