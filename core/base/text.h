// Text: joining, splitting, quoting and spelling. Bytes in, bytes out; nothing here knows a locale.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sefaca {

// All pieces one after the other.
template <class... Pieces>
std::string concat(const Pieces&... pieces) {
  std::string out;
  (out.append(std::string_view(pieces)), ...);
  return out;
}

std::vector<std::string> split(std::string_view text, char separator);  // empty pieces are kept
std::string join(std::span<const std::string> pieces, std::string_view separator);
std::string_view trim(std::string_view text);  // white space of the C locale, both ends
std::string lower(std::string_view text);      // ASCII only

// The word as a shell reads it back; unchanged where it needs no quoting, '' for the empty word.
std::string shell_quote(std::string_view word);
std::string shell_join(std::span<const std::string> words);

// For messages: control bytes and bytes that are not UTF-8 become \xNN, so that a path can't drive
// a terminal.
std::string printable(std::string_view bytes);
// At most `bytes` of it and then "…", cut before a character of UTF-8; as it is when it is no
// longer.
std::string cut_to(std::string text, std::size_t bytes);

// The word of `known` nearest to `word` by edits (with swaps), or empty when none is near enough
// to be a slip of the fingers.
std::string nearest(std::string_view word, std::span<const std::string_view> known);

// "did you mean 'strict'?" or, when nothing is near, "one of: a, b, c".
std::string spelling_hint(std::string_view word, std::span<const std::string_view> known);

// strerror without a locale or a lock: "EACCES (Permission denied)".
std::string errno_text(int errno_value);

// glob with * and ? over the whole of `text` (no brackets, no path rules).
bool wildcard_match(std::string_view pattern, std::string_view text);

}  // namespace sefaca
