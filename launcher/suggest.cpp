// Collects what a proposal holds. What a suggestion's sentence names is what allows the thing: the
// one who denied it knows. Only figures are made up here, from the limit that was reached.
#include "launcher/suggest.h"

#include <algorithm>

#include "core/audit/bytes.h"
#include "core/audit/redact.h"
#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/expand.h"
#include "core/policy/keys.h"
#include "core/policy/paths.h"
#include "core/policy/places.h"
#include "core/policy/protected.h"
#include "core/policy/repository.h"
#include "core/policy/secrets.h"
#include "core/policy/units.h"
#include "core/policy/width.h"
#include "launcher/log_text.h"

namespace sefaca {
namespace {

constexpr std::size_t kMostSiblings = 8;  // paths of one directory, before it stands for them

// One word as a shell reads it, from `text` on; quotes and backslashes are taken out.
std::string shell_word(std::string_view text) {
  std::string out;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < text.size();
    if (escapes) {
      out += text[++i];
    } else if (quote == 0 ? c == '\'' || c == '"' : c == quote) {
      quote = quote == 0 ? c : '\0';
    } else if (quote == 0 && (c == ' ' || c == '\t')) {
      break;
    } else {
      out += c;
    }
  }
  return out;
}

const Key* key_of_option(const std::string& option) {
  if (option == "net" || option == "no-net" || option == "no-network") return find_key("network");
  for (const Key& key : all_keys()) {
    if (key.on_command_line && option_name(key) == concat("--", option)) return &key;
  }
  return nullptr;
}

// DURATION, SIZE, N: what a person is to put in.
bool is_placeholder(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(),
                                       [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

// Twice what was reached or allowed, in a round figure; empty where the limit is not known.
std::string doubled(const Key& key, const Violation& violation) {
  constexpr std::uint64_t kSecond = 1000, kMega = std::uint64_t{1} << 20, kMost = UINT64_MAX / 4;
  // A time-out's peak is only when it was ended.
  const bool timed = key.type == KeyType::duration;
  const std::uint64_t reached = timed ? 0 : violation.peak.value_or(0);
  const std::uint64_t most = std::min(kMost, std::max(violation.limit.value_or(0), reached));
  if (most == 0) return {};
  const auto rounded = [&](std::uint64_t unit) { return (2 * most + unit - 1) / unit * unit; };
  if (key.type == KeyType::duration) return format_duration(rounded(kSecond));
  if (key.type == KeyType::bytes) return format_bytes(rounded(kMega));
  return std::to_string(2 * most);
}

// Where programs of everybody lie, and what the kernel shows. Of /dev a single device may be meant.
bool is_of_the_system(std::string_view path) {
  constexpr std::string_view kPlaces[] = {"/bin",   "/boot", "/etc",  "/lib", "/lib32",
                                          "/lib64", "/proc", "/sbin", "/sys", "/usr"};
  return path == "/dev" || std::any_of(std::begin(kPlaces), std::end(kPlaces),
                                       [&](auto place) { return is_within(path, place); });
}

bool stands_above_files(const std::string& origin) {
  return origin.starts_with("--") || origin.starts_with('$');
}

// The first word of an origin: "--preset" of "--preset", "$SEFACA_LEVEL" of "$SEFACA_LEVEL".
std::string origin_of(const Record& record, std::string_view key) {
  const auto found = record.origins.find(std::string(key));
  return found == record.origins.end() ? std::string() : found->second;
}

std::string reason_of(const Violation& violation) {
  std::string out = name_of(violation.kind);
  const std::string subject = violation_subject(violation);
  if (!subject.empty()) out += concat(" ", subject);
  return out;
}

}  // namespace

std::optional<NamedOption> named_option(std::string_view sentence) {
  for (auto at = sentence.find("--"); at != std::string_view::npos;
       at = sentence.find("--", at + 2)) {
    if (at > 0 && sentence[at - 1] != ' ' && sentence[at - 1] != '\'' && sentence[at - 1] != '(')
      continue;
    const std::string_view rest = sentence.substr(at + 2);
    const auto end = std::min(rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), rest.size());
    if (end == 0) continue;
    NamedOption out{std::string(rest.substr(0, end)), {}};
    if (end < rest.size() && rest[end] == '=') out.value = shell_word(rest.substr(end + 1));
    return out;
  }
  return std::nullopt;
}

Proposal::Group& Proposal::group_of(const Record& record) {
  const std::string level = record.preset.empty() ? record.level : "";
  Group& group = groups_[{record.preset, level}];
  group.preset = record.preset;
  group.level = level;
  return group;
}

void Proposal::add(const Record& record) {
  ++runs_;
  if (record.violations.empty()) return;
  violations_ += record.violations.size();
  Group& group = group_of(record);
  ++group.runs;
  if (std::find(group.commands.begin(), group.commands.end(), record.command) ==
      group.commands.end())
    group.commands.push_back(record.command);
  if (stands_above_files(origin_of(record, "level"))) group.level_is_given = true;
  for (const Violation& violation : record.violations) add_violation(group, record, violation);
  if (has_failed(record))
    group.withheld.insert(record.withheld_env.begin(), record.withheld_env.end());
}

void Proposal::add_violation(Group& group, const Record& record, const Violation& violation) {
  if (!violation.blocked) return add_logged(group, record, violation);
  const auto named = named_option(violation.suggestion);
  if (named) return add_value(group, record, violation, *named);
  group.left_out.insert(concat(reason_of(violation), ": nothing allows it"));
}

// Level permissive lets pass and notes: what level default would need.
void Proposal::add_logged(Group& group, const Record& record, const Violation& violation) {
  if (violation.path.empty() || record.level != "permissive") return;
  group.scalars["level"] = {"default", "what level permissive let pass is listed here"};
  if (record.network == "allow") group.scalars["network"] = {"allow", "as at level permissive"};
  const bool writes = violation.kind == ViolationKind::filesystem_write_denied;
  const bool opens = violation.operation == "open" || violation.operation == "truncate";
  const bool file = opens && surroundings_.files->exists(violation.path);
  // What was made, removed or renamed is an entry of its directory.
  const std::string path =
      writes && !file ? std::string(parent_path(violation.path)) : violation.path;
  add_value(group, record, violation, {writes ? "readwrite" : "readonly", path});
}

void Proposal::add_value(Group& group, const Record& record, const Violation& violation,
                         const NamedOption& named) {
  const Key* key = key_of_option(named.option);
  const auto leave_out = [&](const std::string& why) {
    group.left_out.insert(concat(reason_of(violation), ": ", why));
  };
  if (key == nullptr) return leave_out(concat("--", named.option, " is no setting of this sefaca"));
  std::string value = named.value;
  if (key->type == KeyType::network && value.empty()) value = "allow";
  if (key->type == KeyType::flag && value.empty()) value = "true";
  if (is_placeholder(value)) value = doubled(*key, violation);
  if (value.find(kRedacted) != std::string::npos) return leave_out("it holds what was redacted");
  if (!is_utf8(value)) return leave_out("its bytes are no text, which a file can't hold");
  if (!check_value(*key, value)) return leave_out(concat("no value for --", named.option));
  // A value of a variable may be a secret: its name alone.
  if (key->type == KeyType::variables) value.resize(std::min(value.size(), value.find('=')));

  const std::string origin = origin_of(record, key->name);
  if (stands_above_files(origin) && !is_list(*key))
    group.above_files.insert(origin.substr(0, origin.find_first_of(" ,")));
  if (key->type == KeyType::paths) {
    const auto path = expand_path(value, record.cwd, surroundings_);
    if (!path) return leave_out(path.error().what);
    value = absolute_path(*path, "/");
    const Access access = key->name == "readwrite" ? Access::write : Access::read;
    if (const std::string why = objection(value, record.cwd, access); !why.empty())
      return leave_out(why);
  }
  if (is_list(*key)) {
    group.lists[std::string(key->name)].emplace(value, reason_of(violation));
    return;
  }
  Value& slot = group.scalars[std::string(key->name)];
  if (slot.text.empty() || is_wider(*key, value, slot.text)) slot = {value, reason_of(violation)};
}

const Proposal::Closed& Proposal::closed_for(const std::string& cwd) {
  const auto known = closed_.find(cwd);
  if (known != closed_.end()) return known->second;
  Surroundings there = surroundings_;
  there.cwd = cwd;
  const Places places(there);
  const auto homes = home_directories(surroundings_);
  const auto repository = find_repository(cwd, *there.files);
  auto roots = homes;
  roots.push_back(cwd);
  Closed closed;
  closed.own = own_rules(there, places, homes, true);
  closed.secrets = secret_rules(there, places, homes, repository);
  closed.protected_paths = protected_rules(roots, repository, *there.files);
  return closed_.emplace(cwd, std::move(closed)).first->second;
}

std::string Proposal::objection(const std::string& path, const std::string& cwd, Access access) {
  if (path.find_first_of(":$") != std::string::npos)
    return "':' and '$' in a path have a meaning of their own";
  if (is_home_or_above(path, home_directories(surroundings_)))
    return "that is a whole home; name what is needed in it";
  if (!surroundings_.files->exists(path)) return "it is not there: make it first";
  const auto holding = [&](const std::vector<PathRule>& rules) {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const PathRule& rule) {
      return is_within(path, rule.path);
    });
    return found == rules.end() ? std::string() : found->reason;
  };
  const Closed& closed = closed_for(cwd);
  if (!holding(closed.own).empty()) return "that is sefaca's own";
  if (const auto why = holding(closed.secrets); !why.empty())
    return concat("a secret (", why, "); a person has to name it");
  if (access != Access::write) return {};
  if (const auto why = holding(closed.protected_paths); !why.empty())
    return concat("to write it is to run code later (", why, "); a person has to name it");
  if (is_of_the_system(path)) return "that is the system's; a person has to name it";
  return {};
}

