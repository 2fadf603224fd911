// A pretended host with secrets and a repository, and what each backend makes of a policy there.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/backend/backend.h"
#include "tests/unit/policy/host.h"

namespace sefaca::testing {

struct Wish {
  Backend backend = Backend::podman;
  std::vector<Assignment> assignments{};
  EngineFacts facts{};
  std::string self = "/usr/bin/sefaca";
  Command command{.argv = {"make", "two words"}};
  bool interactive = false;
  bool terminal = false;
};

struct EnclosedHost : Host {
  EnclosedHost() {
    files.file("/home/u/.ssh/id_ed25519").file("/home/u/.aws/credentials").file("/home/u/.netrc");
    files.file("/home/u/p/.git/config").directory("/home/u/p/.git/hooks");
    set("NAME_OF_CI", "abc").set("LANG", "C.UTF-8");
    set("GITHUB_TOKEN", "hidden");
  }
  EnclosedHost& set(const std::string& name, const std::string& value) {
    Host::set(name, value);
    return *this;
  }

  [[nodiscard]] Result<Enclosure> enclose(const Wish& wish) const {
    auto policy = build_on(surroundings, wish.assignments, {}, {});
    if (!policy) return policy.errors();
    return make_enclosure({.policy = *policy,
                           .command = wish.command,
                           .surroundings = surroundings,
                           .backend = wish.backend,
                           .id = "01984d7e-5040-7abc-8def-0123456789ab",
                           .directory = "/tmp/sf-abcdef",
                           .engine = name_of(wish.backend),
                           .self = wish.self,
                           .facts = wish.facts,
                           .open_files = "1024:4096",
                           .processes = "-1:-1",
                           .terminal = wish.terminal,
                           .interactive = wish.interactive});
  }
};

inline bool has(const Enclosure& enclosure, std::string_view word) {
  return std::find(enclosure.argv.begin(), enclosure.argv.end(), word) != enclosure.argv.end();
}

inline const Gap* gap_of(const Enclosure& enclosure, std::string_view what) {
  for (const Gap& one : enclosure.gaps) {
    if (one.what == what) return &one;
  }
  return nullptr;
}

}  // namespace sefaca::testing
