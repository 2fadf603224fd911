#include "core/backend/container/container.h"

#include <algorithm>
#include <charconv>

#include "core/backend/mounts.h"
#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/units.h"

namespace sefaca {
namespace {

constexpr auto kNarrower = Gap::Effect::narrower;
constexpr auto kWeaker = Gap::Effect::weaker;

constexpr const char* kOwnPlace = "/.sefaca";
constexpr const char* kWorkspace = "/workspace";

// Variables that mean something on the host alone; passed when --env names them.
constexpr std::string_view kOfTheHost[] = {"PATH",
                                           "LD_LIBRARY_PATH",
                                           "LD_PRELOAD",
                                           "XDG_RUNTIME_DIR",
                                           "DISPLAY",
                                           "XAUTHORITY",
                                           "WAYLAND_DISPLAY",
                                           "SSH_AUTH_SOCK",
                                           "GPG_AGENT_INFO",
                                           "TMUX",
                                           "HOSTNAME",
                                           "PWD",
                                           "OLDPWD",
                                           "SHLVL",
                                           "TMPDIR",
                                           "DOCKER_HOST",
                                           "CONTAINER_HOST",
                                           "CONTAINERS_CONF",
                                           "SHELL",
                                           "_",
                                           "DBUS_SESSION_BUS_ADDRESS",
                                           "SEFACA_PARENT"};
// Variables that the engine itself reads: never changed for the engine's process.
constexpr std::string_view kOfTheEngine[] = {
    "PATH", "HOME", "TMPDIR", "XDG_", "DOCKER_", "CONTAINER", "STORAGE_", "REGISTRY_", "LD_", "TZ"};

bool is_of_the_host(std::string_view name) {
  return std::find(std::begin(kOfTheHost), std::end(kOfTheHost), name) != std::end(kOfTheHost);
}

bool is_of_the_engine(std::string_view name) {
  return std::any_of(std::begin(kOfTheEngine), std::end(kOfTheEngine),
                     [&](std::string_view one) { return name.starts_with(one); });
}

std::string_view name_in(std::string_view entry) {
  return entry.substr(0, entry.find('='));
}

class Container {
 public:
  explicit Container(const EnclosureInputs& in)
      : in_(in),
        policy_(*in.policy),
        podman_(in.backend == Backend::podman),
        mounts_(host_mounts(policy_, in.surroundings)) {}

