// What looks like a credential: names of variables, and values that carry a secret whatever their
// name.
#pragma once

#include <span>
#include <string_view>

namespace sefaca {

struct CredentialPattern {
  std::string_view pattern;  // of the name in upper case, with * for any characters
  std::string_view why;      // "token", "password"
};

// The table, as `config show` prints it. The first row that matches decides; `why` is empty for
// names that only look like one.
std::span<const CredentialPattern> credential_patterns();

bool name_is_credential(std::string_view name);

// A URL with a password, an Authorization header, or a private key.
bool value_is_credential(std::string_view value);

}  // namespace sefaca
