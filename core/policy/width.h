// Which of two values of a key permits more.
#pragma once

#include <string_view>

#include "core/policy/keys.h"

namespace sefaca {

// True when `value` permits more than `bound` does, for scalars. For a key whose values are neither
// wider nor narrower than one another (`log`), true when they differ. Both must be well formed.
bool is_wider(const Key& key, std::string_view value, std::string_view bound);

}  // namespace sefaca