void Proposal::merge_siblings(std::map<std::string, std::string>& paths, Access access) {
  std::map<std::string, std::size_t> counts;
  for (const auto& [path, reason] : paths) ++counts[std::string(parent_path(path))];
  for (const auto& each : counts) {
    const std::string& directory = each.first;
    if (each.second <= kMostSiblings || !objection(directory, directory, access).empty()) continue;
    std::erase_if(paths, [&](const auto& entry) { return parent_path(entry.first) == directory; });
    paths.emplace(directory, concat(std::to_string(each.second), " paths in it"));
  }
  // What another one holds.
  for (auto at = paths.begin(); at != paths.end();) {
    const bool held = std::any_of(paths.begin(), paths.end(), [&](const auto& other) {
      return other.first != at->first && is_within(at->first, other.first);
    });
    at = held ? paths.erase(at) : std::next(at);
  }
}

void Proposal::finish() {
  for (auto& [name, group] : groups_) {
    for (auto& [key, values] : group.lists) {
      if (find_key(key)->type == KeyType::paths)
        merge_siblings(values, key == "readwrite" ? Access::write : Access::read);
    }
    // What may be written can be read.
    const auto& writable = group.lists["readwrite"];
    std::erase_if(group.lists["readonly"], [&](const auto& entry) {
      return std::any_of(writable.begin(), writable.end(),
                         [&](const auto& other) { return is_within(entry.first, other.first); });
    });
    std::erase_if(group.lists, [](const auto& list) { return list.second.empty(); });
  }
}

bool Proposal::empty() const {
  return std::none_of(groups_.begin(), groups_.end(),
                      [](const auto& entry) { return entry.second.changes(); });
}

}  // namespace sefaca
