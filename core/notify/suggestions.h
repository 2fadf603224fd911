// Suggestions: for something that was denied, a sentence with the exact flag that would allow it.
// Each holds one `--flag` or `--flag=VALUE`, VALUE quoted for a shell; empty: nothing may allow it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/enforce/launch_plan.h"

namespace sefaca {

// `path` could not be read or executed.
std::string suggest_read(const LaunchPlan& plan, const std::string& path);
// `path` could not be written; `directory`: what has to be writable where a name is made, removed
// or renamed, empty where `path` itself is enough.
// `exists`: `path` is there, so that an option can name it.
std::string suggest_write(const LaunchPlan& plan, const std::string& path,
                          const std::string& directory, bool exists);
// The unix socket at `path` could not be connected to.
std::string suggest_unix_socket(const LaunchPlan& plan, const std::string& path);
// The network could not be used at all.
std::string suggest_network();
// For what listens on the loopback of the machine, and not of the run.
std::string suggest_host_loopback();
// A call that the filter refuses, by name and first two arguments.
std::string suggest_call(std::string_view name);

}  // namespace sefaca
