// The tables of a runner's files.
#include "core/policy/runner.h"

#include <algorithm>
#include <string_view>

#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::string_view kSteering[] = {"GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT",
                                          "GITHUB_STATE", "GITHUB_STEP_SUMMARY"};

constexpr std::string_view kCredentials[] = {
    "git-credentials-*",  // actions/checkout from 6 on
    "gha-creds-*",        // google-github-actions/auth
    ".npmrc",
    ".netrc",
    "*credentials*",
    "*kubeconfig*",
    "*_rsa",
    "*_ed25519",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keychain*",
    "*.mobileprovision",
};

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// A UUID without an ending: actions/checkout's ssh key, and the script of a step with a shell of
// its own (`shell: sefaca run … {0}`).
bool is_uuid(std::string_view name) {
  constexpr std::string_view kShape = "00000000-0000-0000-0000-000000000000";
  return std::equal(name.begin(), name.end(), kShape.begin(), kShape.end(), [](char c, char shape) {
    return (c == '-') == (shape == '-') && (c == '-' || is_hex(c));
  });
}

std::string temporary_directory(const Surroundings& surroundings) {
  const std::string path = surroundings.variable("RUNNER_TEMP");
  return path.starts_with('/') ? path : std::string();
}

}  // namespace

bool is_steering_directory(std::string_view path) {
  return base_name(path) == "_runner_file_commands";
}

DoorPaths runner_paths(const Command& command, const Surroundings& surroundings) {
  DoorPaths out;
  for (const std::string_view name : kSteering) {
    const std::string path = surroundings.variable(name);
    if (!path.starts_with('/')) continue;
    out.protect.push_back(path);
    const std::string directory(parent_path(path));
    const bool seen =
        std::find(out.protect.begin(), out.protect.end(), directory) != out.protect.end();
    if (is_steering_directory(directory) && !seen) out.protect.push_back(directory);
  }
  const std::string temporary = temporary_directory(surroundings);
  if (temporary.empty()) return out;
  for (const std::string& word : command.argv) {
    if (!word.starts_with('/') || parent_path(word) != temporary) continue;
    const auto info = surroundings.files->info(word);
    if (!info || info->type != FileInfo::Type::file) continue;
    out.read.push_back(word);
    if (is_uuid(base_name(word))) out.scripts.push_back(word);
  }
  return out;
}

std::vector<std::string> runner_credentials(const Surroundings& surroundings) {
  std::vector<std::string> out;
  const std::string temporary = temporary_directory(surroundings);
  if (temporary.empty()) return out;
  for (const std::string& name : surroundings.files->list(temporary)) {
    const auto fits = [&](std::string_view pattern) { return wildcard_match(pattern, name); };
    if (is_uuid(name) || std::any_of(std::begin(kCredentials), std::end(kCredentials), fits))
      out.push_back(absolute_path(name, temporary));
  }
  return out;
}

}  // namespace sefaca
