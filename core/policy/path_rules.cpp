// Grants, baseline, caches, secrets and protected paths, put together so that the longest path and
// then the narrower rule decides.
#include "core/policy/path_rules.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/baseline.h"
#include "core/policy/bounds.h"
#include "core/policy/caches.h"
#include "core/policy/expand.h"
#include "core/policy/paths.h"
#include "core/policy/places.h"
#include "core/policy/protected.h"
#include "core/policy/repository.h"
#include "core/policy/secrets.h"

namespace sefaca {
namespace {

// A grant before the ties are settled.
struct Grant {
  PathRule rule;
  bool by_person = false;  // stands in a file, a variable or an option
};

class Assembly {
 public:
  Assembly(const Folded& folded, const Surroundings& surroundings, PolicyFields& fields,
           Errors& errors)
      : folded_(folded),
        surroundings_(surroundings),
        files_(*surroundings.files),
        fields_(fields),
        errors_(errors),
        homes_(home_directories(surroundings)),
        places_(surroundings),
        repository_(find_repository(surroundings.cwd, files_)) {}

  void run(std::span<const Assignment> bounds, const DoorPaths& door) {
    add_list("readonly", Access::read);
    add_list("readwrite", Access::write);
    add_list("hide", Access::hide);
    add_temporary_directory();
    add_caches();
    if (fields_.level != Level::strict) add_door_grants(door);
    settle_ties();
    add_git_directories();
    add_baseline();
    for (const PathRule& rule : enforced_rules(bounds, surroundings_)) enforce(rule);
    add_home_entries();
    add_protected();
    for (const std::string& path : door.protect) protect(path);
    add_secrets(door);
    drop_what_changes_nothing();
    std::sort(fields_.paths.begin(), fields_.paths.end(),
              [](const PathRule& a, const PathRule& b) { return a.path < b.path; });
  }

 private:
  // ---- what the layers name ----

  void add_list(std::string_view key, Access access) {
    for (const ListEntry& entry : folded_.entries(*find_key(key))) add_entry(entry, key, access);
  }

  void add_entry(const ListEntry& entry, std::string_view key, Access access) {
    const Written& from = *entry.from;
    // Where the temporary directory is private, the host's is not meant.
    const bool is_tmp = entry.value == "$TMPDIR";
    if (!from.by_person && is_tmp && fields_.tmp == TmpKind::private_directory) return;
    const auto path = expand_path(entry.value, from.base, surroundings_);
    if (!path) {
      if (from.by_person) report(from, path.error());
      return;
    }
    const auto real = files_.real_path(*path);
    if (!real) return missing(entry, *path, access);
    // A working directory `/` would grant everything.
    if (!from.by_person && *real == "/" && entry.value == ".") return;
    add_grant(*real, access, reason_of(key, *real, is_tmp), from);
    if (access == Access::hide) hide_link(*path, *real, from);
  }

  // Hiding a link hides what it leads to and the link's own place.
  void hide_link(const std::string& path, const std::string& real, const Written& from) {
    const auto found = files_.link_info(path);
    if (!found || found->type != FileInfo::Type::symlink) return;
    const std::string parent(parent_path(path));
    const std::string place =
        absolute_path(base_name(path), files_.real_path(parent).value_or(parent));
    if (place != real) add_grant(place, Access::hide, "hidden", from);
  }

  void missing(const ListEntry& entry, const std::string& path, Access access) {
    const Written& from = *entry.from;
    if (!from.by_person) return;
    // Files name what to hide for several machines; a slip in an option should show.
    if (access == Access::hide && from.layer < Layer::variable) return;
    const std::string clean = absolute_path(path, "/");
    const auto caches = places_.resolve(Place::cache, "");
    if (access == Access::write && std::find(caches.begin(), caches.end(), clean) != caches.end()) {
      // Where tools make their caches, and would make this one.
      fields_.make_directories.push_back(clean);
      return add_grant(clean, access, "caches", from);
    }
    Error error;
    error.what = concat("'", printable(entry.value), "' does not exist");
    if (clean != entry.value) error.what += concat(" (", printable(clean), ")");
    error.remedy = access == Access::write ? concat("make it first: mkdir -p ", shell_quote(clean))
                                           : "mend the spelling, or leave it out";
    error.errno_value = ENOENT;
    report(from, std::move(error));
  }

  void report(const Written& from, Error error) {
    error.where = from.origin;
    error.excerpt = from.excerpt;
    errors_.push_back(std::move(error));
  }

  [[nodiscard]] std::string reason_of(std::string_view key, const std::string& path,
                                      bool is_tmp) const {
    if (path == surroundings_.cwd) return "the working directory";
    if (is_tmp) return "the temporary directory";
    if (path == "/") return "everything";
    return key == "hide" ? "hidden" : std::string(key);
  }

