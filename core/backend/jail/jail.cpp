#include "core/backend/jail/jail.h"

#include <algorithm>

#include "core/backend/mounts.h"
#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr auto kNarrower = Gap::Effect::narrower;
constexpr auto kWeaker = Gap::Effect::weaker;

// What of the host every program needs, read-only: base system, ports, configuration.
constexpr const char* kSystem[] = {"/bin", "/sbin", "/lib", "/libexec", "/usr", "/etc"};

// Between double quotes of jail.conf: '$' begins a variable, '\' and '"' are escaped.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$') out += '\\';
    out += c;
  }
  return out + '"';
}

// A field of fstab(5), which white space ends: strunvis(3) reads it back.
std::string fstab_field(std::string_view path) {
  constexpr std::string_view kDigits = "01234567";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || c == '\\' || c == '#') {
      out += '\\';
      out += kDigits[byte >> 6U];
      out += kDigits[(byte >> 3U) & 7U];
      out += kDigits[byte & 7U];
    } else {
      out += c;
    }
  }
  return out;
}

class Jail {
 public:
  explicit Jail(const EnclosureInputs& in)
      : in_(in), policy_(*in.policy), mounts_(host_mounts(policy_, in.surroundings)) {}

  Result<Enclosure> make() {
    out_.backend = Backend::jail;
    out_.name = concat("sefaca_", name_part(in_.id));
    root_ = concat(in_.directory, "/root");
    out_.directories = {"root", "out"};
    mounts();
    line("path", quoted(root_));
    line("host.hostname", quoted(out_.name));
    flag("mount.devfs");
    line("devfs_ruleset", "4");  // devfsrules_jail of /etc/defaults/devfs.rules
    network();
    privileges();
    limits();
    start();
    out_.files.push_back(
        {"jail.conf", concat("# Made by sefaca: what it lets a command do, as a jail.\n", out_.name,
                             " {\n", body_, "}\n")});
    const std::string file = concat(in_.directory, "/jail.conf");
    out_.argv = {"jail", "-q", "-f", file, "-c", out_.name};
    out_.end = {"jail", "-q", "-f", file, "-r", out_.name};
    for (const auto& [name, value] : in_.surroundings.environment)
      out_.environment.push_back(concat(name, "=", value));
    describe();
    return std::move(out_);
  }

 private:
  void line(std::string_view name, std::string_view value) {
    body_ += concat("  ", name, " = ", value, ";\n");
  }
  void more(std::string_view name, std::string_view value) {
    body_ += concat("  ", name, " += ", quoted(value), ";\n");
  }
  void flag(std::string_view name) { body_ += concat("  ", name, ";\n"); }

  // A jail's name has no '-' or '.' of a meaning; the id's hexadecimal digits do.
  static std::string name_part(std::string_view id) {
    std::string out;
    for (const char c : id) {
      if (c != '-') out += c;
    }
    return out;
  }

  // ---- mounts ----

  void mount(const std::string& from, const std::string& to, const char* type,
             const std::string& options) {
    more("mount", concat(fstab_field(from), " ", fstab_field(concat(root_, to)), " ", type, " ",
                         options, " 0 0"));
  }

  void make_place(const std::string& to, bool directory) {
    const std::string place = concat(root_, to);
    prestart_.push_back(directory ? concat("mkdir -p ", shell_quote(place))
                                  : concat("mkdir -p ", shell_quote(concat(root_, parent_path(to))),
                                           " && touch ", shell_quote(place)));
  }

  void mounts() {
    const auto size = policy_.limits.memory_bytes
                          ? concat(",size=", std::to_string(*policy_.limits.memory_bytes))
                          : std::string();
    for (const char* path : kSystem) {
      make_place(path, true);
      mount(path, path, "nullfs", "ro,nosuid");
    }
    make_place("/dev", true);
    if (mount_at(mounts_, "/tmp") == nullptr) {
      make_place("/tmp", true);
      mount("tmpfs", "/tmp", "tmpfs", concat("rw,nosuid,mode=1777", size));
    }
    make_place("/.sefaca", true);
    mount(concat(in_.directory, "/out"), "/.sefaca", "nullfs", "rw,nosuid");
    for (const HostMount& one : mounts_) {
      const auto found = in_.surroundings.files->info(one.path);
      const bool directory = found && found->type == FileInfo::Type::directory;
      // Inside of what is mounted the host's own entry is the place.
      const bool inside_other = std::any_of(mounts_.begin(), mounts_.end(), [&](const auto& other) {
        return other.path != one.path && is_within(one.path, other.path);
      });
      if (!inside_other) make_place(one.path, directory);
      switch (one.kind) {
        case HostMount::Kind::read:
        case HostMount::Kind::write:
          // nullfs mounts files too from FreeBSD 14 on.
          mount(one.path, one.path, "nullfs",
                one.kind == HostMount::Kind::write ? "rw,nosuid" : "ro,nosuid");
          break;
        case HostMount::Kind::empty_directory:
          mount("tmpfs", one.path, "tmpfs", "ro,nosuid,size=4096,mode=0555");
          break;
        case HostMount::Kind::empty_file:
          mount("/dev/null", one.path, "nullfs", "ro");
          break;
      }
    }
    std::string all;
    all.swap(body_);
    for (const std::string& step : prestart_) more("exec.prepare", step);
    body_ += all;
  }

  // ---- network, privileges, limits ----

