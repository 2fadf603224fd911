#include "launcher/step_policies.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/configuration.h"
#include "core/policy/builder.h"
#include "core/policy/expand.h"
#include "core/policy/keys.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

constexpr const char* kDoor = "the CMake door";
constexpr const char* kDefaultPresets[] = {"compiler", "compiler", "compiler", "testing"};

using Calls = std::vector<std::size_t>;  // indices into the manifest's, in order

void append(Errors& errors, const Errors& more) {
  for (const Error& error : more) {
    const bool known = std::any_of(errors.begin(), errors.end(), [&](const Error& other) {
      return other.what == error.what && other.where == error.where;
    });
    if (!known) errors.push_back(error);
  }
}

// ---- which exceptions are about which step ----

class Exceptions {
 public:
  Exceptions(const Manifest& manifest, ResolvedBuild& out, Errors& errors)
      : manifest_(manifest), out_(out), errors_(errors) {
    for (std::size_t i = 0; i < manifest.calls.size(); ++i) sort_in(i);
  }

  // The combinations that occur, numbered from 1, and the roles that each is for.
  struct Combination {
    Calls calls;
    std::set<StepRole> roles;
  };
  std::vector<Combination> combinations;
  std::vector<std::string> lines;  // "KIND\tNAME\tNUMBER", for plan_name()

  void number() {
    for (const auto& [directory, calls] : directories_)
      add("DIRECTORY", directory, chain(directory), {std::begin(kStepRoles), std::end(kStepRoles)});
    for (const auto& [subject, calls] : subjects_) {
      const auto& [kind, name] = subject;
      Calls all = chain(directory_of(kind, name, calls));
      all.insert(all.end(), calls.begin(), calls.end());
      std::set<StepRole> roles{StepRole::custom};
      if (kind == "TEST") roles = {StepRole::test};
      if (kind == "TARGET") roles = {StepRole::compile, StepRole::link, StepRole::custom};
      add(kind, name, all, roles);
    }
  }

 private:
  void sort_in(std::size_t index) {
    const PolicyCall& call = manifest_.calls[index];
    for (const std::string& name : call.names) {
      if (call.kind == "DIRECTORY") {
        sort_directory(index, name);
        continue;
      }
      if (call.kind == "TARGET") check_name(call, name, manifest_.targets, "target");
      if (call.kind == "TEST") check_test(call, name);
      subjects_[{call.kind, name}].push_back(index);
    }
  }

  void sort_directory(std::size_t index, const std::string& name) {
    const PolicyCall& call = manifest_.calls[index];
    const std::string base = call.values.empty() ? manifest_.source : call.values.front().base;
    const std::string path = absolute_path(name, base);
    for (const auto& known : manifest_.directories) {
      if (known.name != path && known.directory != path) continue;
      directories_[known.directory].push_back(index);
      return;
    }
    std::vector<std::string_view> names;
    for (const auto& known : manifest_.directories) names.push_back(known.name);
    errors_.push_back({.what = concat("'", printable(name), "' is no directory of the project"),
                       .where = call.origin,
                       .remedy = spelling_hint(path, names)});
  }

  void check_name(const PolicyCall& call, const std::string& name,
                  const std::vector<Manifest::Place>& known, const char* what) {
    std::vector<std::string_view> names;
    for (const auto& place : known) names.push_back(place.name);
    if (std::find(names.begin(), names.end(), name) != names.end()) return;
    errors_.push_back({.what = concat("there is no ", what, " '", printable(name), "'"),
                       .where = call.origin,
                       .remedy = spelling_hint(name, names)});
  }

  // Tests that are discovered are not known before the build: only a slip of the fingers is told.
  void check_test(const PolicyCall& call, const std::string& name) {
    std::vector<std::string_view> names;
    for (const auto& place : manifest_.tests) names.push_back(place.name);
    if (std::find(names.begin(), names.end(), name) != names.end()) return;
    if (!nearest(name, names).empty()) return check_name(call, name, manifest_.tests, "test");
    out_.notes.push_back(concat(call.origin, ": no test '", printable(name),
                                "' is known yet: this is about one that is discovered"));
  }

  [[nodiscard]] Calls chain(const std::string& directory) const {
    std::vector<const std::string*> above;
    for (const auto& [path, calls] : directories_) {
      if (is_within(directory, path)) above.push_back(&path);
    }
    std::sort(above.begin(), above.end(),
              [](const auto* a, const auto* b) { return a->size() < b->size(); });
    Calls out;
    for (const auto* path : above) {
      const Calls& calls = directories_.at(*path);
      out.insert(out.end(), calls.begin(), calls.end());
    }
    return out;
  }

