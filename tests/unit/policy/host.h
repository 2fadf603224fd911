// A pretended host for tests of the policy: a user `u` with a project in the home.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "core/policy/builder.h"
#include "core/policy/paths.h"
#include "tests/unit/fake_file_system.h"

namespace sefaca::testing {

inline constexpr std::uint64_t kGibi = std::uint64_t{1} << 30;

struct Host {
  FakeFileSystem files;
  Surroundings surroundings;

  Host() {
    for (const char* path : {"/usr/bin", "/usr/lib", "/etc", "/proc", "/dev/pts", "/dev/shm",
                             "/tmp", "/home/u/p/src", "/run", "/sys/devices/system/cpu"})
      files.directory(path);
    for (const char* path : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
                             "/dev/tty", "/dev/ptmx"})
      files.device(path);
    files.link("/lib", "usr/lib").link("/bin", "usr/bin");
    surroundings.cwd = "/home/u/p";
    surroundings.home = "/home/u";
    surroundings.account_home = "/home/u";
    surroundings.user = std::string("u");
    surroundings.uid = 1000;
    surroundings.environment = {
        {"PATH", "/usr/bin:/bin"}, {"HOME", "/home/u"}, {"LANG", "C"}, {"TERM", "dumb"}};
    surroundings.machine_memory_bytes = 8 * kGibi;
    surroundings.files = &files;
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  void set(const std::string& name, const std::string& value) {
    surroundings.environment[name] = value;
  }
};

inline Assignment assign(Layer layer, std::string key, std::vector<std::string> values,
                         std::string origin = "") {
  Assignment out;
  out.layer = layer;
  out.values = std::move(values);
  out.origin = origin.empty() ? concat("--", key) : std::move(origin);
  out.key = std::move(key);
  return out;
}

// A flag: lists add up, as the command line's do.
inline Assignment flag(std::string key, std::vector<std::string> values) {
  Assignment out = assign(Layer::command_line, std::move(key), std::move(values));
  out.add = true;
  return out;
}

inline Result<Policy> build(const Host& host, std::vector<Assignment> assignments,
                            std::vector<PresetDefinition> presets = {},
                            std::vector<Assignment> bounds = {}) {
  PolicyBuilder builder(host.surroundings);
  for (auto& preset : presets) builder.define(std::move(preset));
  for (auto& assignment : assignments) builder.set(std::move(assignment));
  for (auto& bound : bounds) builder.enforce(std::move(bound));
  return builder.build({.argv = {"true"}});
}

// "WHERE: WHAT; REMEDY", one a line.
inline std::string text_of(const Errors& errors) {
  std::string out;
  for (const Error& error : errors) {
    out += error.where + ": " + error.what;
    if (!error.remedy.empty()) out += "; " + error.remedy;
    out += "\n";
  }
  return out;
}

inline std::string errors_of(const Result<Policy>& policy) {
  return policy ? "no error\n" : text_of(policy.errors());
}

inline const PathRule* rule_of(const Policy& policy, const std::string& path) {
  for (const PathRule& rule : policy->paths) {
    if (rule.path == path) return &rule;
  }
  return nullptr;
}

inline Access access_of(const Policy& policy, const std::string& path) {
  return access_at(policy->paths, path, Access::hide);
}

}  // namespace sefaca::testing
