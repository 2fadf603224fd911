// A text to toml++'s tree, with every error of TOML's own syntax that can be told apart.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/config/source_text.h"
#include "core/config/toml_library.h"

namespace sefaca {

struct TomlSyntax {
  toml::table root;         // what the lines without an error say
  Errors errors;            // of the others, in the order of the text
  bool understood = false;  // false: an error changes what the rest means, so `root` says nothing
};

// `path`: for the messages.
TomlSyntax read_toml(std::string_view text, const std::string& path);

Position position(const toml::source_position& place);

}  // namespace sefaca
