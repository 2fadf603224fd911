// The table of caches, and ccache's own rules for finding its directory.
#include "core/policy/caches.h"

#include <algorithm>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/expand.h"
#include "core/policy/levels.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

enum class Entry { directory, file };  // a file is granted when it is there, never made

struct Row {
  std::string_view tool;
  Place place;  // where it is unless the variable moves it
  std::string_view path;
  std::string_view moved;  // "VARIABLE" or "VARIABLE/below"; empty: nothing moves it
  Entry entry = Entry::directory;
};

// Only caches: what is run or decides later runs (~/.cargo/bin, ~/.gradle/init.d) is not here.
constexpr Row kTable[] = {
    {"bazel", Place::cache, "bazel", ""},
    {"bazel", Place::cache, "bazelisk", "BAZELISK_HOME"},
    {"bun", Place::home, ".bun/install/cache", "BUN_INSTALL_CACHE_DIR"},
    {"bundler", Place::home, ".bundle/cache", "BUNDLE_USER_CACHE"},
    {"cabal", Place::home, ".cabal/packages", ""},
    {"cabal", Place::home, ".cabal/store", ""},
    {"cargo", Place::home, ".cargo/registry", "CARGO_HOME/registry"},
    {"cargo", Place::home, ".cargo/git", "CARGO_HOME/git"},
    {"cargo", Place::home, ".cargo/.package-cache", "CARGO_HOME/.package-cache", Entry::file},
    {"cargo", Place::home, ".cargo/.package-cache-mutate", "CARGO_HOME/.package-cache-mutate",
     Entry::file},
    {"cargo", Place::home, ".cargo/.global-cache", "CARGO_HOME/.global-cache", Entry::file},
    {"composer", Place::cache, "composer", "COMPOSER_CACHE_DIR"},
    {"conan", Place::home, ".conan2/p", "CONAN_HOME/p"},
    {"conan", Place::home, ".conan/data", "CONAN_USER_HOME/.conan/data"},
    {"coursier", Place::cache, "coursier", "COURSIER_CACHE"},
    {"cypress", Place::cache, "Cypress", "CYPRESS_CACHE_FOLDER"},
    {"dart", Place::home, ".pub-cache", "PUB_CACHE"},
    {"deno", Place::cache, "deno", "DENO_DIR"},
    {"dub", Place::home, ".dub/packages", "DUB_HOME/packages"},
    {"electron", Place::cache, "electron", "ELECTRON_CACHE"},
    {"fontconfig", Place::cache, "fontconfig", ""},
    {"go", Place::cache, "go-build", "GOCACHE"},
    {"go", Place::home, "go/pkg/mod", "GOMODCACHE"},
    {"go", Place::none, "", "GOPATH/pkg/mod"},
    {"go", Place::home, "go/pkg/sumdb", "GOPATH/pkg/sumdb"},
    {"gradle", Place::home, ".gradle/caches", "GRADLE_USER_HOME/caches"},
    {"gradle", Place::home, ".gradle/wrapper", "GRADLE_USER_HOME/wrapper"},
    {"gradle", Place::home, ".gradle/daemon", "GRADLE_USER_HOME/daemon"},
    {"gradle", Place::home, ".gradle/native", "GRADLE_USER_HOME/native"},
    {"gradle", Place::home, ".gradle/notifications", "GRADLE_USER_HOME/notifications"},
    {"gradle", Place::home, ".gradle/workers", "GRADLE_USER_HOME/workers"},
    {"ivy", Place::home, ".ivy2/cache", ""},
    {"maven", Place::home, ".m2/repository", ""},
    {"maven", Place::home, ".m2/wrapper", "MAVEN_USER_HOME/wrapper"},
    {"mypy", Place::cache, "mypy", "MYPY_CACHE_DIR"},
    {"npm", Place::home, ".npm", "npm_config_cache"},
    {"npm", Place::none, "", "NPM_CONFIG_CACHE"},
    {"nuget", Place::home, ".nuget/packages", "NUGET_PACKAGES"},
    {"nuget", Place::data, "NuGet", ""},
    {"pip", Place::cache, "pip", "PIP_CACHE_DIR"},
    {"pipenv", Place::cache, "pipenv", "PIPENV_CACHE_DIR"},
    {"playwright", Place::cache, "ms-playwright", "PLAYWRIGHT_BROWSERS_PATH"},
    {"pnpm", Place::data, "pnpm/store", "PNPM_HOME/store"},
    {"pnpm", Place::cache, "pnpm", ""},
    {"poetry", Place::cache, "pypoetry", "POETRY_CACHE_DIR"},
    {"pre-commit", Place::cache, "pre-commit", "PRE_COMMIT_HOME"},
    {"sbt", Place::home, ".sbt/boot", ""},
    {"sccache", Place::cache, "sccache", "SCCACHE_DIR"},
    {"stack", Place::home, ".stack/pantry", "STACK_ROOT/pantry"},
    {"stack", Place::home, ".stack/snapshots", "STACK_ROOT/snapshots"},
    {"swift", Place::cache, "org.swift.swiftpm", ""},
    {"uv", Place::cache, "uv", "UV_CACHE_DIR"},
    {"vcpkg", Place::cache, "vcpkg", "VCPKG_DEFAULT_BINARY_CACHE"},
    {"vcpkg", Place::none, "", "VCPKG_DOWNLOADS"},
    {"yarn", Place::cache, "yarn", "YARN_CACHE_FOLDER"},
    {"yarn", Place::home, ".yarn/berry", "YARN_GLOBAL_FOLDER"},
    {"zig", Place::cache, "zig", "ZIG_GLOBAL_CACHE_DIR"},
};

constexpr std::string_view kCcache = "ccache";

