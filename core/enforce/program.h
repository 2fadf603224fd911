// Finding the program that a command names, as execvp(3) does, before the environment is changed.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// The path to execute. The error's errno_value is ENOENT (exit 127) or EACCES (exit 126).
Result<std::string> find_program(const std::string& name, const Surroundings& surroundings);

}  // namespace sefaca