  void add_grant(const std::string& path, Access access, std::string reason, const Written& from) {
    grants_.push_back({.rule = {.path = path,
                                .access = access,
                                .kind = PathRule::Kind::grant,
                                .reason = std::move(reason),
                                .origin = from.origin},
                       .by_person = from.by_person});
  }

  void add_temporary_directory() {
    if (fields_.tmp != TmpKind::host) return;
    grants_.push_back({.rule = {.path = fields_.tmp_directory,
                                .access = Access::write,
                                .kind = PathRule::Kind::grant,
                                .reason = "the temporary directory",
                                .origin = fields_.origins["tmp"]}});
  }

  void add_caches() {
    std::vector<CacheWish> wishes;
    for (const ListEntry& entry : folded_.entries(*find_key("caches")))
      wishes.push_back(
          {.name = entry.value, .by_person = entry.from->by_person, .origin = entry.from->origin});
    CacheGrants found = cache_grants(wishes, surroundings_, places_, homes_);
    for (PathRule& rule : found.rules) grants_.push_back({.rule = std::move(rule)});
    for (std::string& directory : found.make_directories)
      fields_.make_directories.push_back(std::move(directory));
  }

  void add_door_grants(const DoorPaths& door) {
    const auto grant = [&](const std::string& path, Access access) {
      const auto real = files_.real_path(path);
      if (!real || *real == "/") return;
      // A person's own or our tables' word about the very path stands.
      const auto same = [&](const Grant& other) { return other.rule.path == *real; };
      if (std::any_of(grants_.begin(), grants_.end(), same)) return;
      // What a line names it may read; what it may write anyway is not narrowed by that.
      if (access == Access::read && is_granted_to_write(*real)) return;
      grants_.push_back({.rule = {.path = *real,
                                  .access = access,
                                  .kind = PathRule::Kind::grant,
                                  .reason = "the build",
                                  .origin = "the door"}});
    };
    for (const std::string& path : door.write) grant(path, Access::write);
    for (const std::string& path : door.read) grant(path, Access::read);
  }

  // Whether the innermost grant around this path lets it be written.
  [[nodiscard]] bool is_granted_to_write(const std::string& path) const {
    const PathRule* innermost = nullptr;
    for (const Grant& grant : grants_) {
      if (is_within(path, grant.rule.path) &&
          (innermost == nullptr || grant.rule.path.size() > innermost->path.size()))
        innermost = &grant.rule;
    }
    return innermost != nullptr && innermost->access == Access::write;
  }

  void protect(const std::string& path) {
    const auto real = files_.real_path(path);
    if (real && is_writable(*real))
      add_unless_there({.path = *real,
                        .access = Access::read,
                        .kind = PathRule::Kind::protected_,
                        .reason = "not this step's to write",
                        .origin = "the door"});
  }

  // Of several grants for one path: what a person wrote before what a table says, then the
  // narrower.
  void settle_ties() {
    const auto decides = [](const Grant& a, const Grant& b) {
      if (a.by_person != b.by_person) return a.by_person;
      return a.rule.access < b.rule.access;
    };
    std::vector<Grant> kept;
    std::unordered_map<std::string, std::size_t> places;
    for (Grant& grant : grants_) {
      const auto [same, fresh] = places.try_emplace(grant.rule.path, kept.size());
      if (fresh) {
        kept.push_back(std::move(grant));
      } else if (decides(grant, kept[same->second])) {
        kept[same->second] = std::move(grant);
      }
    }
    for (Grant& grant : kept) {
      if (grant.by_person) named_by_person_.insert(grant.rule.path);
      fields_.paths.push_back(std::move(grant.rule));
    }
  }

  // ---- what the tables add ----

  [[nodiscard]] bool has_rule(const std::string& path) const {
    return std::any_of(fields_.paths.begin(), fields_.paths.end(),
                       [&](const PathRule& rule) { return rule.path == path; });
  }

  [[nodiscard]] bool is_named(const std::string& path) const {
    return named_by_person_.contains(path);
  }

  [[nodiscard]] bool is_writable(const std::string& path) const {
    return access_at(fields_.paths, path, Access::hide) == Access::write;
  }

  void add_unless_there(PathRule rule) {
    if (!has_rule(rule.path)) fields_.paths.push_back(std::move(rule));
  }

  // A commit in a worktree or submodule writes outside of it: its own git directory and the common
  // one, which point back to it.
  void add_git_directories() {
    if (!repository_ || !repository_->linked || repository_->git_directory.empty()) return;
    if (!is_writable(repository_->top)) return;
    for (const std::string& path : {repository_->common_directory, repository_->git_directory}) {
      if (is_home_or_above(path, homes_) || is_writable(path)) continue;
      add_unless_there({.path = path,
                        .access = Access::write,
                        .kind = PathRule::Kind::grant,
                        .reason = "the worktree's git directory",
                        .origin = "built-in"});
    }
  }

