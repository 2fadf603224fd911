#include "launcher/shipping.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <string_view>
#include <vector>

#include "core/audit/log_file.h"
#include "core/audit/spool.h"
#include "core/base/path.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/config/sha256.h"
#include "launcher/diagnostics.h"

namespace sefaca {
namespace {

constexpr int kGood = 0, kNegative = 1, kWrongUsage = 2;
constexpr std::size_t kHashDigits = 16;

// Beside the launcher's own directory, wherever that was installed.
std::string program_path() {
  std::array<char, PATH_MAX> self{};
  const ssize_t length = readlink("/proc/self/exe", self.data(), self.size());
  if (length <= 0) return {};
  const std::string_view own(self.data(), static_cast<std::size_t>(length));
  return absolute_path("../libexec/sefaca/sefaca-ship", parent_path(own));
}

// What libcurl and OpenSSL look at, and no more.
std::vector<std::string> shipper_environment(const Surroundings& surroundings) {
  constexpr std::array<std::string_view, 12> kKept = {
      "HOME",        "PATH",        "LANG",      "TZ",        "SSL_CERT_FILE", "SSL_CERT_DIR",
      "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy",      "NO_PROXY"};
  std::vector<std::string> out;
  for (const auto& [name, value] : surroundings.environment)
    if (std::find(kKept.begin(), kKept.end(), name) != kKept.end())
      out.push_back(concat(name, "=", value));
  return out;
}

// What it needs to know, in memory that is no file: an argument could be read by every user.
Result<UniqueFd> settings_in_memory(const LogSinks& sinks, const std::string& mode,
                                    const Surroundings& surroundings) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += concat(name, " ", value, "\n");
  };
  add("mode", mode);
  add("spool", spool_directory(sinks, surroundings));
  add("endpoint", sinks.endpoint);
  add("token", surroundings.variable("SEFACA_LOG_TOKEN"));
  add("token_file", sinks.token_file);
  add("ca_file", sinks.ca_file);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  std::size_t wanted = 3;
  for (const std::string& each :
       {surroundings.variable("SEFACA_LOG_TOKEN"), sinks.token_file, sinks.ca_file})
    wanted += each.empty() ? 0 : 1;
  if (lines != wanted) return Error{.what = "a line break in the log's token or a path of [log]"};
  UniqueFd fd(memfd_create("sefaca-ship", MFD_CLOEXEC));
  if (!fd || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      lseek(fd.get(), 0, SEEK_SET) != 0)
    return Error{.what = "no memory for the settings of sefaca-ship", .errno_value = errno};
  return fd;
}

// posix_spawn(3) with all that it needs made before: start() may be called after fork.
class Spawn {
 public:
  Spawn(int settings, bool background, const Surroundings& surroundings)
      : path_(program_path()), environment_(shipper_environment(surroundings)) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_adddup2(&actions_, settings, STDIN_FILENO);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (background) {
      for (const int fd : {STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions_, fd, "/dev/null", O_WRONLY, 0);
      posix_spawn_file_actions_addchdir_np(&actions_, "/");
      flags = static_cast<short>(flags | POSIX_SPAWN_SETSID);
    }
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, flags);
    for (std::string& entry : environment_) envp_.push_back(entry.data());
    envp_.push_back(nullptr);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;
  ~Spawn() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  // 0, or the errno.
  int start(pid_t* pid) {
    return posix_spawn(pid, path_.c_str(), &actions_, &attributes_, argv_.data(), envp_.data());
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::string name_ = "sefaca-ship";
  std::array<char*, 2> argv_{name_.data(), nullptr};
  std::vector<std::string> environment_;
  std::vector<char*> envp_;
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

Error not_started(const std::string& path, int errno_value) {
  Error error;
  error.errno_value = errno_value;
  if (errno_value == ENOENT) {
    error.what = concat("sefaca-ship is not installed at '", printable(path), "'");
    error.remedy =
        "build it where libcurl is (libcurl4-openssl-dev) and install it with "
        "'cmake --install', or run 'sefaca log ship' from an installation that has it";
  } else {
    error.what = concat("'", printable(path), "' can't be started: ", errno_text(errno_value));
  }
  return error;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return kNegative;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : kNegative;
}

}  // namespace

std::string spool_directory(const LogSinks& sinks, const Surroundings& surroundings) {
  const std::string log = log_path(std::string(), surroundings);
  if (log.empty()) return {};
  return concat(parent_path(log), "/spool/", sha256_hex(sinks.endpoint).substr(0, kHashDigits));
}

std::string endpoint_name(const std::string& url) {
  const auto start = url.find("://");
  if (start == std::string::npos) return "the endpoint";
  return printable(url.substr(0, url.find_first_of("/?#", start + 3)));
}

Status ship_in_background(const LogSinks& sinks, const Surroundings& surroundings) {
  if (shipper_of(spool_directory(sinks, surroundings))) return Done{};
  SEFACA_TRY(settings, settings_in_memory(sinks, "background", surroundings));
  Spawn spawn(settings.get(), true, surroundings);
  // A process in between, so that whoever takes our place finds no child that it did not start.
  const pid_t between = fork();
  if (between < 0) return not_started(spawn.path(), errno);
  if (between == 0) {
    pid_t pid = 0;
    ::_exit(spawn.start(&pid));
  }
  const int error = wait_for(between);
  if (error != 0) return not_started(spawn.path(), error);
  return Done{};
}

int ship_now(const LogSinks& sinks, std::optional<std::uint64_t> wait_ms,
             const Surroundings& surroundings, FILE* out, FILE* err) {
  const bool colour = use_colour(err, surroundings);
  const auto fail = [&](const Errors& errors, int code) {
    print_errors(err, errors, colour);
    return code;
  };
  if (sinks.endpoint.empty())
    return fail({Error{.what = "there is no endpoint to send records to",
                       .remedy = "SEFACA_LOG_ENDPOINT=https://HOST/PATH, or endpoint under [log] "
                                 "in ~/.sefaca/config.toml"}},
                kWrongUsage);
  const std::string directory = spool_directory(sinks, surroundings);
  if (directory.empty())
    return fail({Error{.what = "there is no home directory, and so no spool"}}, kNegative);
  const SpoolState before = state_of_spool(directory);
  if (before.dropped > 0)
    print_note(err,
               concat(std::to_string(before.dropped),
                      " records found the spool full and are in the log alone (remove '",
                      printable(directory), "/dropped' when that is seen to)"),
               colour);
  if (!surroundings.files->is_directory(directory)) {
    static_cast<void>(std::fputs("0 records sent\n", out));
    return kGood;
  }
  auto settings = settings_in_memory(
      sinks, wait_ms ? concat("wait ", std::to_string(*wait_ms)) : "once", surroundings);
  if (!settings) return fail(settings.errors(), kNegative);
  static_cast<void>(std::fflush(out));
  Spawn spawn(settings->get(), false, surroundings);
  pid_t pid = 0;
  if (const int error = spawn.start(&pid); error != 0)
    return fail({not_started(spawn.path(), error)}, kNegative);
  return wait_for(pid);
}

}  // namespace sefaca
