// The table of credential names, and the shapes of credential values.
#include "core/policy/credentials.h"

#include <algorithm>
#include <string>

#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr CredentialPattern kPatterns[] = {
    // Names that end like a credential and are none.
    {"GPG_KEY", ""},
    {"*_NO_PASSWORD", ""},
    {"*_ALLOW_EMPTY_PASSWORD", ""},

    {"TOKEN", "token"},
    {"*_TOKEN", "token"},
    {"*_AUTHTOKEN", "token"},
    {"*_ACCESSTOKEN", "token"},
    {"*_JWT", "token"},
    {"CI_JOB_JWT_*", "token"},
    {"*_PAT", "token"},
    {"ACTIONS_*", "a CI job's own"},
    {"PASSWORD", "password"},
    {"*_PASSWORD", "password"},
    {"*_PASSWORDS", "password"},
    {"*_PASSWD", "password"},
    {"*_PASS", "password"},
    {"*_PASSPHRASE", "password"},
    {"PGPASSWORD", "password"},
    {"SSHPASS", "password"},
    {"MYSQL_PWD", "password"},
    {"RESTIC_PASSWORD*", "password"},
    {"SECRET", "secret"},
    {"*_SECRET", "secret"},
    {"*_SECRETS", "secret"},
    {"*_SECRET_KEY", "secret"},
    {"*_SECRET_KEY_BASE", "secret"},
    {"SECRET_KEY", "secret"},
    {"SECRET_KEY_BASE", "secret"},
    {"*_CLIENT_SECRET_*", "secret"},
    {"AWS_ACCESS_KEY_ID", "key"},
    {"*_ACCESS_KEY", "key"},
    {"*_ACCOUNT_KEY", "key"},
    {"*_STORAGE_KEY", "key"},
    {"API_KEY", "key"},
    {"APIKEY", "key"},
    {"*_API_KEY", "key"},
    {"*_API_KEYS", "key"},
    {"*_APIKEY", "key"},
    {"*_PRIVATE_KEY", "key"},
    {"*_SIGNING_KEY", "key"},
    {"*_ENCRYPTION_KEY", "key"},
    {"*_MASTER_KEY", "key"},
    {"*_DEPLOY_KEY", "key"},
    {"*_AUTH_KEY", "key"},
    {"*_SSH_KEY", "key"},
    {"*_CREDENTIAL", "credentials"},
    {"*_CREDENTIALS", "credentials"},
    {"*_CONNECTION_STRING", "credentials"},
    {"*_WEBHOOK_URL", "credentials"},
    {"NPM_CONFIG__AUTH", "credentials"},
    {"*:_AUTH", "credentials"},
    {"*:_PASSWORD", "password"},
    {"*:_AUTHTOKEN", "token"},
    {"DOCKER_AUTH_CONFIG", "credentials"},
    {"BW_SESSION", "session"},
    {"OP_SESSION_*", "session"},
    {"SEFACA_LOG_TOKEN", "token of sefaca's own log"},
};

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

// wildcard_match, but quick for the common shapes: every variable meets every row.
bool matches(std::string_view pattern, std::string_view name) {
  if (name.empty() || (pattern.back() != '*' && pattern.back() != name.back())) return false;
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  if (star == 0 && pattern.find('*', 1) == std::string_view::npos)
    return name.ends_with(pattern.substr(1));
  if (star + 1 == pattern.size()) return name.starts_with(pattern.substr(0, star));
  return wildcard_match(pattern, name);
}

// A scheme, then `user:password@` with a password that is not empty.
bool has_url_password(std::string_view value) {
  constexpr std::string_view kMark = "://";
  for (std::size_t at = value.find(kMark); at != std::string_view::npos;
       at = value.find(kMark, at + kMark.size())) {
    std::string_view authority = value.substr(at + kMark.size());
    authority = authority.substr(0, authority.find_first_of("/?# \t\n\"'"));
    const std::size_t end = authority.rfind('@');
    const std::size_t colon = authority.find(':');
    if (end != std::string_view::npos && colon != std::string_view::npos && colon + 1 < end)
      return true;
  }
  return false;
}

// "Authorization:" in any case. Values such as LS_COLORS are long, so nothing is copied.
bool has_authorization(std::string_view value) {
  constexpr std::string_view kWord = "authorization";
  for (std::size_t at = value.find(':'); at != std::string_view::npos;
       at = value.find(':', at + 1)) {
    if (at < kWord.size() || (value[at - 1] | 0x20) != 'n') continue;
    if (lower(value.substr(at - kWord.size(), kWord.size())) == kWord) return true;
  }
  return false;
}

}  // namespace

std::span<const CredentialPattern> credential_patterns() {
  return kPatterns;
}

bool name_is_credential(std::string_view name) {
  const std::string wanted = upper(name);
  for (const CredentialPattern& row : kPatterns) {
    if (matches(row.pattern, wanted)) return !row.why.empty();
  }
  return false;
}

bool value_is_credential(std::string_view value) {
  if (has_url_password(value) || has_authorization(value)) return true;
  const std::size_t begin = value.find("-----BEGIN ");
  return begin != std::string_view::npos &&
         value.find("PRIVATE KEY-----", begin) != std::string_view::npos;
}

}  // namespace sefaca
