// A violation as one line for a person: what, where, who, and how to allow it.
#pragma once

#include <string>

#include "core/audit/violation.h"

namespace sefaca {

// "sefaca: filesystem_read_denied: /x/key (open, cat): Use --readonly=/x if …", with the newline.
std::string violation_line(const Violation& violation, bool colour);

}  // namespace sefaca
