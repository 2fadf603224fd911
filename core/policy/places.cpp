// The directories of the XDG specification and the homes, each resolved once.
#include "core/policy/places.h"

#include <utility>

#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

std::vector<std::string> base_directories(const Surroundings& surroundings,
                                          const std::vector<std::string>& homes,
                                          std::string_view below_home, const char* variable) {
  std::vector<std::string> out;
  for (const std::string& home : homes) out.push_back(absolute_path(below_home, home));
  // The specification wants an absolute path; tools ignore another.
  if (const std::string moved = surroundings.variable(variable); moved.starts_with('/')) {
    const std::string path = absolute_path(moved, "/");
    std::erase(out, path);
    out.push_back(path);
  }
  return out;
}

// The path of the socket in `value`, or empty when it names none.
std::string_view socket_path(std::string_view value) {
  for (const std::string_view prefix : {"unix:path=", "unix://", "unix:"}) {
    if (value.starts_with(prefix)) {
      value.remove_prefix(prefix.size());
      break;
    }
  }
  value = value.substr(0, value.find_first_of(",;"));
  return value.starts_with('/') ? value : std::string_view();
}

}  // namespace

Places::Places(const Surroundings& surroundings) : surroundings_(surroundings) {
  // $HOME last: it is the one that tools follow.
  std::vector<std::string> homes;
  if (!surroundings.account_home.empty() && surroundings.account_home != surroundings.home)
    homes.push_back(surroundings.account_home);
  if (!surroundings.home.empty()) homes.push_back(surroundings.home);
  config_ = bases(base_directories(surroundings, homes, ".config", "XDG_CONFIG_HOME"));
  data_ = bases(base_directories(surroundings, homes, ".local/share", "XDG_DATA_HOME"));
  state_ = bases(base_directories(surroundings, homes, ".local/state", "XDG_STATE_HOME"));
  cache_ = bases(base_directories(surroundings, homes, ".cache", "XDG_CACHE_HOME"));
  std::vector<std::string> runtime = {concat("/run/user/", std::to_string(surroundings.uid))};
  if (const std::string moved = surroundings.variable("XDG_RUNTIME_DIR");
      moved.starts_with('/') && absolute_path(moved, "/") != runtime.front())
    runtime.push_back(absolute_path(moved, "/"));
  runtime_ = bases(std::move(runtime));
  homes_ = bases(std::move(homes));
  run_ = bases({"/run"});
}

Places::Bases Places::bases(std::vector<std::string> paths) {
  Bases out;
  for (std::string& path : paths) out.push_back({.path = std::move(path)});
  return out;
}

std::vector<std::string> Places::from_variable(std::string_view path, bool socket) const {
  const std::size_t slash = path.find('/');
  const std::string value = surroundings_.variable(path.substr(0, slash));
  std::vector<std::string> out;
  if (value.empty()) return out;
  if (socket) {
    if (const auto found = socket_path(value); !found.empty())
      out.push_back(absolute_path(found, "/"));
    return out;
  }
  for (const std::string& part : split(value, ':')) {
    if (part.empty()) continue;
    const std::string_view rest = slash == std::string_view::npos ? "" : path.substr(slash);
    out.push_back(absolute_path(concat(part, rest), surroundings_.cwd));
  }
  return out;
}

Places::Bases* Places::bases_of(Place place) const {
  switch (place) {
    case Place::home:
      return &homes_;
    case Place::config:
      return &config_;
    case Place::data:
      return &data_;
    case Place::state:
      return &state_;
    case Place::cache:
      return &cache_;
    case Place::runtime:
      return &runtime_;
    case Place::run:
      return &run_;
    default:
      return nullptr;
  }
}

std::vector<std::string> Places::resolve(Place place, std::string_view path) const {
  std::vector<std::string> out;
  if (const Bases* bases = bases_of(place)) {
    for (const Base& base : *bases) out.push_back(absolute_path(path, base.path));
  } else if (place == Place::absolute) {
    out.emplace_back(path);
  } else if (place == Place::variable || place == Place::socket) {
    return from_variable(path, place == Place::socket);
  }
  return out;
}

bool Places::may_hold(Base& base, std::string_view name) const {
  if (!std::exchange(base.looked_at, true)) base.names = surroundings_.files->names_in(base.path);
  return base.names == nullptr || base.names->holds(name);
}

std::vector<std::string> Places::likely(Place place, std::string_view path) const {
  Bases* bases = bases_of(place);
  if (bases == nullptr || path.empty()) return resolve(place, path);
  std::vector<std::string> out;
  for (Base& base : *bases) {
    if (may_hold(base, path.substr(0, path.find('/'))))
      out.push_back(absolute_path(path, base.path));
  }
  return out;
}

}  // namespace sefaca
