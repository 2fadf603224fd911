// Durations, sizes, counts and path lists: parsed here and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace sefaca {

// "60" (seconds), "90s", "1500ms", "5m", "1h", "none" -> milliseconds; nullopt is "none".
Result<std::optional<std::uint64_t>> parse_duration(std::string_view text);
// "1048576", "64k", "512m", "4g", "1t" (powers of 1024; "mb"/"MiB" too), "none" -> bytes.
Result<std::optional<std::uint64_t>> parse_bytes(std::string_view text);
// A whole number, or "none".
Result<std::optional<std::uint64_t>> parse_count(std::string_view text);

std::string format_duration(std::optional<std::uint64_t> milliseconds);  // "90s", "5m", "none"
std::string format_bytes(std::optional<std::uint64_t> bytes);            // "512m", "none"

}  // namespace sefaca