  void add_baseline() {
    if (fields_.read == ReadScope::all) {
      add_unless_there({.path = "/",
                        .access = Access::read,
                        .kind = PathRule::Kind::baseline,
                        .reason = "everything but secrets",
                        .origin = fields_.origins["read"]});
    } else {
      // The baseline lets a program read; what the layers let it write (a directory on PATH inside
      // of the build, say) it doesn't narrow.
      for (PathRule& rule : baseline_rules(surroundings_, homes_, repository_)) {
        if (!is_writable(rule.path)) add_unless_there(std::move(rule));
      }
    }
    hide_devices_of_root();
    for (PathRule& rule : device_rules(fields_.level, files_)) add_unless_there(std::move(rule));
  }

  // Root may read the disk below every file, and the machine's memory: so devices are listed.
  void hide_devices_of_root() {
    if (surroundings_.uid != 0 || fields_.level == Level::permissive) return;
    if (fields_.read != ReadScope::all || !files_.is_directory("/dev")) return;
    add_unless_there({.path = "/dev",
                      .access = Access::hide,
                      .kind = PathRule::Kind::baseline,
                      .reason = "raw devices, which root could read",
                      .origin = "built-in"});
  }

  // No grant at or below an enforced path is wider than it.
  void enforce(const PathRule& rule) {
    std::erase_if(fields_.paths, [&](const PathRule& other) {
      return is_within(other.path, rule.path) && other.access > rule.access;
    });
    if (access_at(fields_.paths, rule.path, Access::hide) > rule.access)
      fields_.paths.push_back(rule);
  }

  // A home as the working directory: writable, but not the files that shells and tools start from.
  void add_home_entries() {
    if (std::find(homes_.begin(), homes_.end(), surroundings_.cwd) == homes_.end()) return;
    const bool asked_for_all = fields_.level == Level::permissive || is_named(surroundings_.cwd);
    if (asked_for_all || !is_writable(surroundings_.cwd)) return;
    for (const std::string& name : files_.list(surroundings_.cwd)) {
      if (!name.starts_with('.')) continue;
      add_unless_there({.path = absolute_path(name, surroundings_.cwd),
                        .access = Access::read,
                        .kind = PathRule::Kind::grant,
                        .reason = "a dot file of the home directory",
                        .origin = "built-in"});
    }
  }

  void add_protected() {
    if (fields_.level == Level::permissive) return;
    for (PathRule& rule : protected_rules(writable_roots(), repository_, files_)) {
      if (is_writable(rule.path)) add_unless_there(std::move(rule));
    }
    protect_log();
  }

  // Temporary directories and caches hold no project; a project or home inside a larger root is
  // one too.
  [[nodiscard]] std::vector<std::string> writable_roots() const {
    std::vector<std::string> roots;
    const auto add = [&](const std::string& path) {
      if (std::find(roots.begin(), roots.end(), path) == roots.end()) roots.push_back(path);
    };
    for (const PathRule& rule : fields_.paths) {
      const bool holds_project = rule.kind == PathRule::Kind::grant &&
                                 rule.path != fields_.tmp_directory &&
                                 !rule.reason.starts_with("cache");
      if (rule.access == Access::write && holds_project) add(rule.path);
    }
    if (is_writable(surroundings_.cwd)) add(surroundings_.cwd);
    if (repository_ && is_writable(repository_->top)) add(repository_->top);
    for (const std::string& home : homes_) {
      if (is_writable(home)) add(home);
    }
    return roots;
  }

  // Our own record is neither written nor read from inside, nor are the older ones beside it. In a
  // directory that the command may write, Landlock can only name the gap. A device such as
  // /dev/null is nobody's record.
  void protect_log() {
    if (fields_.log_file.empty()) return;
    const auto found = files_.info(fields_.log_file);
    if (found && found->type != FileInfo::Type::file) return;
    const std::string path = resolved(fields_.log_file);
    std::erase_if(fields_.paths, [&](const PathRule& rule) { return rule.path == path; });
    if (is_writable(path)) {
      fields_.paths.push_back(own_log(path, Access::read, PathRule::Kind::protected_));
      return;
    }
    if (access_at(fields_.paths, path, Access::hide) == Access::hide) return;
    fields_.paths.push_back(own_log(path, Access::hide, PathRule::Kind::secret));
    for (const std::string& name : files_.list(std::string(parent_path(path)))) {
      if (name.starts_with(concat(base_name(path), ".")))
        fields_.paths.push_back(
            own_log(absolute_path(name, parent_path(path)), Access::hide, PathRule::Kind::secret));
    }
  }