// The tools in the table's order, each once, with ccache (whose directory is found by its own
// rules) and "all".
const std::vector<std::string_view>& names() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> out{kAllCaches, kCcache};
    for (const Row& row : kTable) {
      if (std::find(out.begin(), out.end(), row.tool) == out.end()) out.push_back(row.tool);
    }
    return out;
  }();
  return kNames;
}

// `cache_dir` in one of ccache's configuration files, expanded; empty when it is not there.
std::string configured_cache_dir(const Surroundings& surroundings, const std::string& file) {
  constexpr std::size_t kLargest = 1 << 16;
  const auto content = surroundings.files->read(file, kLargest);
  if (!content) return {};
  std::string found;
  for (const std::string& line : split(*content, '\n')) {
    const std::string_view text = trim(line);
    const std::size_t equals = text.find('=');
    if (text.starts_with('#') || equals == std::string_view::npos) continue;
    if (trim(text.substr(0, equals)) != "cache_dir") continue;
    const auto value = expand_path(trim(text.substr(equals + 1)), "", surroundings);
    if (value) found = *value;
  }
  return found;
}

bool is_on_path(std::string_view program, const Surroundings& surroundings) {
  for (const std::string& directory : split(surroundings.variable("PATH"), ':')) {
    if (directory.starts_with('/') &&
        surroundings.files->executable(concat(directory, "/", program)))
      return true;
  }
  return false;
}

class Collector {
 public:
  Collector(const Surroundings& surroundings, const Places& places,
            const std::vector<std::string>& homes)
      : surroundings_(surroundings), places_(places), homes_(homes) {}

  void add_tool(std::string_view tool, const CacheWish& wish, bool make) {
    if (tool == kCcache) return add_ccache(wish, make);
    for (const Row& row : kTable) {
      if (row.tool != tool) continue;
      const bool made = make && row.entry == Entry::directory;
      add(place_of(row, made), tool, wish, made);
    }
  }

  CacheGrants take() { return std::move(out_); }

 private:
  // Where the cache is; empty: nowhere. One that is not to be made may be left out when missing.
  [[nodiscard]] std::string place_of(const Row& row, bool made) const {
    if (!row.moved.empty()) {
      const auto moved = places_.resolve(Place::variable, row.moved);
      const std::string_view variable = row.moved.substr(0, row.moved.find('/'));
      // Tools take an absolute path; a relative one, or several, is no directory of theirs.
      if (!moved.empty() && surroundings_.variable(std::string(variable)).starts_with('/'))
        return moved.front();
    }
    const auto usual =
        made ? places_.resolve(row.place, row.path) : places_.likely(row.place, row.path);
    return usual.empty() ? std::string() : usual.back();
  }

  void add_ccache(const CacheWish& wish, bool make) {
    const std::string directory = ccache_directory(surroundings_, places_);
    const bool wanted = make || (!directory.empty() && !surroundings_.files->exists(directory) &&
                                 is_on_path(kCcache, surroundings_));
    add(directory, kCcache, wish, wanted);
    // ccache prefers this one for its temporary files once it is there.
    for (const std::string& path : places_.likely(Place::runtime, "ccache-tmp"))
      add(path, kCcache, wish, false);
  }

  void add(const std::string& path, std::string_view tool, const CacheWish& wish, bool make) {
    if (path.empty() || holds_a_home(path, homes_)) return;
    auto real = surroundings_.files->real_path(path);
    if (!real) {
      if (!make) return;
      const std::string parent(parent_path(path));
      const auto real_parent = surroundings_.files->real_path(parent);
      real = real_parent ? absolute_path(base_name(path), *real_parent) : path;
      out_.make_directories.push_back(*real);
    }
    if (holds_a_home(*real, homes_)) return;
    out_.rules.push_back({.path = *real,
                          .access = Access::write,
                          .kind = PathRule::Kind::grant,
                          .reason = concat("cache of ", tool),
                          .origin = wish.origin});
  }

  const Surroundings& surroundings_;
  const Places& places_;
  const std::vector<std::string>& homes_;
  CacheGrants out_;
};

}  // namespace

std::span<const std::string_view> cache_names() {
  return names();
}

std::string ccache_directory(const Surroundings& surroundings, const Places& places) {
  if (const std::string named = surroundings.variable("CCACHE_DIR"); !named.empty())
    return absolute_path(named, surroundings.cwd);
  const auto config = places.resolve(Place::config, "ccache/ccache.conf");
  const auto cache = places.resolve(Place::cache, "ccache");
  const auto old = places.resolve(Place::home, ".ccache");
  const bool has_old = !old.empty() && surroundings.files->is_directory(old.back());

  std::string file = surroundings.variable("CCACHE_CONFIGPATH");
  if (file.empty() && has_old) file = old.back() + "/ccache.conf";
  if (file.empty() && !config.empty()) file = config.back();
  if (!file.empty()) {
    if (std::string found = configured_cache_dir(surroundings, file); !found.empty()) return found;
  }
  if (std::string found = configured_cache_dir(surroundings, "/etc/ccache.conf"); !found.empty())
    return found;
  if (has_old) return old.back();
  return cache.empty() ? std::string() : cache.back();
}

CacheGrants cache_grants(std::span<const CacheWish> wishes, const Surroundings& surroundings,
                         const Places& places, const std::vector<std::string>& homes) {
  Collector found(surroundings, places, homes);
  for (const CacheWish& wish : wishes) {
    if (wish.name == kAllCaches) {
      for (const std::string_view tool : cache_names()) {
        if (tool != kAllCaches) found.add_tool(tool, wish, false);
      }
    } else {
      found.add_tool(wish.name, wish, wish.by_person);
    }
  }
  return found.take();
}

}  // namespace sefaca
