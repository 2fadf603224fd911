#include "core/policy/door_limits.h"

#include <algorithm>
#include <string>

#include "core/base/text.h"
#include "core/policy/fold.h"
#include "core/policy/levels.h"
#include "core/policy/units.h"

namespace sefaca {
namespace {

// Whether a preset of our table gave it, or level default, which stands below every preset.
bool from_our_table(const Written& won) {
  if (!won.derived || won.by_person) return false;
  return won.from_preset || (won.layer <= Layer::door && won.origin.starts_with("level default "));
}

// The larger of two limits; nullopt is none, the largest.
std::optional<std::uint64_t> larger(std::optional<std::uint64_t> a,
                                    std::optional<std::uint64_t> b) {
  if (!a || !b) return std::nullopt;
  return std::max(*a, *b);
}

}  // namespace

void apply_door_limits(const DoorLimits& door, const Surroundings& surroundings, Folded& folded) {
  const auto raise = [&](std::string_view name, const auto& value) {
    const Key& key = *find_key(name);
    const Written* won = folded.winner(key);
    if (won == nullptr || !from_our_table(*won)) return;
    const std::string now = won->values.front();
    std::string wanted = door.unlimited ? "none" : value(now);
    if (wanted == now) return;
    Written written = *won;
    written.values = {std::move(wanted)};
    written.origin = concat(won->origin, ", for each step of a build");
    folded.write(key, std::move(written));
  };
  raise("memory", [&](const std::string& now) {
    const auto half = half_of_memory(surroundings.machine_memory_bytes);
    return format_bytes(larger(*parse_bytes(now), *parse_bytes(half)));
  });
  raise("timeout", [&](const std::string& now) {
    return format_duration(larger(*parse_duration(now), door.tool_time_ms));
  });
}

}  // namespace sefaca
