// Bytes in a log of UTF-8: what is not UTF-8 is shown with replacement characters and kept in
// base64 (RFC 4648, with padding).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sefaca {

bool is_utf8(std::string_view bytes);  // well formed: no surrogates, nothing overlong
std::string replace_invalid_utf8(std::string_view bytes);  // U+FFFD for each byte that is wrong
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);  // nullopt: malformed

}  // namespace sefaca
