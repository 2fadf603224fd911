// The identity of this very executable, so that what one build kept is not read by another.
#pragma once

#include <string>

namespace sefaca {

// The version, and the linker's build ID (ld(1), --build-id) in hexadecimal.
std::string build_id();

}  // namespace sefaca
