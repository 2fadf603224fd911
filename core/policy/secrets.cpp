// The table of secrets and of the sockets that lead out.
#include "core/policy/secrets.h"

#include <algorithm>
#include <string_view>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/paths.h"
#include "core/policy/runner.h"

namespace sefaca {
namespace {

// A socket's secret is who answers, not what the file holds.
enum class Sort { content, socket };
constexpr Sort kSocket = Sort::socket;

struct Row {
  Place place;
  std::string_view path;
  std::string_view reason;
  Sort sort = Sort::content;
};

constexpr Row kTable[] = {
    // Keys.
    {Place::home, ".ssh", "ssh keys"},
    {Place::home, ".gnupg", "gpg keys"},
    {Place::variable, "GNUPGHOME", "gpg keys"},
    {Place::home, ".pki", "certificates and keys"},
    {Place::config, "sops", "age keys"},
    {Place::config, "age", "age keys"},
    {Place::variable, "SOPS_AGE_KEY_FILE", "age keys"},
    // Clouds and clusters.
    {Place::home, ".aws", "cloud credentials"},
    {Place::variable, "AWS_SHARED_CREDENTIALS_FILE", "cloud credentials"},
    {Place::variable, "AWS_CONFIG_FILE", "cloud credentials"},
    {Place::variable, "AWS_WEB_IDENTITY_TOKEN_FILE", "cloud credentials"},
    {Place::home, ".azure", "cloud credentials"},
    {Place::variable, "AZURE_CONFIG_DIR", "cloud credentials"},
    {Place::config, "gcloud", "cloud credentials"},
    {Place::variable, "CLOUDSDK_CONFIG", "cloud credentials"},
    {Place::variable, "GOOGLE_APPLICATION_CREDENTIALS", "cloud credentials"},
    {Place::config, "doctl", "cloud credentials"},
    {Place::home, ".oci", "cloud credentials"},
    {Place::home, ".aliyun", "cloud credentials"},
    {Place::home, ".ibmcloud", "cloud credentials"},
    {Place::config, "hcloud", "cloud credentials"},
    {Place::home, ".fly", "cloud credentials"},
    {Place::home, ".boto", "cloud credentials"},
    {Place::home, ".s3cfg", "cloud credentials"},
    {Place::home, ".databrickscfg", "cloud credentials"},
    {Place::config, "rclone", "cloud credentials"},
    {Place::variable, "RCLONE_CONFIG", "cloud credentials"},
    {Place::home, ".terraform.d/credentials.tfrc.json", "cloud credentials"},
    {Place::home, ".terraformrc", "cloud credentials"},
    {Place::variable, "TF_CLI_CONFIG_FILE", "cloud credentials"},
    {Place::home, ".vault-token", "cloud credentials"},
    {Place::home, ".kube", "cluster credentials"},
    {Place::variable, "KUBECONFIG", "cluster credentials"},
    {Place::config, "helm", "cluster credentials"},
    // Registries.
    {Place::home, ".docker/config.json", "container registry credentials"},
    {Place::variable, "DOCKER_CONFIG/config.json", "container registry credentials"},
    {Place::config, "containers/auth.json", "container registry credentials"},
    {Place::variable, "REGISTRY_AUTH_FILE", "container registry credentials"},
    {Place::home, ".npmrc", "npm credentials"},
    {Place::variable, "NPM_CONFIG_USERCONFIG", "npm credentials"},
    {Place::variable, "npm_config_userconfig", "npm credentials"},
    {Place::home, ".yarnrc.yml", "npm credentials"},
    {Place::home, ".pypirc", "PyPI credentials"},
    {Place::home, ".cargo/credentials", "cargo credentials"},
    {Place::home, ".cargo/credentials.toml", "cargo credentials"},
    {Place::variable, "CARGO_HOME/credentials", "cargo credentials"},
    {Place::variable, "CARGO_HOME/credentials.toml", "cargo credentials"},
    {Place::home, ".m2/settings.xml", "maven credentials"},
    {Place::home, ".m2/settings-security.xml", "maven credentials"},
    {Place::home, ".gem/credentials", "gem credentials"},
    {Place::data, "gem/credentials", "gem credentials"},
    {Place::home, ".composer/auth.json", "composer credentials"},
    {Place::config, "composer/auth.json", "composer credentials"},
    {Place::home, ".hex/hex.config", "hex credentials"},
    {Place::cache, "huggingface/token", "model hub credentials"},
    // git and its hosts, and other accounts.
    {Place::home, ".git-credentials", "git credentials"},
    {Place::config, "git/credentials", "git credentials"},
    {Place::cache, "git/credential", "git credentials"},
    {Place::config, "gh", "gh credentials"},
    {Place::variable, "GH_CONFIG_DIR", "gh credentials"},
    {Place::config, "hub", "gh credentials"},
    {Place::config, "glab-cli", "gh credentials"},
    {Place::home, ".netrc", "passwords"},
    {Place::variable, "NETRC", "passwords"},
    {Place::home, ".authinfo", "passwords"},
    {Place::home, ".authinfo.gpg", "passwords"},
    {Place::home, ".pgpass", "database passwords"},
    {Place::variable, "PGPASSFILE", "database passwords"},
    {Place::home, ".my.cnf", "database passwords"},
    {Place::home, ".mylogin.cnf", "database passwords"},
    {Place::home, ".claude/.credentials.json", "an agent's credentials"},
    {Place::home, ".codex/auth.json", "an agent's credentials"},
    // Browsers, mail and password managers.
    {Place::home, ".mozilla", "browser profile"},
    {Place::home, "snap/firefox", "browser profile"},
    {Place::home, ".thunderbird", "mail profile"},
    {Place::config, "google-chrome", "browser profile"},
    {Place::config, "chromium", "browser profile"},
    {Place::config, "BraveSoftware", "browser profile"},
    {Place::config, "microsoft-edge", "browser profile"},
    {Place::config, "opera", "browser profile"},
    {Place::config, "vivaldi", "browser profile"},
    {Place::home, ".var/app", "profiles of desktop applications"},
    {Place::home, ".password-store", "password manager"},
    {Place::variable, "PASSWORD_STORE_DIR", "password manager"},
    {Place::config, "keepassxc", "password manager"},
    {Place::config, "Bitwarden", "password manager"},
    {Place::config, "Bitwarden CLI", "password manager"},
    {Place::config, "1Password", "password manager"},
    {Place::config, "op", "password manager"},
    {Place::home, ".1password", "password manager"},
    {Place::data, "keyrings", "key ring"},
    {Place::data, "kwalletd", "key ring"},
    {Place::home, ".gnome2/keyrings", "key ring"},
    // Histories.
    {Place::home, ".bash_history", "shell history"},
    {Place::home, ".zsh_history", "shell history"},
    {Place::home, ".zhistory", "shell history"},
    {Place::home, ".histfile", "shell history"},
    {Place::home, ".sh_history", "shell history"},
    {Place::home, ".ksh_history", "shell history"},
    {Place::home, ".history", "shell history"},
    {Place::data, "fish/fish_history", "shell history"},
    {Place::variable, "HISTFILE", "shell history"},
    {Place::home, ".python_history", "history"},
    {Place::home, ".node_repl_history", "history"},
    {Place::home, ".psql_history", "history"},
    {Place::home, ".mysql_history", "history"},
    {Place::home, ".sqlite_history", "history"},
    {Place::home, ".rediscli_history", "history"},
    // The machine's.
    {Place::run, "secrets", "secrets of the container"},
    {Place::absolute, "/var/run/secrets", "secrets of the container"},
    // Sockets that lead out: whoever writes to one has its server's rights.
    {Place::run, "docker.sock", "docker's socket", kSocket},
    {Place::absolute, "/var/run/docker.sock", "docker's socket", kSocket},
    {Place::home, ".docker/run", "docker's socket", kSocket},
    {Place::home, ".docker/desktop", "docker's socket", kSocket},
    {Place::socket, "DOCKER_HOST", "docker's socket", kSocket},
    {Place::run, "podman", "podman's socket", kSocket},
    {Place::run, "containerd", "containerd's socket", kSocket},
    {Place::run, "crio", "CRI-O's socket", kSocket},
    {Place::run, "buildkit", "buildkit's socket", kSocket},
    {Place::run, "snapd.socket", "snapd's socket", kSocket},
    {Place::run, "libvirt", "libvirt's sockets", kSocket},
    {Place::absolute, "/var/snap/lxd/common/lxd/unix.socket", "lxd's socket", kSocket},
    {Place::absolute, "/var/lib/incus/unix.socket", "incus' socket", kSocket},
    {Place::run, "dbus", "D-Bus", kSocket},
    {Place::socket, "DBUS_SESSION_BUS_ADDRESS", "D-Bus", kSocket},
    {Place::socket, "SSH_AUTH_SOCK", "the ssh agent", kSocket},
    {Place::runtime, "", "the session's sockets", kSocket},
    {Place::absolute, "/tmp/.X11-unix", "X11", kSocket},
    {Place::home, ".Xauthority", "X11", kSocket},
    {Place::variable, "XAUTHORITY", "X11", kSocket},
    {Place::socket, "WAYLAND_DISPLAY", "Wayland", kSocket},
    {Place::socket, "TMUX", "tmux", kSocket},
    {Place::run, "WSL", "Windows' interop sockets", kSocket},
    {Place::run, "screen", "screen", kSocket},
};

struct OwnRow {
  Place place;
  std::string_view path;
};

constexpr OwnRow kOwn[] = {
    {Place::home, ".sefaca"},
    {Place::state, "sefaca"},
    {Place::config, "sefaca"},
};

class Collector {
 public:
  Collector(const Surroundings& surroundings, const std::vector<std::string>& homes)
      : surroundings_(surroundings),
        homes_(homes),
        temporary_directory_(surroundings.temporary_directory()) {}

