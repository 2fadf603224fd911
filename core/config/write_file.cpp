// The kernel's side of `sefaca config set`, `init` and `trust`.
#include "core/config/write_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

constexpr mode_t kOwnerFile = 0600;
constexpr mode_t kOwnerDirectory = 0700;
constexpr int kMostLinks = 40;

Error system_error(const std::string& what, const std::string& path, int number) {
  return Error{.what = what, .where = path, .errno_value = number};
}

Status make_directories(const std::string& path) {
  if (path.empty() || path == "/") return Done{};
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return Done{};
    return system_error("is not a directory", path, ENOTDIR);
  }
  SEFACA_CHECK(make_directories(std::string(parent_path(path))));
  if (::mkdir(path.c_str(), kOwnerDirectory) != 0 && errno != EEXIST) {
    return system_error("can't make the directory", path, errno);
  }
  return Done{};
}

// The file that a chain of links ends in, whether it is there or not.
Result<std::string> link_target(std::string path) {
  for (int i = 0; i < kMostLinks; ++i) {
    char target[PATH_MAX];
    const auto length = ::readlink(path.c_str(), target, sizeof target);
    if (length < 0) return path;
    const std::string base(parent_path(path));
    path = absolute_path(std::string_view(target, static_cast<std::size_t>(length)), base);
  }
  return system_error("too many symbolic links", path, ELOOP);
}

Status write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error("can't be written", path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return Done{};
}

}  // namespace

Status write_file(const std::string& path, std::string_view text) {
  SEFACA_TRY(target, link_target(path));
  SEFACA_CHECK(make_directories(std::string(parent_path(target))));
  struct stat old {};
  const bool existed = ::stat(target.c_str(), &old) == 0;
  if (existed && !S_ISREG(old.st_mode)) {
    return system_error("is not a regular file", target, 0);
  }

  std::string temporary = concat(target, ".XXXXXX");
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return system_error("can't make a file beside it", target, errno);
  Status status = write_all(fd.get(), text, temporary);
  if (status && ::fchmod(fd.get(), existed ? old.st_mode & 07777 : kOwnerFile) != 0) {
    status = system_error("can't set the mode", temporary, errno);
  }
  if (status && ::fsync(fd.get()) != 0) {
    status = system_error("can't be written", temporary, errno);
  }
  if (status && ::rename(temporary.c_str(), target.c_str()) != 0) {
    status = system_error("can't be replaced", target, errno);
  }
  if (!status) ::unlink(temporary.c_str());
  return status;
}

}  // namespace sefaca
