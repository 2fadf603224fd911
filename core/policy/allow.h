// What `--allow` may name: things that a filter or a scope refuses and a person may want.
#pragma once

#include <span>
#include <string_view>

namespace sefaca {

struct Allowable {
  std::string_view name;
  std::string_view help;  // one line, no full stop
};

std::span<const Allowable> allowables();
std::span<const std::string_view> allowable_names();

}  // namespace sefaca
