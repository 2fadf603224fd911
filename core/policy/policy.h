// Policy: what one run may do, as an immutable value. Only PolicyBuilder makes one, so a Policy
// that exists is a valid one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sefaca {

// `standard` is written "default".
enum class Level : std::uint8_t { strict, standard, permissive };
enum class Network : std::uint8_t { deny, localhost, host_loopback, allow };  // narrow to wide
enum class ReadScope : std::uint8_t { listed, all };
enum class TmpKind : std::uint8_t { private_directory, host };
enum class EnvironmentRule : std::uint8_t { none, no_credentials, all };
enum class Report : std::uint8_t { off, summary, full };
enum class OnUnavailable : std::uint8_t { fail, warn };
enum class Access : std::uint8_t { hide, read, write };  // narrow to wide
// Who holds the policy. `automatic` is written "auto": this host's own kernel, and a container only
// where the user names one to fall back to.
enum class Backend : std::uint8_t { automatic, linux_kernel, podman, docker, jail, seatbelt };

const char* name_of(Level);  // the spelling of the contract: "strict", "default", "permissive"
const char* name_of(Network);
const char* name_of(ReadScope);
const char* name_of(TmpKind);
const char* name_of(Report);
const char* name_of(Access);
const char* name_of(Backend);

// What may be done below a path. The longest path wins, a tie goes to the narrower.
struct PathRule {
  enum class Kind : std::uint8_t {
    grant,      // from a level, a preset, a file, a flag
    baseline,   // what every program needs
    secret,     // hidden unless the user names it
    protected_  // stays read-only inside a writable tree (.git/hooks); needs mounts or the broker
  };
  std::string path{};  // absolute and clean; symbolic links resolved
  Access access = Access::read;
  Kind kind = Kind::grant;
  std::string reason{};  // a few words: "the working directory", "ssh keys", "system libraries"
  std::string origin{};  // "built-in", "level default", "FILE:LINE", "$SEFACA_X", "--readwrite"
};

struct Limits {  // nullopt: none
  std::optional<std::uint64_t> memory_bytes{};
  std::optional<std::uint64_t> timeout_ms{};
  std::optional<std::uint64_t> processes{};
  std::optional<std::uint64_t> cpu_time_ms{};
  std::optional<std::uint64_t> file_size_bytes{};
  std::optional<std::uint64_t> open_files{};
};

// Where records go besides the log.
struct LogSinks {
  std::string endpoint;    // https://…; empty: none
  std::string token_file;  // absolute; empty: none
  std::string ca_file;     // absolute; empty: the system's authorities
  std::uint64_t spool_bytes = 0;
  bool syslog = false;
  std::string syslog_socket;  // absolute
};

// What a container engine is told.
struct ContainerSettings {
  std::string engine;      // "podman", "docker" or a path; empty: the backend's own name
  std::string image;       // never empty
  std::string pull;        // "never", "missing", "always"
  bool workspace = false;  // the working directory at /workspace too, and the command starts there
};

struct PolicyFields {
  Level level = Level::standard;
  std::string preset;  // empty: none
  Network network = Network::deny;
  ReadScope read = ReadScope::all;
  TmpKind tmp = TmpKind::private_directory;
  std::string tmp_directory;  // the host's temporary directory, absolute
  std::vector<PathRule> paths;
  std::vector<PathRule> watched;  // at permissive: secrets, whose reading is recorded, not stopped
  EnvironmentRule environment_rule = EnvironmentRule::no_credentials;
  std::vector<std::string> environment;   // NAME=VALUE, the command's whole environment
  std::vector<std::string> withheld;      // names, sorted
  std::vector<std::string> given_values;  // values given by --env: to be redacted in the record
  std::vector<std::string> given;         // the parts of `env`: NAME passed on, NAME=VALUE set
  Limits limits;
  std::vector<int> keep_fds;
  bool keep_background = false;
  std::set<std::string> allow;  // names of the table in core/policy/allow.h
  Report report = Report::full;
  OnUnavailable on_unavailable = OnUnavailable::warn;
  std::string log_file;  // absolute; empty: the default place
  LogSinks sinks;
  Backend backend = Backend::automatic;
  ContainerSettings container;
  std::map<std::string, std::string> values;   // key -> effective value, as a person writes it
  std::map<std::string, std::string> origins;  // key -> where its value came from
  // Keys that a flag or a SEFACA_ variable set (exec refuses those that it can't honour).
  std::set<std::string> from_user;
  // Cache directories that are granted and are not there yet: the launcher makes them, owner-only.
  std::vector<std::string> make_directories;
};

class Policy {
 public:
  const PolicyFields* operator->() const { return &fields_; }
  const PolicyFields& operator*() const { return fields_; }

 private:
  friend class PolicyBuilder;
  explicit Policy(PolicyFields fields) : fields_(std::move(fields)) {}
  PolicyFields fields_;
};

// What a run could not enforce as the policy says, why, and what would bring it. Named in the
// record and to the user.
struct Gap {
  // narrower: something stricter stands in its place. weaker: nothing does; strict refuses to run.
  enum class Effect : std::uint8_t { narrower, weaker };
  Effect effect = Effect::weaker;
  std::string what{};     // "private_tmp", "metadata", "memory" …: a mechanism's name
  std::string why{};      // "no mount namespace: user namespaces are refused (EPERM)"
  std::string remedy{};   // the exact command or setting; empty when there is none
  std::string instead{};  // what is in force in its place; empty: nothing
};

// What is enforced, by whoever plans it, and what is not.
struct Claims {
  std::map<std::string, std::string> enforced{};  // mechanism -> how
  std::vector<Gap> gaps{};

  void held(const char* mechanism, std::string how) { enforced[mechanism] = std::move(how); }
  void lacks(Gap gap) { gaps.push_back(std::move(gap)); }
};

}  // namespace sefaca