  void add_if_there(const std::string& path, std::string_view reason, Sort sort) {
    const auto type = files().link_type(path);
    if (!type) return;
    // HISTFILE=/dev/null is no secret.
    if (*type == FileType::device) return;
    const auto real = files().real_path(path);
    add(real.value_or(path), reason, sort);
    if (*type == FileType::symlink)
      add(absolute_path(base_name(path), resolved_parent(path)), reason, sort);
  }

  void add(const std::string& path, std::string_view reason, Sort sort = Sort::content) {
    if (!takes_too_much(path)) add_always(path, reason, sort);
  }

  void add_always(const std::string& path, std::string_view reason, Sort sort = Sort::content) {
    const auto same = [&](const PathRule& rule) { return rule.path == path; };
    if (std::any_of(rules_.begin(), rules_.end(), same)) return;
    rules_.push_back(
        {.path = path,
         .access = Access::hide,
         .kind = sort == Sort::socket ? PathRule::Kind::protected_ : PathRule::Kind::secret,
         .reason = std::string(reason),
         .origin = "built-in"});
  }

  [[nodiscard]] std::string resolved_parent(const std::string& path) const {
    const std::string parent(parent_path(path));
    return files().real_path(parent).value_or(parent);
  }

  std::vector<PathRule> take() { return std::move(rules_); }

