// Whether one policy is as narrow as another: the one comparison that holds a project's file down.
#pragma once

#include <string>
#include <vector>

#include "core/policy/policy.h"

namespace sefaca {

struct Widening {
  std::string key;     // of the table: "network", "readwrite"
  std::string before;  // as a person writes it
  std::string after;
  std::string origin;  // where `after` comes from; may be empty
};

// Everything that `after` permits and `before` does not; empty: `after` is as narrow or narrower.
// Paths are compared by what each rule of either policy comes to in both, so that levels, presets,
// secrets and symbolic links count as what they do and not as how they are written.
std::vector<Widening> widenings(const Policy& before, const Policy& after);

}  // namespace sefaca
