// Directories that killed runs left behind: "sf-XXXXXX", by mkdtemp(3), which nobody holds the lock
// of any more. A private /tmp and a cgroup are such.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/unique_fd.h"

namespace sefaca {

inline constexpr std::string_view kRunDirectory = "sf-XXXXXX";

// The names in an open directory, but "." and "..".
std::vector<std::string> names_in(int directory);

// Gives each of them in the open directory `parent` to `take`, locked: those of this user that are
// `seconds` old at least, since a run locks its own only a moment after it has made it.
void each_forgotten(int parent, unsigned seconds,
                    const std::function<void(const std::string& name, UniqueFd locked)>& take);

}  // namespace sefaca
