// The tools' cache directories that `caches` names: one table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/places.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

std::span<const std::string_view> cache_names();  // of the tools, and "all"

// One part of `caches`.
struct CacheWish {
  std::string name;       // one of cache_names()
  bool by_person = true;  // not by a level or built-in preset
  std::string origin;
};

struct CacheGrants {
  std::vector<PathRule> rules;                // writable, links resolved
  std::vector<std::string> make_directories;  // granted and not there yet
};

// The directories that are there; a missing one is to be made when a person named its tool, or for
// ccache when that is on PATH. No cache is ever `/`, a home or a directory above one.
CacheGrants cache_grants(std::span<const CacheWish> wishes, const Surroundings& surroundings,
                         const Places& places, const std::vector<std::string>& homes);

// Where ccache keeps its cache, as `ccache -k cache_dir` says.
std::string ccache_directory(const Surroundings& surroundings, const Places& places);

}  // namespace sefaca