  [[nodiscard]] std::string directory_of(const std::string& kind, const std::string& name,
                                         const Calls& calls) const {
    const auto& places = kind == "TARGET" ? manifest_.targets : manifest_.tests;
    if (kind != "STEP") {
      for (const auto& place : places) {
        if (place.name == name) return place.directory;
      }
    }
    return manifest_.calls[calls.back()].directory;
  }

  void add(const std::string& kind, const std::string& name, const Calls& calls,
           const std::set<StepRole>& roles) {
    auto same = std::find_if(combinations.begin(), combinations.end(),
                             [&](const Combination& one) { return one.calls == calls; });
    if (same == combinations.end()) same = combinations.insert(same, {calls, {}});
    same->roles.insert(roles.begin(), roles.end());
    lines.push_back(
        concat(kind, "\t", name, "\t", std::to_string(same - combinations.begin() + 1)));
  }

  const Manifest& manifest_;
  ResolvedBuild& out_;
  Errors& errors_;
  std::map<std::string, Calls> directories_;                       // by build directory
  std::map<std::pair<std::string, std::string>, Calls> subjects_;  // by kind and name
};

// ---- the policy of a role ----

class Roles {
 public:
  Roles(const Manifest& manifest, const Surroundings& surroundings)
      : manifest_(manifest), surroundings_(surroundings) {}

  [[nodiscard]] std::vector<Assignment> assignments(StepRole role) const {
    const auto index = static_cast<std::size_t>(role);
    const std::string& preset = manifest_.presets[index];
    std::vector<Assignment> out;
    out.push_back(one("preset", {preset.empty() ? kDefaultPresets[index] : preset}, false));
    const std::vector<std::string> writes = writable(role);
    out.push_back(one("readwrite", writes, false));
    std::vector<std::string> reads;
    for (const std::string& path : readable()) {
      const bool written = std::find(writes.begin(), writes.end(), path) != writes.end();
      if (!written && surroundings_.files->exists(path)) reads.push_back(path);
    }
    out.push_back(one("readonly", std::move(reads), true));
    // Where the build lies below the temporary directory, granting that would grant the build.
    const std::string tmp = surroundings_.temporary_directory();
    const std::string real = surroundings_.files->real_path(tmp).value_or(tmp);
    if (is_within(manifest_.build, real) || is_within(manifest_.source, real))
      out.push_back(one("tmp", {"private"}, false));
    if (!manifest_.on_unavailable.empty())
      out.push_back(one("on_unavailable", {manifest_.on_unavailable}, false));
    return out;
  }

 private:
  static Assignment one(std::string key, std::vector<std::string> values, bool add) {
    return {.key = std::move(key),
            .values = std::move(values),
            .add = add,
            .layer = Layer::door,
            .origin = kDoor};
  }

  [[nodiscard]] std::vector<std::string> writable(StepRole role) const {
    std::vector<std::string> out;
    if (role == StepRole::compile || role == StepRole::link) return out;
    out.push_back(manifest_.build);
    for (const std::string& path : manifest_.writable) out.push_back(path);
    if (role == StepRole::custom || role == StepRole::test) {
      for (const std::string& path : manifest_.source_writable) out.push_back(path);
    }
    std::erase_if(out, [&](const auto& path) { return !surroundings_.files->exists(path); });
    return out;
  }

  // The source tree below the build tree is no rule of its own (nothing new could be made above
  // it): it is kept read-only as protected, see protect_sources().
  [[nodiscard]] std::vector<std::string> readable() const {
    std::vector<std::string> out = manifest_.readable;
    if (!is_within(manifest_.source, manifest_.build)) out.push_back(manifest_.source);
    out.push_back(manifest_.build);
    for (const std::string& path : manifest_.writable) out.push_back(path);
    return out;
  }

  const Manifest& manifest_;
  const Surroundings& surroundings_;
};

class Resolver {
 public:
  Resolver(const Manifest& manifest, const Surroundings& surroundings)
      : manifest_(manifest), surroundings_(surroundings), roles_(manifest, surroundings) {}

  Result<ResolvedBuild> run() {
    check_paths();
    Exceptions exceptions(manifest_, out_, errors_);
    exceptions.number();
    for (const StepRole role : kStepRoles) add(role, name_of(role), {}, exceptions.lines);
    std::size_t number = 0;
    for (const auto& combination : exceptions.combinations) {
      ++number;
      for (const StepRole role : combination.roles)
        add(role, concat(name_of(role), "-", std::to_string(number)), combination.calls, {});
    }
    if (!errors_.empty()) return errors_;
    return std::move(out_);
  }

