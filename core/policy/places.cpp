// The directories of the XDG specification and the homes, each resolved once.
#include "core/policy/places.h"

#include <algorithm>

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
  if (!surroundings.account_home.empty() && surroundings.account_home != surroundings.home)
    homes_.push_back(surroundings.account_home);
  if (!surroundings.home.empty()) homes_.push_back(surroundings.home);
  config_ = base_directories(surroundings, homes_, ".config", "XDG_CONFIG_HOME");
  data_ = base_directories(surroundings, homes_, ".local/share", "XDG_DATA_HOME");
  state_ = base_directories(surroundings, homes_, ".local/state", "XDG_STATE_HOME");
  cache_ = base_directories(surroundings, homes_, ".cache", "XDG_CACHE_HOME");
  runtime_ = {concat("/run/user/", std::to_string(surroundings.uid))};
  if (const std::string moved = surroundings.variable("XDG_RUNTIME_DIR");
      moved.starts_with('/') && absolute_path(moved, "/") != runtime_.front())
    runtime_.push_back(absolute_path(moved, "/"));
}

std::vector<std::string> Places::from_variable(std::string_view path, bool socket) const {
  const std::size_t slash = path.find('/');
  const std::string value = surroundings_.variable(std::string(path.substr(0, slash)));
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

std::vector<std::string> Places::resolve(Place place, std::string_view path) const {
  const auto below = [&](const std::vector<std::string>& bases) {
    std::vector<std::string> out;
    for (const std::string& base : bases) out.push_back(absolute_path(path, base));
    return out;
  };
  switch (place) {
    case Place::home:
      return below(homes_);
    case Place::config:
      return below(config_);
    case Place::data:
      return below(data_);
    case Place::state:
      return below(state_);
    case Place::cache:
      return below(cache_);
    case Place::runtime:
      return below(runtime_);
    case Place::absolute:
      return {std::string(path)};
    case Place::variable:
      return from_variable(path, false);
    case Place::socket:
      return from_variable(path, true);
    case Place::none:
      break;
  }
  return {};
}

}  // namespace sefaca
