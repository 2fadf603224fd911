// Redaction: takes passwords and tokens out of text before it is written to the log.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sefaca {

// What stands in a secret's place.
inline constexpr std::string_view kRedacted = "[redacted]";

// The words of a command without passwords in URLs, the values of authorization headers, of options
// and variables that are named like credentials, tokens of a known shape, and `secret_values`.
// The text of a shell line (`sh -c TEXT`) is looked at word by word.
std::vector<std::string> redact_words(std::span<const std::string> words,
                                      std::span<const std::string> secret_values);

// The same for text that is no command: a path, an address, a sentence.
std::string redact_text(std::string_view text, std::span<const std::string> secret_values);

}  // namespace sefaca
