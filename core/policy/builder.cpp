// PolicyBuilder: folds the layers, bounds them, and turns the winners into a Policy.
#include "core/policy/builder.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "core/base/text.h"
#include "core/policy/bounds.h"
#include "core/policy/environment.h"
#include "core/policy/expand.h"
#include "core/policy/fold.h"
#include "core/policy/keys.h"
#include "core/policy/path_rules.h"
#include "core/policy/runner.h"
#include "core/policy/units.h"

namespace sefaca {
namespace {

std::string_view separator_of(const Key& key) {
  return key.type == KeyType::paths ? ":" : ",";
}

// Reads the winners of one fold into fields.
class Reader {
 public:
  Reader(const Folded& folded, const Surroundings& surroundings)
      : folded_(folded), surroundings_(surroundings) {}

  PolicyFields read() {
    PolicyFields out;
    read_values(out);
    out.level = one_of("level", {Level::strict, Level::standard, Level::permissive});
    out.preset = text("preset");
    out.network = one_of(
        "network", {Network::deny, Network::localhost, Network::host_loopback, Network::allow});
    out.read = one_of("read", {ReadScope::listed, ReadScope::all});
    out.tmp = one_of("tmp", {TmpKind::private_directory, TmpKind::host});
    out.report = one_of("report", {Report::off, Report::summary, Report::full});
    out.on_unavailable =
        text("on_unavailable") == "fail" ? OnUnavailable::fail : OnUnavailable::warn;
    out.keep_background = text("keep_background") == "true";
    out.tmp_directory = temporary_directory();
    read_limits(out.limits);
    for (const std::string& number : list("keep_fd")) out.keep_fds.push_back(std::stoi(number));
    for (const std::string& name : list("allow")) out.allow.insert(name);
    read_environment(out);
    read_log(out);
    read_backend(out);
    return out;
  }

 private:
  [[nodiscard]] static const Key& key(std::string_view name) { return *find_key(name); }
  [[nodiscard]] std::string text(std::string_view name) const { return folded_.scalar(key(name)); }

  [[nodiscard]] std::vector<std::string> list(std::string_view name) const {
    std::vector<std::string> out;
    for (const ListEntry& entry : folded_.entries(key(name))) out.push_back(entry.value);
    return out;
  }

  template <class T>
  [[nodiscard]] T one_of(std::string_view name, std::initializer_list<T> values) const {
    const std::string wanted = text(name);
    const auto found = std::find_if(values.begin(), values.end(),
                                    [&](T value) { return wanted == name_of(value); });
    return found == values.end() ? *values.begin() : *found;
  }

  void read_values(PolicyFields& out) const {
    for (const Key& one : all_keys()) {
      const std::string name(one.name);
      const auto& history = folded_.history(one);
      if (is_list(one)) {
        out.values[name] = join(list(one.name), separator_of(one));
        out.origins[name] = history.empty() ? "built-in" : list_origin(one);
      } else {
        const Written* won = folded_.winner(one);
        out.values[name] = folded_.scalar(one);
        out.origins[name] = won == nullptr ? "built-in" : won->origin;
      }
      for (const Written& written : history) {
        if (written.by_person && !written.derived && written.layer >= Layer::variable)
          out.from_user.insert(name);
      }
    }
  }

  // The writings that make up a list, each once.
  [[nodiscard]] std::string list_origin(const Key& one) const {
    std::vector<std::string> origins;
    const auto& history = folded_.history(one);
    for (std::size_t i = folded_.first_in_effect(one); i < history.size(); ++i) {
      const Written& written = history[i];
      const bool repeated =
          std::find(origins.begin(), origins.end(), written.origin) != origins.end();
      if (!repeated && (!written.values.empty() || history.size() == i + 1))
        origins.push_back(written.origin);
    }
    return join(origins, ", ");
  }

  // As far as it is a directory: tools take /tmp otherwise.
  [[nodiscard]] std::string temporary_directory() const {
    const FileSystem& files = *surroundings_.files;
    const auto real = files.real_path(surroundings_.temporary_directory());
    if (real && files.is_directory(*real)) return *real;
    return files.real_path("/tmp").value_or("/tmp");
  }

  void read_limits(Limits& out) const {
    out.memory_bytes = *parse_bytes(text("memory"));
    out.timeout_ms = *parse_duration(text("timeout"));
    out.processes = *parse_count(text("pids"));
    out.cpu_time_ms = *parse_duration(text("cpu_time"));
    out.file_size_bytes = *parse_bytes(text("file_size"));
    out.open_files = *parse_count(text("open_files"));
  }

  void read_environment(PolicyFields& out) const {
    if (text("clean_env") == "true") {
      out.environment_rule = EnvironmentRule::none;
    } else {
      out.environment_rule =
          out.level == Level::permissive ? EnvironmentRule::all : EnvironmentRule::no_credentials;
    }
    out.given = list("env");
    fill_environment(out, surroundings_);
  }

