// The table of keys, and what follows from a key alone: its names, its separator, its words.
#include "core/policy/keys.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/base/text.h"
#include "core/policy/units.h"

namespace sefaca {
namespace {

constexpr bool kInProject = true;
constexpr bool kNotInProject = false;
constexpr bool kNoOption = false;
constexpr auto kNarrow = Direction::narrow_only;
constexpr auto kAny = Direction::any;

constexpr Key kKeys[] = {
    {"level", KeyType::level, "strict|default|permissive", "default", kInProject, kNarrow,
     "how much the command may do when nothing else is said"},
    {"preset", KeyType::preset, "NAME", "", kInProject, kNarrow,
     "a named set of values: compiler, network-client, development, testing, or one of your own"},
    {"timeout", KeyType::duration, "DURATION", "none", kInProject, kNarrow,
     "end the whole tree after this time: 60, 90s, 5m, 1h, none"},
    {"memory", KeyType::bytes, "SIZE", "half of the machine's", kInProject, kNarrow,
     "memory of the whole tree: 512m, 4g, a number of bytes, none"},
    {"network", KeyType::network, "deny|localhost|host-loopback|allow|auto", "localhost",
     kInProject, kNarrow,
     "what can be reached; the bare option means allow; auto: what level and preset say"},
    {"readonly", KeyType::paths, "A:B", "", kInProject, kNarrow,
     "paths that can be read and not be written"},
    {"readwrite", KeyType::paths, "A:B", "", kInProject, kNarrow,
     "paths that can be read and written"},
    {"hide", KeyType::paths, "A:B", "", kInProject, kNarrow, "paths whose contents can't be read"},
    {"read", KeyType::read_scope, "all|listed", "all", kInProject, kNarrow,
     "whether paths that no option lists can be read"},
    {"env", KeyType::variables, "NAME[=VALUE]", "", kInProject, kNarrow,
     "pass this variable to the command, or set it"},
    {"clean_env", KeyType::flag, "", "false", kInProject, kNarrow,
     "start from an empty environment (PATH, TERM and LANG are kept)"},
    {"tmp", KeyType::tmp, "private|host", "private", kInProject, kNarrow,
     "a temporary directory of the command's own, or the host's"},
    {"caches", KeyType::names, "NAME,...", "", kInProject, kNarrow,
     "tools whose cache directories are writable: ccache, cargo, npm, pip, ..."},
    {"pids", KeyType::count, "N", "4096", kInProject, kNarrow,
     "processes that the tree may have at one time"},
    {"cpu_time", KeyType::duration, "DURATION", "none", kInProject, kNarrow,
     "processor time of each process"},
    {"file_size", KeyType::bytes, "SIZE", "none", kInProject, kNarrow,
     "size of each file that is written"},
    {"open_files", KeyType::count, "N", "none", kInProject, kNarrow,
     "files that each process may have open"},
    {"keep_fd", KeyType::descriptors, "N", "", kNotInProject, kNarrow,
     "pass this open file descriptor to the command"},
    {"keep_background", KeyType::flag, "", "false", kInProject, kNarrow,
     "let what the command leaves running live on when it has ended"},
    {"allow", KeyType::names, "NAME,...", "", kInProject, kNarrow,
     "permit what is refused by default: userns, abstract-sockets, signals, keyrings, ..."},
    {"log", KeyType::path, "FILE", "", kNotInProject, kAny,
     "append the record of the run to this file"},
    {"report", KeyType::report, "summary|full|off", "full", kNotInProject, kAny,
     "how much of what was denied is named"},
    {"on_unavailable", KeyType::on_unavailable, "fail|warn", "warn", kInProject, kNarrow,
     "what happens when something can't be enforced on this host"},
    {"backend", KeyType::backend, "auto|linux|podman|docker|jail|seatbelt", "auto", kNotInProject,
     kAny, "who holds the policy: this host's kernel (auto), a container, a jail, macOS's sandbox"},
    {"container_engine", KeyType::text, "PROGRAM", "", kNotInProject, kAny,
     "the container engine's program; where auto may fall back to one: which"},
    {"container_image", KeyType::text, "IMAGE", "ubuntu:22.04", kNotInProject, kAny,
     "the image that a container is made of"},
    {"container_pull", KeyType::pull, "never|missing|always", "never", kNotInProject, kAny,
     "whether the engine may fetch the image"},
    {"container_workspace", KeyType::flag, "", "false", kNotInProject, kAny,
     "show a container the working directory at /workspace too, and start there"},
    {"log_endpoint", KeyType::https_url, "URL", "", kNotInProject, kAny,
     "send the records to this HTTPS address too", kNoOption},
    {"log_token_file", KeyType::path, "FILE", "", kNotInProject, kAny,
     "the file that holds the bearer token for the endpoint", kNoOption},
    {"log_ca_file", KeyType::path, "FILE", "", kNotInProject, kAny,
     "the certificate authorities (PEM) that the endpoint is verified with, not the system's",
     kNoOption},
    {"log_spool_size", KeyType::bytes, "SIZE", "64m", kNotInProject, kAny,
     "how much may wait to be sent to the endpoint", kNoOption},
    {"log_syslog", KeyType::flag, "", "false", kNotInProject, kAny,
     "send the records to the local syslog too", kNoOption},
    {"log_syslog_socket", KeyType::path, "SOCKET", "/dev/log", kNotInProject, kAny,
     "the unix socket of the local syslog", kNoOption},
};

constexpr std::array<std::string_view, 3> kLevels{"strict", "default", "permissive"};
constexpr std::array<std::string_view, 5> kNetworks{"deny", "localhost", "host-loopback", "allow",
                                                    "auto"};
constexpr std::array<std::string_view, 2> kReadScopes{"all", "listed"};
constexpr std::array<std::string_view, 2> kTmps{"private", "host"};
constexpr std::array<std::string_view, 3> kReports{"summary", "full", "off"};
constexpr std::array<std::string_view, 2> kOnUnavailable{"fail", "warn"};
constexpr std::array<std::string_view, 6> kBackends{"auto",   "linux", "podman",
                                                    "docker", "jail",  "seatbelt"};
constexpr std::array<std::string_view, 3> kPulls{"never", "missing", "always"};
constexpr std::array<std::string_view, 2> kFlags{"true", "false"};

// Tables of a file whose keys begin with their name.
constexpr std::string_view kSections[] = {"log", "container"};

Error bad_value(const Key& key, std::string_view value) {
  Error error;
  error.what = concat("unknown value '", printable(value), "' for ", key.name);
  error.remedy = spelling_hint(value, choices(key));
  return error;
}

bool is_variable_name(std::string_view name) {
  if (name.empty() || (std::isdigit(static_cast<unsigned char>(name.front())) != 0)) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

// A host, with a port and a path if need be; no user or password, which have a place of their own.
bool is_https_url(std::string_view value) {
  constexpr std::string_view kScheme = "https://";
  if (!value.starts_with(kScheme)) return false;
  const std::string_view rest = value.substr(kScheme.size());
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  return !host.empty() && host.find('@') == std::string_view::npos &&
         std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

Status plain_check(bool good, std::string what, std::string remedy) {
  if (good) return Done{};
  Error error;
  error.what = std::move(what);
  error.remedy = std::move(remedy);
  return error;
}

template <class T>
Status without_value(const Result<T>& result) {
  if (!result) return result.errors();
  return Done{};
}

}  // namespace

std::span<const Key> all_keys() {
  return kKeys;
}

const Key* find_key(std::string_view name) {
  for (const Key& key : kKeys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

bool is_list(const Key& key) {
  return key.type == KeyType::paths || key.type == KeyType::names ||
         key.type == KeyType::variables || key.type == KeyType::descriptors;
}

std::span<const std::string_view> choices(const Key& key) {
  switch (key.type) {
    case KeyType::level:
      return kLevels;
    case KeyType::network:
      return kNetworks;
    case KeyType::read_scope:
      return kReadScopes;
    case KeyType::tmp:
      return kTmps;
    case KeyType::report:
      return kReports;
    case KeyType::on_unavailable:
      return kOnUnavailable;
    case KeyType::backend:
      return kBackends;
    case KeyType::pull:
      return kPulls;
    case KeyType::flag:
      return kFlags;
    default:
      return {};
  }
}

std::string option_name(const Key& key) {
  if (!key.on_command_line) return {};
  std::string name = concat("--", key.name);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::string variable_name(const Key& key) {
  if (key.name == "log") return "SEFACA_LOG_FILE";
  std::string name = "SEFACA_";
  for (char c : key.name) {
    name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string_view section_of(const Key& key) {
  for (const std::string_view section : kSections) {
    if (key.name == section) return section;
    if (key.name.starts_with(section) && key.name.substr(section.size()).starts_with('_'))
      return section;
  }
  return {};
}

std::string file_name(const Key& key) {
  if (key.name == "log") return "log.file";
  const std::string_view section = section_of(key);
  if (section.empty()) return std::string(key.name);
  return concat(section, ".", key.name.substr(section.size() + 1));
}

Result<std::vector<std::string>> split_value(const Key& key, std::string_view text) {
  if (text.empty()) {
    Error error;
    error.what = concat(key.name, " needs a value");
    if (!key.unit.empty()) error.remedy = concat("one of the form ", key.unit);
    return error;
  }
  char separator = 0;
  if (key.type == KeyType::paths) separator = ':';
  if (key.type == KeyType::names || key.type == KeyType::descriptors) separator = ',';
  if (separator == 0) return std::vector<std::string>{std::string(text)};
  auto parts = split(text, separator);
  if (std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); })) {
    Error error;
    error.what = concat("an empty part in the list '", printable(text), "'");
    if (key.type == KeyType::paths) error.remedy = "write '.' for the working directory";
    return error;
  }
  return parts;
}

Status check_value(const Key& key, std::string_view value) {
  if (value.find('\0') != std::string_view::npos) {
    return plain_check(false, concat("a NUL byte in the value of ", key.name), "");
  }
  if (auto words = choices(key); !words.empty()) {
    if (std::find(words.begin(), words.end(), value) == words.end()) return bad_value(key, value);
    return Done{};
  }
  switch (key.type) {
    case KeyType::duration:
      return without_value(parse_duration(value));
    case KeyType::bytes:
      return without_value(parse_bytes(value));
    case KeyType::count:
      return without_value(parse_count(value));
    case KeyType::variables:
      return plain_check(is_variable_name(value.substr(0, value.find('='))),
                         concat("'", printable(value), "' is not NAME or NAME=VALUE"),
                         "a name has letters, digits and '_', and does not begin with a digit");
    case KeyType::descriptors:
      return plain_check(!value.empty() && value.size() <= 7 &&
                             value.find_first_not_of("0123456789") == std::string_view::npos,
                         concat("'", printable(value), "' is not a file descriptor"),
                         "a number such as 3");
    case KeyType::https_url:
      return plain_check(is_https_url(value),
                         concat(key.name, " wants an address of the form https://HOST/PATH"),
                         "a token goes into SEFACA_LOG_TOKEN or log.token_file");
    default:
      return plain_check(!value.empty(), concat(key.name, " is empty"), "");
  }
}

}  // namespace sefaca
