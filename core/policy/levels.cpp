// The table of levels and presets.
#include "core/policy/levels.h"

#include <array>

#include "core/base/text.h"
#include "core/policy/units.h"

namespace sefaca {
namespace {

// One value of a level or preset. Lists are written with ':' between; empty: an empty list.
struct Row {
  std::string_view set;  // the level's or preset's name
  std::string_view key;
  std::string_view value;
};

// What a level does not name keeps the value of the layers below it. Strict empties every list
// that widens, so that it means the same whatever the files say.
constexpr Row kLevels[] = {
    {"strict", "network", "deny"},
    {"strict", "read", "all"},
    {"strict", "readwrite", ""},
    {"strict", "tmp", "private"},
    {"strict", "clean_env", "true"},
    {"strict", "env", ""},
    {"strict", "pids", "64"},
    {"strict", "memory", "512m"},
    {"strict", "timeout", "60"},
    {"strict", "caches", ""},
    {"strict", "allow", ""},
    {"strict", "keep_fd", ""},
    {"strict", "keep_background", "false"},
    {"strict", "on_unavailable", "fail"},

    {"default", "network", "localhost"},
    {"default", "read", "all"},
    {"default", "readwrite", "."},
    {"default", "tmp", "private"},
    {"default", "clean_env", "false"},
    {"default", "pids", "4096"},
    {"default", "memory", kHalfOfMemory},
    {"default", "timeout", "none"},
    {"default", "on_unavailable", "warn"},

    {"permissive", "network", "allow"},
    {"permissive", "read", "all"},
    {"permissive", "readwrite", "/"},
    {"permissive", "tmp", "host"},
    {"permissive", "clean_env", "false"},
    {"permissive", "pids", "16384"},
    {"permissive", "memory", "none"},
    {"permissive", "timeout", "none"},
    {"permissive", "on_unavailable", "warn"},
};

constexpr Row kPresets[] = {
    {"compiler", "network", "deny"},
    {"compiler", "read", "listed"},
    {"compiler", "readonly", "/usr:/lib"},
    {"compiler", "readwrite", ".:$TMPDIR"},
    {"compiler", "tmp", "host"},
    {"compiler", "caches", "ccache"},
    {"compiler", "memory", "2g"},
    {"compiler", "timeout", "300"},

    {"network-client", "network", "allow"},
    {"network-client", "read", "listed"},
    {"network-client", "readonly", "."},
    {"network-client", "readwrite", ""},
    {"network-client", "tmp", "host"},
    {"network-client", "memory", "512m"},
    {"network-client", "timeout", "30"},

    {"development", "network", "localhost"},
    {"development", "readwrite", ".:$HOME/.cache"},
    {"development", "tmp", "host"},
    {"development", "caches", kAllCaches},
    {"development", "memory", "1g"},
    {"development", "timeout", "120"},

    {"testing", "network", "localhost"},
    {"testing", "readwrite", ".:./tmp:./test-output"},
    {"testing", "tmp", "host"},
    {"testing", "caches", "ccache"},
    {"testing", "memory", "1g"},
    {"testing", "timeout", "600"},
};

constexpr std::array<std::string_view, 3> kLevelNames{"strict", "default", "permissive"};

Assignment assignment_of(const Row& row) {
  Assignment out;
  out.key = row.key;
  if (!row.value.empty()) out.values = split(row.value, ':');
  return out;
}

}  // namespace

std::string half_of_memory(std::uint64_t machine_memory_bytes) {
  constexpr std::uint64_t kMebi = 1024 * 1024;
  const std::uint64_t half = machine_memory_bytes / 2 / kMebi * kMebi;
  return half == 0 ? "none" : format_bytes(half);
}

std::span<const std::string_view> level_names() {
  return kLevelNames;
}

std::vector<Assignment> level_values(std::string_view name) {
  std::vector<Assignment> out;
  for (const Row& row : kLevels) {
    if (row.set == name) out.push_back(assignment_of(row));
  }
  return out;
}

std::vector<PresetDefinition> built_in_presets() {
  std::vector<PresetDefinition> out;
  for (const Row& row : kPresets) {
    const bool known = !out.empty() && out.back().name == row.set;
    if (!known) out.push_back(*built_in_preset(row.set));
  }
  return out;
}

std::optional<PresetDefinition> built_in_preset(std::string_view name) {
  std::optional<PresetDefinition> out;
  for (const Row& row : kPresets) {
    if (row.set != name) continue;
    if (!out) {
      out.emplace();
      out->name = name;
      out->origin = "built-in";
    }
    out->values.push_back(assignment_of(row));
  }
  return out;
}

}  // namespace sefaca
