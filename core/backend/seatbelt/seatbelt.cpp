#include "core/backend/seatbelt/seatbelt.h"

#include <algorithm>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

constexpr auto kNarrower = Gap::Effect::narrower;
constexpr auto kWeaker = Gap::Effect::weaker;

// What every program needs to start, where reading is listed.
constexpr const char* kSystem[] = {"/System",
                                   "/usr",
                                   "/bin",
                                   "/sbin",
                                   "/Library",
                                   "/private/etc",
                                   "/opt",
                                   "/Applications/Xcode.app",
                                   "/private/var/db/dyld",
                                   "/private/var/db/timezone",
                                   "/private/var/select"};
constexpr const char* kDevices[] = {
    "/dev/null", "/dev/zero",  "/dev/random", "/dev/urandom", "/dev/tty",
    "/dev/ptmx", "/dev/stdin", "/dev/stdout", "/dev/stderr",  "/dev/dtracehelper"};
// These links lead to /private: the kernel compares what they lead to.
constexpr std::string_view kLinks[] = {"/etc", "/tmp", "/var"};

std::string real(const std::string& path) {
  for (const std::string_view link : kLinks) {
    if (is_within(path, link)) return concat("/private", path);
  }
  return path;
}

std::string text_of(std::string_view path) {
  std::string out = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

class Profile {
 public:
  explicit Profile(const EnclosureInputs& in) : in_(in), policy_(*in.policy) {}

  Result<Enclosure> make() {
    out_.backend = Backend::seatbelt;
    out_.name = concat("sefaca-", in_.id);
    line("; Made by sefaca. The last rule that fits decides.");
    line("(version 1)");
    line("(deny default)");
    basics();
    files();
    network();
    secrets();
    out_.files.push_back({"sefaca.sb", text_});
    out_.directories = {"tmp"};
    out_.argv = {"sandbox-exec", "-f", concat(in_.directory, "/sefaca.sb")};
    out_.argv.insert(out_.argv.end(), in_.command.argv.begin(), in_.command.argv.end());
    environment();
    describe();
    return std::move(out_);
  }

 private:
  void line(std::string_view text) { text_ += concat(text, "\n"); }
  void rule(std::string_view action, std::string_view operations, const std::string& filter) {
    line(concat("(", action, " ", operations, filter.empty() ? "" : " ", filter, ")"));
  }
  static std::string below(const std::string& path) {
    return concat("(subpath ", text_of(real(path)), ")");
  }
  static std::string exactly(const std::string& path) {
    return concat("(literal ", text_of(real(path)), ")");
  }
  [[nodiscard]] bool own_tmp() const { return policy_.tmp == TmpKind::private_directory; }
  [[nodiscard]] std::string tmp() const {
    return own_tmp() ? concat(in_.directory, "/tmp") : policy_.tmp_directory;
  }

  void basics() {
    line("(allow process-fork)");
    line("(allow process-exec*)");
    line("(allow process-info* (target same-sandbox))");
    line("(allow signal (target same-sandbox))");
    line("(allow sysctl-read)");
    line("(allow file-read-metadata)");  // names may show, contents do not
    line("(allow ipc-posix-sem)");
    line("(allow pseudo-tty)");
    line("(allow mach-lookup (global-name \"com.apple.system.opendirectoryd.libinfo\"))");
    line("(allow mach-lookup (global-name \"com.apple.system.logger\"))");
    if (policy_.level == Level::permissive) line("(allow ipc-posix-shm*)");
  }

  // Sorted by path: a narrower rule below a wider one comes after it, and decides.
  void files() {
    if (policy_.read == ReadScope::all) {
      rule("allow", "file-read*", below("/"));
    } else {
      rule("allow", "file-read*", exactly("/"));
      for (const char* path : kSystem)
        rule("allow", "file-read*", concat("(subpath ", text_of(path), ")"));
    }
    for (const char* path : kDevices) {
      rule("allow", "file-read* file-write-data file-ioctl", exactly(path));
    }
    rule("allow", "file-read* file-write* file-ioctl", "(regex #\"^/dev/ttys[0-9]+$\")");
    std::vector<PathRule> rules = policy_.paths;
    rules.push_back({tmp(), Access::write, PathRule::Kind::grant, "the temporary directory", ""});
    if (policy_.level == Level::permissive && in_.surroundings.cwd != "/")
      rules.push_back({in_.surroundings.cwd, Access::write, PathRule::Kind::grant, "", ""});
    std::stable_sort(rules.begin(), rules.end(),
                     [](const PathRule& a, const PathRule& b) { return a.path < b.path; });
    for (const PathRule& one : rules) {
      if (one.access == Access::hide || is_of_linux(one)) continue;
      if (one.access == Access::write) {
        rule("allow", "file-read* file-write*", below(one.path));
      } else if (one.path != "/") {
        rule("allow", "file-read*", below(one.path));
        rule("deny", "file-write*", below(one.path));
      }
    }
  }

  // The baseline of Linux: loaders, /proc, devices.
  static bool is_of_linux(const PathRule& one) {
    return one.kind == PathRule::Kind::baseline || is_within(one.path, "/proc") ||
           is_within(one.path, "/dev") || is_within(one.path, "/sys");
  }

  void network() {
    constexpr const char* kResolver = "(literal \"/private/var/run/mDNSResponder\")";
    switch (policy_.network) {
      case Network::deny:
        line("(deny network*)");
        out_.held("network", "seatbelt: none");
        break;
      case Network::localhost:
      case Network::host_loopback:
        line("(deny network*)");
        line("(allow network-bind network-inbound (local ip \"localhost:*\"))");
        line("(allow network-outbound (remote ip \"localhost:*\"))");
        out_.held("network", "seatbelt: loopback of the host");
        if (policy_.network == Network::localhost)
          out_.lacks({kWeaker, "network",
                      "the loopback is the host's: its own services are reachable, and its "
                      "processes reach "
                      "what the command listens on",
                      "--no-network"});
        break;
      case Network::allow:
        line("(allow network*)");
        rule("allow", "network-outbound", kResolver);
        line("(allow mach-lookup (global-name \"com.apple.SystemConfiguration.configd\"))");
        line("(allow mach-lookup (global-name \"com.apple.trustd.agent\"))");
        break;
    }
    // Unix sockets by path where the policy grants writing.
    if (policy_.network != Network::allow) {
      for (const PathRule& one : policy_.paths) {
        if (one.access == Access::write && one.path != "/" && !is_of_linux(one))
          rule("allow", "network*", concat("(subpath ", text_of(real(one.path)), ")"));
      }
      rule("allow", "network*", below(tmp()));
    }
  }

  void secrets() {
    line("; Last, so that nothing opens them again.");
    for (const PathRule& one : policy_.paths) {
      if (one.access != Access::hide || is_of_linux(one)) continue;
      rule("deny", "file-read-data file-read-xattr file-write* network-outbound", below(one.path));
    }
    // What a person names below a secret's place.
    for (const PathRule& one : policy_.paths) {
      const PathRule* around = rule_at(policy_.paths, std::string(parent_path(one.path)));
      if (one.access == Access::hide || around == nullptr || around->access != Access::hide ||
          is_of_linux(one))
        continue;
      rule("allow", one.access == Access::write ? "file-read* file-write*" : "file-read*",
           below(one.path));
    }
  }

  void environment() {
    for (const std::string& entry : policy_.environment) {
      if (entry.starts_with("TMPDIR=") ||
          (policy_.level == Level::strict && entry.starts_with("HOME=")))
        continue;
      out_.environment.push_back(entry);
    }
    out_.environment.push_back(concat("TMPDIR=", tmp()));
    if (policy_.level == Level::strict) out_.environment.push_back(concat("HOME=", tmp()));
  }

  void describe() {
    out_.held("files", "seatbelt: by path");
    out_.held("metadata", "seatbelt: file-write* by path");
    out_.held("signals", "seatbelt: of its own sandbox alone");
    out_.held("ptrace", "seatbelt: no task port of another process");
    out_.held("unix_sockets", "seatbelt: by path");
    const Limits& limits = policy_.limits;
    if (limits.timeout_ms) out_.held("timeout", "a clock outside");
    if (limits.cpu_time_ms) out_.held("cpu_time", "RLIMIT_CPU, each process by itself");
    if (limits.file_size_bytes) out_.held("file_size", "RLIMIT_FSIZE");
    if (limits.open_files) out_.held("open_files", "RLIMIT_NOFILE, each process by itself");
    out_.lacks({kWeaker, "not_run",
                "profiles are generated and evaluated as text; nobody has run this one on macOS",
                "read it (--dry-run), and try it there"});
    if (limits.memory_bytes)
      out_.lacks({kWeaker, "memory", "macOS holds no limit of memory for a tree of processes"});
    if (limits.processes)
      out_.lacks({kWeaker, "processes", "RLIMIT_NPROC counts all processes of the user"});
    if (own_tmp())
      out_.lacks({kNarrower, "private_tmp", "TMPDIR is private, a literal /tmp is not writable",
                  "--tmp=host"});
    if (policy_.report != Report::off)
      out_.lacks({kNarrower, "denials",
                  "what is refused stands in the system's log, not in the record",
                  "log show --predicate 'sender == \"Sandbox\"'"});
    if (policy_.level == Level::standard)
      out_.lacks(
          {kWeaker, "protected_paths",
           "no rule is made for a name that is not there yet: .envrc, .sefaca.toml and start-up "
           "files can be made in a writable directory"});
  }

  const EnclosureInputs& in_;
  const PolicyFields& policy_;
  std::string text_;
  Enclosure out_;
};

}  // namespace

Result<Enclosure> make_seatbelt(const EnclosureInputs& inputs) {
  return Profile(inputs).make();
}

}  // namespace sefaca
