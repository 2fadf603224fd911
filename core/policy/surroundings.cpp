// This process's surroundings: working directory, account, environment and memory.
#include "core/policy/surroundings.h"

#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string_view>

#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::size_t kLargestPasswd = 1 << 20;

struct Account {
  std::string name;
  std::string home;
};

// The field with this index of a line of /etc/passwd.
std::string_view field(std::string_view line, int index) {
  for (; index > 0; --index) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    line.remove_prefix(colon + 1);
  }
  return line.substr(0, line.find(':'));
}

// From the file itself: getpwuid of a static program would load shared libraries.
Account find_account(const FileSystem& files, uid_t uid) {
  const Result<std::string> passwd = files.read("/etc/passwd", kLargestPasswd);
  const std::string number = std::to_string(uid);
  if (passwd) {
    std::string_view rest = *passwd;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      if (field(line, 2) == number)
        return {.name = std::string(field(line, 0)), .home = std::string(field(line, 5))};
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
  }
  return {.name = number, .home = {}};
}

void read_environment(Surroundings& out, char** envp) {
  for (; envp != nullptr && *envp != nullptr; ++envp) {
    const std::string_view entry = *envp;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      out.malformed_environment.emplace_back(entry);
      continue;
    }
    // Of two entries of a name the first counts, as for getenv.
    out.environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
}

bool is_absolute(const std::string& path) {
  return path.starts_with('/');
}

}  // namespace

std::string Surroundings::variable(std::string_view name) const {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

std::string Surroundings::temporary_directory() const {
  const std::string named = variable("TMPDIR");
  return is_absolute(named) ? absolute_path(named, "/") : "/tmp";
}

Result<Surroundings> read_surroundings(const FileSystem& files, char** envp) {
  Surroundings out;
  out.files = &files;
  char cwd[PATH_MAX] = "";
  errno = 0;
  // A directory outside our root is given as "(unreachable)…".
  if (::getcwd(cwd, sizeof cwd) == nullptr || cwd[0] != '/') {
    const int reason = errno == 0 ? ENOENT : errno;
    return Error{.what = concat("the working directory can't be named: ", errno_text(reason)),
                 .remedy = "change to a directory that exists",
                 .errno_value = reason};
  }
  out.cwd = cwd;
  out.uid = ::getuid();
  out.gid = ::getgid();
  read_environment(out, envp);

  Account account = find_account(files, out.uid);
  out.user = std::move(account.name);
  if (is_absolute(account.home)) out.account_home = absolute_path(account.home, "/");
  const std::string home = out.variable("HOME");
  out.home = is_absolute(home) ? absolute_path(home, "/") : out.account_home;

  struct sysinfo machine;
  if (::sysinfo(&machine) == 0)
    out.machine_memory_bytes = std::uint64_t{machine.totalram} * machine.mem_unit;
  return out;
}

}  // namespace sefaca
