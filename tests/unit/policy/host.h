// A pretended host for tests of the policy: a user `u` with a project in the home.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/policy/builder.h"
#include "core/policy/paths.h"
#include "core/policy/remembering_files.h"
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

inline Result<Policy> build_on(const Surroundings& surroundings,
                               std::vector<Assignment> assignments,
                               std::vector<PresetDefinition> presets,
                               std::vector<Assignment> bounds) {
  PolicyBuilder builder(surroundings);
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

// Every rule, or every error.
inline std::string rules_of(const Result<Policy>& policy) {
  if (!policy) return errors_of(policy);
  std::string out;
  for (const PathRule& rule : (*policy)->paths) {
    out +=
        concat(name_of(rule.access), " ", rule.path, " (", rule.reason, ", ", rule.origin, ")\n");
  }
  return out;
}

// The policy, as every test wants it. That files which are asked once give the same is seen on the
// way: the launcher makes its policies on those.
inline Result<Policy> build(const Host& host, const std::vector<Assignment>& assignments,
                            const std::vector<PresetDefinition>& presets = {},
                            const std::vector<Assignment>& bounds = {}) {
  auto plain = build_on(host.surroundings, assignments, presets, bounds);
  const RememberingFiles files(*host.surroundings.files);
  Surroundings once = host.surroundings;
  once.files = &files;
  for (const std::string& directory : {std::string("/"), once.cwd, once.home, std::string("/run")})
    static_cast<void>(files.names_in(directory));
  EXPECT_EQ(rules_of(plain), rules_of(build_on(once, assignments, presets, bounds)));
  return plain;
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
