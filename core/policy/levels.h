// The levels and the built-in presets of the contract, as tables of values that fold like any
// other layer's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/assignment.h"
#include "core/policy/builder.h"
#include "core/policy/policy.h"

namespace sefaca {

// A value that stands for a figure of the machine's; only levels use it.
inline constexpr std::string_view kHalfOfMemory = "half";
// That figure as a person writes it, in whole MiB; "none" where the machine's is not known.
std::string half_of_memory(std::uint64_t machine_memory_bytes);
// In `caches`: every tool of the table, as far as its directories are there.
inline constexpr std::string_view kAllCaches = "all";

std::span<const std::string_view> level_names();  // "strict", "default", "permissive"

// All values of a level; `name` is one of level_names(). Key, values and nothing else are set.
std::vector<Assignment> level_values(std::string_view name);

// The built-in presets, each with what it says beyond level default.
std::vector<PresetDefinition> built_in_presets();
// The one of that name; nullopt: there is none.
std::optional<PresetDefinition> built_in_preset(std::string_view name);

}  // namespace sefaca
