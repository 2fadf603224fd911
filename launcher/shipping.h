// Starting sefaca-ship, the program that sends what is spooled: from the end of a run, in the
// background, and from `sefaca log ship`.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// The spool of an endpoint: below the default log's directory, which no command can read, named by
// the hash of the address. Empty when there is no home.
std::string spool_directory(const LogSinks& sinks, const Surroundings& surroundings);

// The endpoint without what may be a secret in it: "https://HOST".
std::string endpoint_name(const std::string& url);

// Starts one in the background, in a session of its own, its standard descriptors on /dev/null,
// unless one is at work. It is no child of this process afterwards. An error with errno_value
// ENOENT when it is not installed.
Status ship_in_background(const LogSinks& sinks, const Surroundings& surroundings);

// `sefaca log ship`: tries once, or until `wait_ms` are over. The exit code: 0 when nothing waits
// any more.
int ship_now(const LogSinks& sinks, std::optional<std::uint64_t> wait_ms,
             const Surroundings& surroundings, FILE* out, FILE* err);

}  // namespace sefaca
