// What a secret looks like inside one piece of text: names, headers, URLs, tokens of known shapes.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sefaca {

// "--password", "GITHUB_TOKEN", "client.secret", "Authorization": case and leading dashes do not
// matter.
bool names_a_secret(std::string_view name);
// "Bearer", "Basic" …: the word before the credential in an authorization header.
bool is_authorization_scheme(std::string_view word);

// `text` with each of `secrets` replaced. One of one or two bytes only where it is the whole text.
std::string without_values(std::string_view text, std::span<const std::string> secrets);

struct PatternResult {
  std::string text;
  // The text ends in a header's name (and scheme): the credential is in what follows.
  bool header_continues = false;
};
// `text` without what the patterns match. `whole_word`: the text is one word of a command, so that
// the value in `--password=VALUE` goes on to its end, spaces and all.
PatternResult without_patterns(std::string_view text, bool whole_word);

}  // namespace sefaca