  void read_log(PolicyFields& out) const {
    out.log_file = path_of("log");
    LogSinks& sinks = out.sinks;
    sinks.endpoint = text("log_endpoint");
    sinks.token_file = path_of("log_token_file");
    sinks.ca_file = path_of("log_ca_file");
    sinks.spool_bytes = parse_bytes(text("log_spool_size")).value().value_or(UINT64_MAX);
    sinks.syslog = text("log_syslog") == "true";
    sinks.syslog_socket = path_of("log_syslog_socket");
    if (sinks.syslog_socket.empty()) sinks.syslog_socket = find_key("log_syslog_socket")->fallback;
  }

  void read_backend(PolicyFields& out) const {
    out.backend = one_of("backend", {Backend::automatic, Backend::linux_kernel, Backend::podman,
                                     Backend::docker, Backend::jail, Backend::seatbelt});
    out.container = {.engine = text("container_engine"),
                     .image = text("container_image"),
                     .pull = text("container_pull"),
                     .workspace = text("container_workspace") == "true"};
  }

  // Empty when nothing wrote it, or it can't be expanded, which is reported elsewhere.
  [[nodiscard]] std::string path_of(std::string_view name) const {
    const Written* won = folded_.winner(key(name));
    if (won == nullptr) return {};
    auto path = expand_path(won->values.front(), won->base, surroundings_);
    return path ? std::move(*path) : std::string();
  }

  const Folded& folded_;
  const Surroundings& surroundings_;
};

// `network = auto` is no value of its own, so it is never shown as the winner.
std::vector<PolicyBuilder::Candidate> candidates_of(const Folded& folded, const Key& key) {
  std::vector<PolicyBuilder::Candidate> out;
  const auto& history = folded.history(key);
  const Written* won = is_list(key) ? nullptr : folded.winner(key);
  if (won != nullptr) out.push_back({won->values.front(), won->origin});
  for (auto at = history.rbegin(); at != history.rend(); ++at) {
    if (&*at == won) continue;
    std::string value = join(at->values, separator_of(key));
    if (at->add) value = "+" + value;
    out.push_back({std::move(value), at->origin});
  }
  const bool nothing_more = out.empty() || out.back().value == key.fallback;
  if (out.empty() || (!nothing_more && !key.fallback.empty() && key.name != "memory" &&
                      history.front().layer != Layer::built_in))
    out.push_back({std::string(key.fallback), "built-in"});
  return out;
}

DoorPaths joined(DoorPaths to, const DoorPaths& from) {
  const auto append = [](auto& all, const auto& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  append(to.write, from.write);
  append(to.read, from.read);
  append(to.protect, from.protect);
  append(to.scripts, from.scripts);
  return to;
}

}  // namespace

PolicyBuilder& PolicyBuilder::define(PresetDefinition preset) {
  presets_.push_back(std::move(preset));
  return *this;
}

PolicyBuilder& PolicyBuilder::set(Assignment assignment) {
  assignments_.push_back(std::move(assignment));
  return *this;
}

PolicyBuilder& PolicyBuilder::enforce(Assignment bound) {
  bounds_.push_back(std::move(bound));
  return *this;
}

PolicyBuilder& PolicyBuilder::at_door(DoorLimits limits) {
  door_ = limits;
  return *this;
}

PolicyBuilder& PolicyBuilder::add_paths(const DoorPaths& paths) {
  door_paths_ = joined(std::move(door_paths_), paths);
  return *this;
}

Result<Policy> PolicyBuilder::build(const Command& command) const {
  Errors errors;
  Folded folded = fold(presets_, assignments_, surroundings_, errors);
  if (door_) apply_door_limits(*door_, surroundings_, folded);
  apply_bounds(bounds_, surroundings_, folded, errors);
  Reader reader(folded, surroundings_);
  PolicyFields fields = reader.read();
  for (const Key& key : all_keys()) {
    if (key.type != KeyType::path) continue;
    const Written* won = folded.winner(key);
    if (won == nullptr) continue;
    const auto path = expand_path(won->values.front(), won->base, surroundings_);
    if (path) continue;
    Error error = path.error();
    error.where = won->origin;
    error.excerpt = won->excerpt;
    errors.push_back(std::move(error));
  }
  const DoorPaths paths = joined(door_paths_, runner_paths(command, surroundings_));
  add_path_rules(folded, bounds_, paths, surroundings_, fields, errors);
  if (!errors.empty()) return errors;
  return Policy(std::move(fields));
}

Policy PolicyBuilder::restored(PolicyFields fields) {
  return Policy(std::move(fields));
}

Result<std::vector<PolicyBuilder::Explanation>> PolicyBuilder::explain() const {
  Errors errors;
  Folded folded = fold(presets_, assignments_, surroundings_, errors);
  if (door_) apply_door_limits(*door_, surroundings_, folded);
  apply_bounds(bounds_, surroundings_, folded, errors);
  if (!errors.empty()) return errors;
  std::vector<Explanation> out;
  for (const Key& key : all_keys())
    out.push_back({.key = std::string(key.name), .candidates = candidates_of(folded, key)});
  return out;
}

}  // namespace sefaca
