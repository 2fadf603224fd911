// What a secret looks like inside one piece of text.
#include "core/audit/secret_patterns.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "core/audit/redact.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
// Shorter ones are only looked for as the whole text.
constexpr std::size_t kShortSecret = 3;

// A name is a secret's when it ends in one of these ("-" and "." read as "_").
constexpr std::array<std::string_view, 15> kSecretEndings = {
    "password",   "passwd",     "passphrase", "secret",   "token",
    "apikey",     "api_key",    "access_key", "auth_key", "private_key",
    "secret_key", "credential", "signature",  "cookie",   "authorization"};
// … or when it is one of these, or ends in one of them after a "_".
constexpr std::array<std::string_view, 6> kSecretWords = {"pass",    "auth", "credentials",
                                                          "secrets", "sig",  "secretkey"};
// After these, with a colon, everything to the end of the line is the credential.
constexpr std::array<std::string_view, 4> kHeaderEndings = {"authorization", "cookie", "token",
                                                            "api_key"};
constexpr std::array<std::string_view, 9> kSchemes = {"bearer",    "basic", "digest",
                                                      "negotiate", "token", "apikey",
                                                      "ntlm",      "hoba",  "aws4-hmac-sha256"};

struct TokenShape {
  std::string_view prefix;
  std::size_t least;  // characters after the prefix
};
constexpr std::array<TokenShape, 20> kTokenShapes = {{
    {"ghp_", 20},        {"gho_", 20},   {"ghu_", 20},      {"ghs_", 20},     {"ghr_", 20},
    {"github_pat_", 20}, {"glpat-", 16}, {"npm_", 30},      {"pypi-", 40},    {"xoxb-", 16},
    {"xoxp-", 16},       {"xoxa-", 16},  {"sk-", 20},       {"sk_live_", 16}, {"rk_live_", 16},
    {"AIza", 30},        {"hf_", 30},    {"dckr_pat_", 16}, {"shpat_", 24},   {"eyJ", 40},
}};

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_quote(char c) {
  return c == '"' || c == '\'' || c == '`';
}
bool is_name_char(char c) {
  return is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
}
bool is_token_char(char c) {
  return is_name_char(c);
}

