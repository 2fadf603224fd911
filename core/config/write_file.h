// Writing a small file so that a reader sees the old or the new one, and never a half.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace sefaca {

// Writes a temporary file beside `path` and renames it into place; makes missing directories
// (owner-only). A symbolic link is followed and stays. An existing file keeps its mode, a new one
// is owner-only.
Status write_file(const std::string& path, std::string_view text);

}  // namespace sefaca