  void network() {
    switch (policy_.network) {
      case Network::deny:
        line("ip4", "disable");
        line("ip6", "disable");
        out_.held("network", "ip4 and ip6 disabled");
        break;
      case Network::localhost:
        flag("vnet");
        more("exec.created", concat("ifconfig -j ", out_.name, " lo0 inet 127.0.0.1/8 up"));
        more("exec.created", concat("ifconfig -j ", out_.name, " lo0 inet6 ::1/128"));
        out_.held("network", "vnet: a network stack of its own with nothing but loopback");
        break;
      case Network::host_loopback:
        line("ip4", "new");
        line("ip4.addr", quoted("lo0|127.0.0.1"));
        line("ip6", "disable");
        out_.held("network", "the address 127.0.0.1 alone");
        break;
      case Network::allow:
        line("ip4", "inherit");
        line("ip6", "inherit");
        break;
    }
  }

  void privileges() {
    line("enforce_statfs", "2");
    line("children.max", "0");
    line("securelevel", "3");
    for (const char* what : {"sysvmsg", "sysvsem", "sysvshm"}) line(what, "new");
    for (const char* what :
         {"allow.set_hostname", "allow.raw_sockets", "allow.chflags", "allow.mount", "allow.quotas",
          "allow.socket_af", "allow.mlock", "allow.read_msgbuf", "allow.unprivileged_proc_debug"})
      line(what, "0");
    out_.held("privileges", "jail: no mounts, no raw sockets, no flags; no setuid programs");
    out_.held("ipc", "System V objects of its own");
  }

  void rule(const char* resource, std::uint64_t amount, const char* action) {
    more("exec.created", concat("rctl -a jail:", out_.name, ":", resource, ":", action, "=",
                                std::to_string(amount)));
    limited_ = true;
  }

  void limits() {
    const Limits& limits = policy_.limits;
    if (limits.memory_bytes) {
      rule("memoryuse", *limits.memory_bytes, "deny");
      out_.held("memory", "rctl: memoryuse");
    }
    if (limits.processes) {
      rule("maxproc", *limits.processes, "deny");
      out_.held("processes", "rctl: maxproc");
    }
    if (limits.cpu_time_ms) {
      rule("cputime", (*limits.cpu_time_ms + 999) / 1000, "sigkill");
      out_.held("cpu_time", "rctl: cputime, of the whole jail");
    }
    if (limits.open_files) {
      rule("openfiles", *limits.open_files, "deny");
      out_.held("open_files", "rctl: openfiles, of the whole jail");
    }
    if (limits.file_size_bytes) out_.held("file_size", "RLIMIT_FSIZE, set by the start");
    if (limits.timeout_ms) {
      out_.held("timeout", "a clock outside, then jail -r");
    }
    if (limited_) more("exec.poststop", concat("rctl -r jail:", out_.name));
  }

  // ---- the start and the stop of the specification ----

  void start() {
    std::string script = "# Made by sefaca: the command, and where its exit code is found.\n";
    script += concat("cd ", shell_quote(in_.surroundings.cwd), " || exit 125\n");
    if (policy_.limits.file_size_bytes)
      script +=
          concat("ulimit -f ", std::to_string((*policy_.limits.file_size_bytes + 511) / 512), "\n");
    script += "ulimit -c 0\nenv -i";
    const bool own_tmp = policy_.tmp == TmpKind::private_directory;
    for (const std::string& entry : policy_.environment) {
      const std::string_view name = std::string_view(entry).substr(0, entry.find('='));
      if (name == "TMPDIR" || (name == "HOME" && policy_.level == Level::strict)) continue;
      script += concat(" \\\n  ", shell_quote(entry));
    }
    script += concat(" \\\n  TMPDIR=", own_tmp ? "/tmp" : shell_quote(policy_.tmp_directory));
    if (policy_.level == Level::strict) script += " HOME=/tmp";
    script += concat(" \\\n  ", shell_join(in_.command.argv), "\necho $? >/.sefaca/code\n");
    out_.files.push_back({"out/start", script});
    if (in_.surroundings.uid != 0) line("exec.jail_user", quoted(in_.surroundings.user));
    flag("exec.clean");
    more("exec.start", "/bin/sh /.sefaca/start");
    line("exec.stop", quoted("/bin/kill -TERM -1"));
    line("stop.timeout", "2");
  }

  void describe() {
    out_.held("files", "nullfs mounts: the base system read-only, and the policy's paths");
    out_.held("metadata", "nullfs mounts (read-only)");
    for (const char* what : {"signals", "ptrace", "scheduling", "unix_sockets"})
      out_.held(what, "jail");
    if (policy_.tmp == TmpKind::private_directory) out_.held("private_tmp", "tmpfs");
    out_.lacks({kWeaker, "not_run",
                "jails are generated and checked as text; nobody has run this one on FreeBSD",
                "read it (--dry-run), and try it there"});
    if (policy_.read == ReadScope::all)
      out_.lacks({kNarrower, "read",
                  "of the host the base system and what is granted by path can be read",
                  "--readonly=PATH"});
    if (policy_.level == Level::standard)
      out_.lacks({kWeaker, "protected_paths",
                  "no mount protects a name that is not there yet: .envrc, .sefaca.toml and "
                  "start-up files "
                  "can be made in a writable directory"});
    if (policy_.report != Report::off)
      out_.lacks({kNarrower, "denials", "what is refused in a jail is not named"});
    if (!policy_.keep_fds.empty())
      out_.lacks({kNarrower, "keep_fd", "jail(8) passes no file descriptors on"});
  }

  const EnclosureInputs& in_;
  const PolicyFields& policy_;
  const std::vector<HostMount> mounts_;
  std::string root_, body_;
  std::vector<std::string> prestart_;
  bool limited_ = false;
  Enclosure out_;
};

}  // namespace

Result<Enclosure> make_jail(const EnclosureInputs& inputs) {
  return Jail(inputs).make();
}

}  // namespace sefaca
