// What is refused before TOML is parsed: too large, no text, nested too deep.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace sefaca {

// nullopt: the text may be given to the parser.
std::optional<Error> check_text(std::string_view text, const std::string& path);

}  // namespace sefaca