 private:
  // What an exception names must be there: a slip would be a right that nobody has.
  void check_paths() {
    for (const PolicyCall& call : manifest_.calls) {
      for (const Assignment& each : call.values) {
        if (find_key(each.key)->type != KeyType::paths) continue;
        for (const std::string& value : each.values) {
          const auto path = expand_path(value, each.base, surroundings_);
          if (!path) append(errors_, path.errors());
          if (!path || surroundings_.files->exists(*path)) continue;
          errors_.push_back({.what = concat("'", printable(*path), "' does not exist"),
                             .where = call.origin,
                             .remedy = "make it before, or mend the spelling"});
        }
      }
    }
  }

  // What an exception lets be written is not kept read-only by ourselves at the very same place.
  void yield_to(const PolicyCall& call, std::vector<Assignment>& door) const {
    std::set<std::string> written;
    for (const Assignment& each : call.values) {
      if (each.key != "readwrite") continue;
      for (const std::string& value : each.values) {
        const auto path = expand_path(value, each.base, surroundings_);
        if (path) written.insert(surroundings_.files->real_path(*path).value_or(*path));
      }
    }
    for (Assignment& each : door) {
      if (each.key != "readonly" || each.origin != kDoor) continue;
      std::erase_if(each.values, [&](const std::string& path) {
        return written.contains(surroundings_.files->real_path(path).value_or(path));
      });
    }
  }

  void add(StepRole role, std::string name, const Calls& calls,
           const std::vector<std::string>& overrides) {
    Plan plan;
    plan.door = roles_.assignments(role);
    plan.door_limits.emplace();
    plan.door_limits->unlimited = role == StepRole::custom;
    for (const std::size_t index : calls) {
      const PolicyCall& call = manifest_.calls[index];
      plan.door.insert(plan.door.end(), call.values.begin(), call.values.end());
      yield_to(call, plan.door);
      if (call.off) plan.notes["off"] = {concat(call.origin, ": OFF")};
    }
    auto policy = build(plan);
    if (!policy) return append(errors_, policy.errors());
    plan.policy = **policy;
    plan.policy.environment.clear();
    plan.policy.withheld.clear();
    plan.policy.given_values.clear();
    protect_sources(plan.policy);
    plan.files = stamps_;
    plan.notes["source"] = {manifest_.source};
    plan.notes["build"] = {manifest_.build};
    plan.notes["generated"] = manifest_.generated;
    plan.notes["target_directories"] = manifest_.target_directories;
    plan.notes["target_files"] = manifest_.target_files;
    plan.notes["program"] = manifest_.programs;
    plan.notes["override"] = overrides;
    out_.plans.push_back({std::move(name), role, std::move(plan)});
  }

  Result<Policy> build(const Plan& plan) {
    SEFACA_TRY(layers, load_layers(surroundings_, std::nullopt, std::span(plan.door)));
    if (stamps_.empty()) {
      std::vector<std::string> looked_for = layers.files;
      looked_for.push_back(concat(manifest_.source, "/", kProjectConfig));
      stamps_ = configuration_stamps(surroundings_, looked_for);
      out_.files = layers.files;
    }
    PolicyBuilder builder(surroundings_);
    apply_layers(builder, layers);
    for (const Assignment& each : plan.door) builder.set(each);
    builder.at_door(*plan.door_limits);
    return builder.build(Command{.argv = {"true"}});
  }

  // Of a source tree inside a writable directory, an in-source build's say, what was there before.
  void protect_sources(PolicyFields& policy) const {
    const auto protect = [&](const std::string& path, const char* reason) {
      if (access_at(policy.paths, path, Access::hide) != Access::write) return;
      policy.paths.push_back({.path = path,
                              .access = Access::read,
                              .kind = PathRule::Kind::protected_,
                              .reason = reason,
                              .origin = kDoor});
    };
    if (manifest_.source != manifest_.build && is_within(manifest_.source, manifest_.build))
      protect(manifest_.source, "the source tree");
    protect(concat(manifest_.source, "/.git"), "the repository");
  }

  const Manifest& manifest_;
  const Surroundings& surroundings_;
  Roles roles_;
  std::vector<FileStamp> stamps_;
  ResolvedBuild out_;
  Errors errors_;
};

}  // namespace

Result<ResolvedBuild> resolve_build(const Manifest& manifest, const Surroundings& surroundings) {
  return Resolver(manifest, surroundings).run();
}

}  // namespace sefaca