template <class Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <class Endings>
bool ends_in(std::string_view name, const Endings& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

std::string plain_name(std::string_view name) {
  const std::size_t first = name.find_first_not_of('-');
  if (first == kNone) return {};
  std::string out = lower(name.substr(first));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return out;
}

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// ---- URLs ----------------------------------------------------------------------------------

bool is_url_end(char c) {
  return is_space(c) || is_quote(c) || c == '<' || c == '>';
}

// The end of the userinfo in the authority at `begin`, that is its '@'; kNone when it has none. A
// password may hold a raw '/', '?' or '#': what follows the colon of a host is a port, so a colon
// with anything else behind it begins a password.
std::size_t userinfo_end(std::string_view text, std::size_t begin) {
  std::size_t url_end = begin;
  while (url_end < text.size() && !is_url_end(text[url_end])) ++url_end;
  const std::string_view rest = text.substr(begin, url_end - begin);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (const std::size_t at = authority.rfind('@'); at != kNone) return begin + at;
  const std::size_t colon = authority.find(':');
  if (colon == kNone || authority.starts_with('[')) return kNone;
  const std::string_view port = authority.substr(colon + 1);
  if (port.empty() || std::all_of(port.begin(), port.end(), is_digit)) return kNone;
  const std::size_t at = rest.rfind('@');
  return at == kNone ? kNone : begin + at;
}

// scheme://user:PASSWORD@host, and scheme://TOKEN@host for what is too long for a name.
std::string without_url_passwords(std::string_view text) {
  constexpr std::size_t kLongName = 16;
  std::string out;
  std::size_t done = 0;
  for (std::size_t mark = text.find("://"); mark != kNone; mark = text.find("://", mark + 3)) {
    const std::size_t begin = mark + 3;
    if (mark == 0 || begin < done || !is_alphanumeric(text[mark - 1])) continue;
    const std::size_t at = userinfo_end(text, begin);
    if (at == kNone) continue;
    const std::string_view userinfo = text.substr(begin, at - begin);
    std::size_t keep = userinfo.find(':');
    if (keep != kNone) {
      ++keep;
    } else if (userinfo.size() >= kLongName) {
      keep = 0;
    } else {
      continue;
    }
    if (keep == userinfo.size()) continue;  // an empty password
    out += text.substr(done, begin + keep - done);
    out += kRedacted;
    done = at;
  }
  out += text.substr(done);
  return out;
}

// ---- NAME=VALUE, NAME: VALUE ---------------------------------------------------------------

struct Span {
  std::size_t begin, end;
};

// Up to the quote that closes what opens at `open`; a backslash takes the next byte along.
Span quoted_value(std::string_view text, std::size_t open) {
  std::size_t at = open + 1;
  while (at < text.size() && text[at] != text[open]) at += text[at] == '\\' ? 2 : 1;
  return {open + 1, std::min(at, text.size())};
}

bool only_a_scheme(std::string_view value) {
  value = trim(value);
  return value.empty() || is_authorization_scheme(value);
}

// The value that stands at `at` after the name text[name.begin, name.end) and `separator`.
Span value_at(std::string_view text, Span name, char separator, std::size_t at, bool whole_word) {
  const std::string plain = plain_name(text.substr(name.begin, name.end - name.begin));
  if (separator == ':' && ends_in(plain, kHeaderEndings)) {
    // A header: to the end of the line, or to the quote that opened right before its name.
    std::string_view stop = "\r\n";
    std::array<char, 3> with_quote = {'\r', '\n', '\0'};
    if (name.begin > 0 && is_quote(text[name.begin - 1])) {
      with_quote[2] = text[name.begin - 1];
      stop = {with_quote.data(), with_quote.size()};
    }
    if (at < text.size() && (text[at] == '"' || text[at] == '\'')) return quoted_value(text, at);
    return {at, std::min(text.find_first_of(stop, at), text.size())};
  }
  if (at < text.size() && is_quote(text[at])) return quoted_value(text, at);
  const bool leads = text.substr(0, name.begin).find_first_not_of('-') == kNone;
  if (whole_word && leads && separator == '=') return {at, text.size()};
  std::size_t end = at;
  while (end < text.size() && !is_space(text[end]) && !is_quote(text[end]) &&
         std::string_view("&;,|)}<>").find(text[end]) == kNone)
    ++end;
  return {at, end};
}

PatternResult without_named_values(std::string_view text, bool whole_word) {
  PatternResult result;
  std::size_t done = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (!is_name_char(text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && is_name_char(text[at])) ++at;
    if (at == text.size() || !names_a_secret(text.substr(begin, at - begin))) continue;
    // A JSON name is closed by its quote.
    const bool in_quotes = begin > 0 && is_quote(text[begin - 1]) && text[at] == text[begin - 1];
    const std::size_t mark = skip_spaces(text, in_quotes ? at + 1 : at);
    if (mark >= text.size() || (text[mark] != '=' && text[mark] != ':')) continue;
    const char separator = text[mark];
    if (mark > at && !in_quotes && separator == '=') continue;  // "x = y" is prose or code
    if (separator == ':' && begin > 0 && text[begin - 1] == '/') continue;  // -v /run/secret:/x
    if (mark + 1 < text.size() && text[mark + 1] == separator) continue;    // "==", "::"
    const std::size_t value_begin = separator == ':' ? skip_spaces(text, mark + 1) : mark + 1;
    const Span value = value_at(text, {begin, at}, separator, value_begin, whole_word);
    const std::string_view content = text.substr(value.begin, value.end - value.begin);
    if (separator == ':' && whole_word && only_a_scheme(content)) {
      result.header_continues = value.end == text.size();
      at = std::max(at, value.end);
      continue;
    }
    if (content.empty()) continue;
    result.text += text.substr(done, value.begin - done);
    result.text += kRedacted;
    done = value.end;
    at = std::max(at, value.end);
  }
  result.text += text.substr(std::min(done, text.size()));
  return result;
}

// ---- Tokens by themselves ------------------------------------------------------------------

bool looks_random(std::string_view token) {
  constexpr std::size_t kLong = 20;
  constexpr std::size_t kShort = 8;
  return token.size() >= kLong ||
         (token.size() >= kShort && std::any_of(token.begin(), token.end(), is_digit));
}

bool has_token_shape(std::string_view run) {
  return std::any_of(kTokenShapes.begin(), kTokenShapes.end(), [&](const TokenShape& shape) {
    return run.starts_with(shape.prefix) && run.size() >= shape.prefix.size() + shape.least;
  });
}

// Tokens of a known shape, and what follows the word "Bearer".
std::string without_tokens(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  bool after_bearer = false;
  while (at < text.size()) {
    if (!is_token_char(text[at])) {
      if (!is_space(text[at])) after_bearer = false;
      out += text[at++];
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && (is_token_char(text[at]) ||
                                (after_bearer && std::string_view("+/=~").find(text[at]) != kNone)))
      ++at;
    const std::string_view run = text.substr(begin, at - begin);
    const bool secret = has_token_shape(run) || (after_bearer && looks_random(run));
    out += secret ? kRedacted : run;
    after_bearer = lower(run) == "bearer";
  }
  return out;
}

}  // namespace

bool names_a_secret(std::string_view name) {
  const std::string plain = plain_name(name);
  if (ends_in(plain, kSecretEndings)) return true;
  return std::any_of(kSecretWords.begin(), kSecretWords.end(), [&](std::string_view word) {
    return plain == word || (plain.size() > word.size() && plain.ends_with(word) &&
                             plain[plain.size() - word.size() - 1] == '_');
  });
}

bool is_authorization_scheme(std::string_view word) {
  return contains(kSchemes, lower(word));
}

std::string without_values(std::string_view text, std::span<const std::string> secrets) {
  if (secrets.empty()) return std::string(text);
  std::vector<std::string_view> longest_first;
  for (const std::string& secret : secrets) {
    if (secret.size() >= kShortSecret) longest_first.push_back(secret);
    if (!secret.empty() && text == secret) return std::string(kRedacted);
  }
  std::sort(longest_first.begin(), longest_first.end(),
            [](std::string_view a, std::string_view b) { return a.size() > b.size(); });
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    const auto found =
        std::find_if(longest_first.begin(), longest_first.end(),
                     [&](std::string_view secret) { return rest.starts_with(secret); });
    if (found == longest_first.end()) {
      out += text[at++];
    } else {
      out += kRedacted;
      at += found->size();
    }
  }
  return out;
}

PatternResult without_patterns(std::string_view text, bool whole_word) {
  // Most strings are short and plain: the shortest match is "bearer " and eight characters.
  constexpr std::size_t kShortestToken = 15;
  if (text.find_first_of(":=") == kNone)
    return {text.size() < kShortestToken ? std::string(text) : without_tokens(text), false};
  PatternResult named = without_named_values(without_url_passwords(text), whole_word);
  named.text = without_tokens(named.text);
  return named;
}

}  // namespace sefaca