 private:
  [[nodiscard]] const FileSystem& files() const { return *surroundings_.files; }

  // A variable may point anywhere: hiding a home, `/` or what the command works in helps nobody.
  [[nodiscard]] bool takes_too_much(const std::string& path) const {
    return holds_a_home(path, homes_) || is_within(surroundings_.cwd, path) ||
           is_within(temporary_directory_, path);
  }

  const Surroundings& surroundings_;
  const std::vector<std::string>& homes_;
  std::string temporary_directory_;
  std::vector<PathRule> rules_;
};

}  // namespace

std::vector<PathRule> secret_rules(const Surroundings& surroundings, const Places& places,
                                   const std::vector<std::string>& homes,
                                   const std::optional<Repository>& repository) {
  Collector found(surroundings, homes);
  for (const Row& row : kTable) {
    for (const std::string& path : places.likely(row.place, row.path))
      found.add_if_there(path, row.reason, row.sort);
  }
  for (const std::string& path : runner_credentials(surroundings))
    found.add_if_there(path, "credentials of a CI job", Sort::content);
  if (repository && holds_credentials(*repository, *surroundings.files))
    found.add(repository->common_directory + "/config",
              "a token of the checkout (persist-credentials: false leaves it out)");
  return found.take();
}

std::vector<PathRule> own_rules(const Surroundings& surroundings, const Places& places,
                                const std::vector<std::string>& homes, bool also_absent) {
  Collector found(surroundings, homes);
  constexpr std::string_view kReason = "sefaca's own log and configuration";
  for (const OwnRow& row : kOwn) {
    const auto paths =
        also_absent ? places.resolve(row.place, row.path) : places.likely(row.place, row.path);
    for (const std::string& path : paths) {
      const bool there = surroundings.files->link_type(path).has_value();
      if (!there && !also_absent) continue;
      const std::string place = absolute_path(base_name(path), found.resolved_parent(path));
      found.add_always(place, kReason);
      if (const auto real = there ? surroundings.files->real_path(path) : std::nullopt)
        found.add_always(*real, kReason);
    }
  }
  return found.take();
}

}  // namespace sefaca
