// The policies of one top make, kept from line to line: the first line that wants one makes it, the
// others read it. ARCHITECTURE.md says why that is safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/policy/policy.h"
#include "core/policy/surroundings.h"
#include "launcher/command_line.h"
#include "launcher/make_caller.h"

namespace sefaca {

class MakeCache {
 public:
  // `request` as its policy will be asked for. The name of the plan is a digest of everything that
  // the policy is made from and that is no file: the make (pid and start), this user, the working
  // directory, the request's own choices, and the whole environment.
  MakeCache(const MakeCaller& caller, const RunRequest& request, const Surroundings& surroundings);

  // nullopt: there is none, or what it was made from has changed.
  [[nodiscard]] std::optional<Policy> find() const;

  // Keeps it, and removes those of makes that have ended. `files`: the configuration that was read.
  // What goes wrong is no error: the next line makes its own. Nothing is kept of a policy that
  // gives values of variables, which belong into no file.
  void keep(const Policy& policy, const std::vector<std::string>& files) const;

 private:
  const Surroundings& surroundings_;
  std::string directory_;  // empty: there is no place for it
  std::string make_;       // "PID-START"
  std::string path_;
};

}  // namespace sefaca
