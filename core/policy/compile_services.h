// Compiler wrappers that work through a service outside the sandbox: one table, and how they are
// noticed before a run.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/policy.h"

namespace sefaca {

struct CompileService {
  std::string_view name;   // of the program: "sccache"
  std::string_view own;    // of its variables, with * for any characters
  std::string_view where;  // what it has to reach
  Network network;         // the narrowest that reaches it
};

std::span<const CompileService> compile_services();

// A sentence for each service that `environment` (NAME=VALUE) or the words of `argv` name and that
// `network` keeps out of reach, in the table's order. A shell line counts as the words in it.
std::vector<std::string> compile_service_notes(std::span<const std::string> argv,
                                               std::span<const std::string> environment,
                                               Network network);

}  // namespace sefaca
