// Expands what a person writes for a path: `~`, `$VAR`, `${VAR}`, `.` and relative paths. Every
// layer's paths come through here.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// The absolute path that `text` means. A relative one stands on `base`, or on the working directory
// when `base` is empty. `$TMPDIR` is the temporary directory and `$HOME` the home even when those
// variables are unset; any other variable that is unset is an error. `..` is kept where a symbolic
// link could stand before it: the kernel resolves it.
Result<std::string> expand_path(std::string_view text, const std::string& base,
                                const Surroundings& surroundings);

// The same without `~` and without making it absolute, for values of tools' own files.
Result<std::string> expand_variables(std::string_view text, const Surroundings& surroundings);

}  // namespace sefaca