  [[nodiscard]] PathRule own_log(const std::string& path, Access access,
                                 PathRule::Kind kind) const {
    return {.path = path,
            .access = access,
            .kind = kind,
            .reason = "sefaca's own log",
            .origin = fields_.origins.at("log")};
  }

  // The real path of what is there, else of its directory.
  [[nodiscard]] std::string resolved(const std::string& path) const {
    if (const auto real = files_.real_path(path)) return *real;
    const std::string parent(parent_path(path));
    return absolute_path(base_name(path), files_.real_path(parent).value_or(parent));
  }

  void add_secrets(const DoorPaths& door) {
    // What is not there is hidden only where it could be made.
    const bool could_be_made =
        std::any_of(fields_.paths.begin(), fields_.paths.end(), [&](const PathRule& rule) {
          return rule.access == Access::write &&
                 std::any_of(homes_.begin(), homes_.end(), [&](const std::string& home) {
                   return is_within(home, rule.path) || is_within(rule.path, home);
                 });
        });
    for (PathRule& rule : own_rules(surroundings_, places_, homes_, could_be_made)) {
      std::erase_if(fields_.paths,
                    [&](const PathRule& other) { return is_within(other.path, rule.path); });
      const bool there = files_.exists(rule.path);
      if (!there && !is_writable(rule.path)) continue;
      if (!there) leave_creation(rule);
      fields_.paths.push_back(std::move(rule));
    }
    hide_token();
    std::vector<PathRule> secrets = secret_rules(surroundings_, places_, homes_, repository_);
    std::erase_if(secrets, [&](const PathRule& rule) {
      return std::any_of(door.scripts.begin(), door.scripts.end(),
                         [&](const std::string& script) { return resolved(script) == rule.path; });
    });
    if (fields_.level == Level::permissive) {
      fields_.watched = std::move(secrets);
      return;
    }
    for (PathRule& rule : secrets) {
      if (is_named(rule.path)) continue;
      std::erase_if(fields_.paths, [&](const PathRule& other) { return other.path == rule.path; });
      if (rule.kind == PathRule::Kind::protected_) leave_creation(rule);
      fields_.paths.push_back(std::move(rule));
    }
  }

  // The endpoint's token is nobody's business but sefaca's, wherever a person put it.
  void hide_token() {
    const std::string& file = fields_.sinks.token_file;
    const auto found = file.empty() ? std::nullopt : files_.info(file);
    if (!found || found->type != FileInfo::Type::file) return;
    const std::string path = resolved(file);
    std::erase_if(fields_.paths, [&](const PathRule& other) { return other.path == path; });
    fields_.paths.push_back({.path = path,
                             .access = Access::hide,
                             .kind = PathRule::Kind::secret,
                             .reason = "sefaca's own log token",
                             .origin = fields_.origins.at("log_token_file")});
  }

  // Carving a path out of a writable directory by Landlock means that nothing new can be made in
  // that directory. For a name that is not there, or a socket that Landlock can't guard anyway,
  // this is no good bargain (a socket in /tmp would stop every compiler), so it is left to the
  // broker; but at strict, and where nothing around it is writable, it costs nothing.
  void leave_creation(PathRule& rule) const {
    const bool costs = is_writable(std::string(parent_path(rule.path)));
    rule.kind = costs && fields_.level != Level::strict ? PathRule::Kind::protected_
                                                        : PathRule::Kind::secret;
  }

  // Rules of tables that say what the rule around them says already; a person's stay, so that the
  // plan shows them.
  void drop_what_changes_nothing() {
    std::vector<PathRule> kept;
    for (const PathRule& rule : fields_.paths) {
      const std::string_view parent = parent_path(rule.path);
      const bool ours = rule.kind != PathRule::Kind::secret && !is_named(rule.path) &&
                        rule.path != "/" && rule.path != surroundings_.cwd;
      if (ours && access_at(fields_.paths, parent, Access::hide) == rule.access) continue;
      kept.push_back(rule);
    }
    fields_.paths = std::move(kept);
  }

  const Folded& folded_;
  const Surroundings& surroundings_;
  const FileSystem& files_;
  PolicyFields& fields_;
  Errors& errors_;
  std::vector<std::string> homes_;
  Places places_;
  std::optional<Repository> repository_;
  std::vector<Grant> grants_;
  std::unordered_set<std::string> named_by_person_;
};

}  // namespace

void add_path_rules(const Folded& folded, std::span<const Assignment> bounds, const DoorPaths& door,
                    const Surroundings& surroundings, PolicyFields& fields, Errors& errors) {
  Assembly(folded, surroundings, fields, errors).run(bounds, door);
}

}  // namespace sefaca
