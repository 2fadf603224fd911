// Places: where the tables of secrets and caches look, resolved for one user.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/surroundings.h"

namespace sefaca {

enum class Place {
  home,      // below each home: $HOME and the account's
  config,    // below ~/.config, and $XDG_CONFIG_HOME where that is set
  data,      // below ~/.local/share, $XDG_DATA_HOME
  state,     // below ~/.local/state, $XDG_STATE_HOME
  cache,     // below ~/.cache, $XDG_CACHE_HOME
  runtime,   // below $XDG_RUNTIME_DIR and /run/user/UID
  run,       // below /run
  absolute,  // the path itself
  variable,  // the value of a variable, and what is named after it by a '/'; ':' between several
  socket,  // the unix socket in a variable's value: a path, "unix:path=…,…", "unix://…", "…,1,0"
  none,
};

class Places {
 public:
  explicit Places(const Surroundings& surroundings);

  // Every absolute path that a row of a table means; the one that counts for a tool is the last.
  // Relative values of variables stand on the working directory.
  [[nodiscard]] std::vector<std::string> resolve(Place place, std::string_view path) const;

  // The same without those that can't be there: a path whose first part is not in its base
  // directory is left out. What is left may still be missing.
  [[nodiscard]] std::vector<std::string> likely(Place place, std::string_view path) const;

 private:
  struct Base {
    std::string path;
    std::shared_ptr<const DirectoryNames> names{};  // looked at when they are first asked for
    bool looked_at = false;
  };
  using Bases = std::vector<Base>;

  [[nodiscard]] static Bases bases(std::vector<std::string> paths);
  [[nodiscard]] Bases* bases_of(Place place) const;
  [[nodiscard]] bool may_hold(Base& base, std::string_view name) const;
  [[nodiscard]] std::vector<std::string> from_variable(std::string_view path, bool socket) const;

  const Surroundings& surroundings_;
  mutable Bases homes_, config_, data_, state_, cache_, runtime_, run_;
};

}  // namespace sefaca