  Result<Enclosure> make() {
    if (auto fine = refuse(); !fine) return fine.errors();
    out_.backend = in_.backend;
    out_.name = concat("sefaca-", in_.id);
    if (inside()) {
      out_.directories = {"out"};
      out_.record = "out/record.jsonl";
    }
    words(in_.engine, "run");
    words("--name", out_.name);
    word(concat("--label=sefaca=", in_.id));
    word(concat("--pull=", policy_.container.pull));
    user();
    terminal();
    files();
    environment();
    network();
    limits();
    privileges();
    command();
    out_.end = {in_.engine, "rm", "--force", "--volumes", out_.name};
    if (podman_) out_.end.insert(out_.end.begin() + 2, "--time=0");
    describe();
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool inside() const { return !in_.self.empty(); }
  [[nodiscard]] bool root() const { return in_.surroundings.uid == 0; }
  void word(std::string text) { out_.argv.push_back(std::move(text)); }
  template <class... Text>
  void words(const Text&... text) {
    (out_.argv.push_back(text), ...);
  }
  [[nodiscard]] std::string origin_of(const char* key) const {
    const auto found = policy_.origins.find(key);
    return found == policy_.origins.end() ? std::string() : found->second;
  }

  // What a person asked for and no container gives.
  Status refuse() const {
    Errors errors;
    const std::string backend = concat("backend ", name_of(in_.backend));
    if (!policy_.keep_fds.empty())
      errors.push_back({.what = concat(backend, " passes no file descriptors on"),
                        .where = origin_of("keep_fd"),
                        .excerpt = {},
                        .remedy = "--backend=linux"});
    if (policy_.keep_background)
      errors.push_back({.what = concat(backend,
                                       " can't leave anything running: the container ends "
                                       "with its command"),
                        .where = origin_of("keep_background"),
                        .excerpt = {},
                        .remedy = "--backend=linux"});
    for (const HostMount& mount : mounts_) {
      if (mount.path.find(':') != std::string::npos)
        errors.push_back(
            {.what = concat(backend, " can't mount a path with ':' in it: ", printable(mount.path)),
             .where = mount.reason,
             .excerpt = {},
             .remedy = "rename it, or --backend=linux"});
    }
    if (!errors.empty()) return errors;
    return Done{};
  }

  void user() {
    // Of a rootless docker the container's root is the user; podman can keep the user's own id.
    if (in_.facts.rootless && !podman_) return words(std::string("--user=0:0"));
    word(concat("--user=", std::to_string(in_.surroundings.uid), ":",
                std::to_string(in_.surroundings.gid)));
    if (in_.facts.rootless) word("--userns=keep-id");
  }

  void terminal() {
    word("--interactive");
    if (in_.terminal) word("--tty");
    word("--log-driver=none");
    word("--no-healthcheck");
  }

  // ---- files ----

  // A directory on the disk, not a tmpfs: large temporary files are no memory, and engines give a
  // tmpfs the owner and mode of what they find in the image.
  void own_directory(const char* name, const std::string& path) {
    out_.directories.emplace_back(name);
    volume(concat(in_.directory, "/", name), path, true);
    own_places_.push_back(path);
  }

  void empty_directory(const std::string& path) {
    const bool made = std::find(out_.directories.begin(), out_.directories.end(), "empty") !=
                      out_.directories.end();
    if (!made) out_.directories.emplace_back("empty");
    volume(concat(in_.directory, "/empty"), path, false);
  }

  void volume(const std::string& from, const std::string& to, bool writable) {
    word(concat("--volume=", from, ":", to, writable ? ":rw" : ":ro"));
  }

  void files() {
    if (policy_.level != Level::permissive) word("--read-only");
    if (podman_ && policy_.level != Level::permissive) word("--read-only-tmpfs=false");
    const HostMount* tmp = mount_at(mounts_, "/tmp");
    if (tmp == nullptr) own_directory("tmp", "/tmp");
    home_ = policy_.level == Level::strict ? "/tmp" : in_.surroundings.home;
    if (home_.starts_with('/') && home_ != "/" && home_ != "/tmp" &&
        home_.find(':') == std::string::npos && mount_at(mounts_, home_) == nullptr &&
        in_.surroundings.cwd != home_)
      own_directory("home", home_);
    for (const HostMount& mount : mounts_) {
      switch (mount.kind) {
        case HostMount::Kind::read:
        case HostMount::Kind::write:
          volume(mount.path, mount.path, mount.kind == HostMount::Kind::write);
          break;
        case HostMount::Kind::empty_directory:
          empty_directory(mount.path);
          break;
        case HostMount::Kind::empty_file:
          volume("/dev/null", mount.path, false);
          break;
      }
    }
    // The run's own directory, with its record, where all around it is mounted.
    if (mount_at(mounts_, in_.directory) != nullptr) empty_directory(in_.directory);
    std::string start = in_.surroundings.cwd;
    if (policy_.container.workspace) workspace(start);
    word(concat("--workdir=", start));
    if (inside()) {
      volume(in_.self, concat(kOwnPlace, "/", kInsideName), false);
      volume(concat(in_.directory, "/out"), concat(kOwnPlace, "/out"), true);
    }
  }

  void workspace(std::string& start) {
    const HostMount* here = mount_at(mounts_, start);
    if (here == nullptr) return;
    // What is covered in the working directory is covered there too.
    const std::string from = start;
    start = kWorkspace;
    for (const HostMount& mount : mounts_) {
      const bool below = mount.path != from && is_within(mount.path, from);
      const std::string to =
          below ? concat(kWorkspace, mount.path.substr(from.size())) : std::string(kWorkspace);
      if (&mount == here) volume(from, to, here->kind == HostMount::Kind::write);
      if (!below || &mount == here) continue;
      if (mount.kind == HostMount::Kind::empty_directory) {
        empty_directory(to);
      } else {
        volume(mount.kind == HostMount::Kind::empty_file ? "/dev/null" : mount.path, to,
               mount.kind == HostMount::Kind::write);
      }
    }
  }

  // ---- environment ----

  [[nodiscard]] bool is_given(std::string_view name) const {
    return std::any_of(policy_.given.begin(), policy_.given.end(),
                       [&](const std::string& part) { return name_in(part) == name; });
  }

  // Values stand in the engine's environment, where others can't read them, and only their names on
  // its command line; but not those that would change what the engine itself does.
  void environment() {
    for (const auto& [name, value] : in_.surroundings.environment)
      out_.environment.push_back(concat(name, "=", value));
    for (const std::string& entry : policy_.environment) {
      const std::string name(name_in(entry));
      const bool given = is_given(name);
      if (name == "HOME" || (is_of_the_host(name) && !given)) continue;
      pass(name, entry.substr(name.size() + 1));
    }
    if (!home_.empty()) pass("HOME", is_given("HOME") ? value_of("HOME") : home_);
    const bool own_tmp = policy_.tmp == TmpKind::private_directory;
    if (!is_given("TMPDIR")) pass("TMPDIR", own_tmp ? "/tmp" : policy_.tmp_directory);
    if (in_.interactive) mark_prompt();
  }

  [[nodiscard]] std::string value_of(std::string_view name) const {
    for (const std::string& entry : policy_.environment) {
      if (name_in(entry) == name) return entry.substr(name.size() + 1);
    }
    return {};
  }

  void pass(const std::string& name, const std::string& value) {
    const std::string same = concat(name, "=", value);
    const bool known =
        std::find(out_.environment.begin(), out_.environment.end(), same) != out_.environment.end();
    passed_.push_back(name);
    if (known) return word(concat("--env=", name));
    if (is_of_the_engine(name)) return word(concat("--env=", same));
    std::erase_if(out_.environment,
                  [&](const std::string& entry) { return name_in(entry) == name; });
    out_.environment.push_back(same);
    word(concat("--env=", name));
  }

  void mark_prompt() {
    const std::string mark = concat("(sefaca:", name_of(policy_.level), ") ");
    pass("PS1", concat(mark, root() ? "# " : "$ "));
    pass("PROMPT_COMMAND",
         concat("case $PS1 in \"", mark, "\"*) ;; *) PS1=\"", mark, "$PS1\";; esac"));
  }

  // ---- network, limits, privileges ----

  void network() {
    const Network wanted = policy_.network;
    const bool host = wanted == Network::allow || (wanted == Network::host_loopback && inside());
    word(host ? "--network=host" : "--network=none");
    switch (wanted) {
      case Network::allow:
        break;
      case Network::deny:
        out_.held("network", inside()
                                 ? "a network without interfaces; inside: no socket but unix pairs"
                                 : "a network without interfaces but its own loopback");
        break;
      case Network::localhost:
        out_.held("network", "a network of its own with nothing but loopback");
        break;
      case Network::host_loopback:
        if (inside()) {
          out_.held("network", "inside: the supervisor connects and binds: loopback of the host");
        } else {
          out_.held("network", "a network of its own with nothing but loopback");
          out_.lacks({kNarrower, "network",
                      "a loopback of its own in place of the host's: sefaca does not run inside"});
        }
        break;
    }
  }

  void ulimit(const char* name, std::uint64_t value) {
    const std::string number = std::to_string(value);
    word(concat("--ulimit=", name, "=", number, ":", number));
  }

  void limits() {
    const Limits& limits = policy_.limits;
    const std::string engine = name_of(in_.backend);
    const auto watched = [&](const char* what, const char* cgroup) {
      // Named in any case: a watch inside looks now and then, a control group always holds.
      if (inside()) {
        out_.held(what, "inside: watched over the tree, ended when above");
        out_.lacks(
            {kNarrower, cgroup,
             concat(engine, " ignores limits here: rootless, without delegated control groups; ",
                    what, " is watched from inside in their place"),
             "control groups of version 2, or run it as root"});
      } else {
        out_.lacks(
            {kWeaker, what,
             concat(engine, " ignores limits here: rootless, without delegated control groups"),
             "control groups of version 2, or run it as root"});
      }
    };
    if (limits.memory_bytes) {
      if (in_.facts.memory) {
        const std::string bytes = std::to_string(*limits.memory_bytes);
        words(concat("--memory=", bytes), concat("--memory-swap=", bytes));
        out_.held("memory",
                  concat(engine, ": a control group", inside() ? ", and watched inside" : ""));
      } else {
        watched("memory", "memory_cgroup");
      }
    }
    if (limits.processes) {
      if (in_.facts.tasks) {
        // sefaca's own inside: supervisor, guardian and threads.
        const std::uint64_t own = inside() ? 16 : 0;
        word(concat("--pids-limit=", std::to_string(*limits.processes + own)));
        out_.held("processes",
                  concat(engine, ": a control group", inside() ? ", and watched inside" : ""));
      } else {
        watched("processes", "processes_cgroup");
      }
    }
    if (limits.timeout_ms)
      out_.held("timeout", inside() ? "inside: the supervisor's clock; outside: another, 10 s later"
                                    : "a clock outside");
    if (limits.cpu_time_ms) {
      ulimit("cpu", (*limits.cpu_time_ms + 999) / 1000);
      out_.held("cpu_time", "RLIMIT_CPU, each process by itself");
    }
    if (limits.file_size_bytes) {
      ulimit("fsize", *limits.file_size_bytes);
      out_.held("file_size", "RLIMIT_FSIZE");
    }
    // Engines would raise some of them, which an ordinary caller can't.
    own_limit("nofile", in_.open_files, limits.open_files);
    if (limits.open_files) out_.held("open_files", "RLIMIT_NOFILE, each process by itself");
    if (podman_) own_limit("nproc", in_.processes, std::nullopt);
    word("--ulimit=core=0:0");
  }

  // The policy's, else the caller's own.
  void own_limit(const char* name, const std::string& own, std::optional<std::uint64_t> wanted) {
    if (wanted) return ulimit(name, *wanted);
    if (!own.empty()) word(concat("--ulimit=", name, "=", own));
  }

  void privileges() {
    word("--cap-drop=ALL");
    if (root() && policy_.level != Level::strict) {
      for (const char* name : {"CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID"})
        word(concat("--cap-add=", name));
    }
    words(std::string("--security-opt=no-new-privileges"),
          std::string("--security-opt=label=disable"));
    out_.held("privileges", "no_new_privs, capabilities dropped");
    out_.held("syscalls",
              concat(name_of(in_.backend), "'s own filter", inside() ? "; inside: seccomp" : ""));
  }

  // ---- what runs ----

  void command() {
    std::vector<std::string> words = in_.command.argv;
    if (in_.interactive) {
      // $SHELL is the host's; an image may have none of that name.
      words = {"/bin/sh", "-c",
               "command -v \"$0\" >/dev/null 2>&1 && exec \"$0\" -i; exec /bin/sh -i",
               words.front()};
    }
    if (inside()) words = inside_words(words);
    word(concat("--entrypoint=", words.front()));
    word(policy_.container.image);
    out_.argv.insert(out_.argv.end(), words.begin() + 1, words.end());
  }

  [[nodiscard]] std::vector<std::string> inside_words(const std::vector<std::string>& command) {
    std::vector<std::string> out{concat(kOwnPlace, "/", kInsideName), in_.id};
    const auto add = [&](const char* option, const std::string& value) {
      out.push_back(concat("--", option, "=", value));
    };
    add("level", name_of(policy_.level));
    add("network", name_of(policy_.network));
    add("read", "all");
    add("tmp", "host");
    const Limits& limits = policy_.limits;
    const auto number = [](const std::optional<std::uint64_t>& value) {
      return value ? std::to_string(*value) : std::string("none");
    };
    add("memory", number(limits.memory_bytes));
    add("timeout", format_duration(limits.timeout_ms));
    add("pids", number(limits.processes));
    std::vector<std::string> write = own_places_, read;
    for (const HostMount& mount : mounts_) {
      if (mount.kind == HostMount::Kind::write) write.push_back(mount.path);
      if (mount.kind == HostMount::Kind::read) read.push_back(mount.path);
    }
    if (policy_.container.workspace && mount_at(mounts_, in_.surroundings.cwd) != nullptr &&
        mount_at(mounts_, in_.surroundings.cwd)->kind == HostMount::Kind::write)
      write.emplace_back(kWorkspace);
    if (policy_.level != Level::permissive) {
      if (!write.empty()) add("readwrite", join(write, ":"));
      if (!read.empty()) add("readonly", join(read, ":"));
    }
    if (!policy_.allow.empty()) {
      const std::vector<std::string> allow(policy_.allow.begin(), policy_.allow.end());
      add("allow", join(allow, ","));
    }
    for (const std::string& name : passed_) add("env", name);
    add("on-unavailable", policy_.on_unavailable == OnUnavailable::fail ? "fail" : "warn");
    add("report", name_of(policy_.report));
    add("log", concat(kOwnPlace, "/out/record.jsonl"));
    out.emplace_back("--");
    out.insert(out.end(), command.begin(), command.end());
    return out;
  }

  // ---- what that comes to ----

  void describe() {
    const std::string engine = name_of(in_.backend);
    out_.held("container",
              concat(engine, in_.facts.rootless ? ", rootless: " : ": ", policy_.container.image));
    out_.held("files",
              concat("the image (",
                     policy_.level == Level::permissive ? "changes are dropped" : "read-only",
                     ") and the mounts of the policy", inside() ? "; inside: Landlock" : ""));
    out_.held("private_tmp", "a directory of the run's own");
    if (policy_.tmp == TmpKind::host) out_.enforced.erase("private_tmp");
    for (const char* what : {"signals", "ptrace", "scheduling"}) out_.held(what, "pid namespace");
    out_.held("ipc", "ipc namespace");
    if (policy_.network == Network::deny || policy_.network == Network::localhost || !inside())
      out_.held("abstract_sockets", "network namespace");
    out_.held("unix_sockets", "those of mounted paths alone");
    out_.held("metadata", "mounts (read-only)");
    if (policy_.read == ReadScope::all)
      out_.lacks({kNarrower, "read",
                  "the host's files are not in the container: the image's are, and what is granted "
                  "by path",
                  "--readonly=PATH"});
    if (policy_.level == Level::permissive)
      out_.lacks({kNarrower, "files", "only the working directory of the host can be written",
                  "--readwrite=PATH"});
    if (policy_.level == Level::standard && !inside())
      out_.lacks({kWeaker, "protected_paths",
                  "no mount protects a name that is not there yet: .envrc, .sefaca.toml and "
                  "start-up files "
                  "can be made in a writable directory",
                  "a static build of sefaca, which is then run inside"});
    if (!inside() && policy_.report != Report::off)
      out_.lacks({kNarrower, "denials",
                  "sefaca does not run inside: what is refused there is not named",
                  "a static build of sefaca"});
    if (policy_.network == Network::allow && !inside())
      out_.lacks({kWeaker, "abstract_sockets",
                  "with the host's network the host's abstract unix sockets are reachable",
                  "a static build of sefaca, which is then run inside"});
  }

  const EnclosureInputs& in_;
  const PolicyFields& policy_;
  const bool podman_;
  const std::vector<HostMount> mounts_;
  std::vector<std::string> own_places_;  // tmpfs that are written
  std::vector<std::string> passed_;      // names of the environment
  std::string home_;
  Enclosure out_;
};

bool is_true(std::string_view word) {
  return word == "true";
}

int number_of(std::string_view text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

Result<Enclosure> make_container(const EnclosureInputs& inputs) {
  return Container(inputs).make();
}

std::vector<std::string> facts_question(Backend backend) {
  if (backend == Backend::podman)
    return {"info", "--format",
            "{{.Host.Security.Rootless}} {{.Host.CgroupsVersion}} {{.Host.CgroupControllers}}"};
  return {"info", "--format", "{{.MemoryLimit}} {{.PidsLimit}} {{.SecurityOptions}}"};
}

EngineFacts parse_facts(Backend backend, std::string_view answer) {
  EngineFacts facts;
  const std::string_view line = trim(answer);
  const auto words = split(line, ' ');
  if (words.size() < 2) return facts;
  if (backend == Backend::docker) {
    facts.rootless = line.find("name=rootless") != std::string_view::npos;
    facts.memory = is_true(words[0]);
    facts.tasks = is_true(words[1]);
    return facts;
  }
  facts.rootless = is_true(words[0]);
  const auto controls = [&](std::string_view name) {
    return (!facts.rootless || words[1] == "v2") && line.find(name) != std::string_view::npos;
  };
  facts.memory = controls("memory");
  facts.tasks = controls("pids");
  return facts;
}

std::vector<std::string> state_question(const std::string& name) {
  return {"container", "inspect", "--format",
          "{{.State.OOMKilled}} {{.State.ExitCode}} {{.State.StartedAt}}", name};
}

ContainerState parse_state(std::string_view answer) {
  ContainerState state;
  const auto words = split(trim(answer), ' ');
  if (words.size() < 3) return state;
  state.found = true;
  state.out_of_memory = is_true(words[0]);
  state.exit_code = number_of(words[1]);
  state.started = !words[2].starts_with("0001-");  // the zero of Go's time
  return state;
}

}  // namespace sefaca
