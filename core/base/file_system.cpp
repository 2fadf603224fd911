// RealFileSystem: the kernel's answers.
#include "core/base/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

FileInfo::Type type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return FileInfo::Type::directory;
    case S_IFLNK:
      return FileInfo::Type::symlink;
    case S_IFSOCK:
      return FileInfo::Type::socket;
    case S_IFIFO:
      return FileInfo::Type::fifo;
    case S_IFREG:
      return FileInfo::Type::file;
    default:
      return FileInfo::Type::device;
  }
}

FileInfo info_of(const struct stat& found) {
  return {.type = type_of(found.st_mode),
          .owner = found.st_uid,
          .mode = found.st_mode & 07777,
          .device = found.st_dev,
          .inode = found.st_ino,
          .size = static_cast<std::uint64_t>(found.st_size)};
}

Error read_error(const std::string& path, int errno_value) {
  return {.what = concat("can't read '", printable(path), "': ", errno_text(errno_value)),
          .errno_value = errno_value};
}

}  // namespace

std::optional<FileInfo> RealFileSystem::info(const std::string& path) const {
  struct stat found;
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return info_of(found);
}

std::optional<FileInfo> RealFileSystem::link_info(const std::string& path) const {
  struct stat found;
  if (::lstat(path.c_str(), &found) != 0) return std::nullopt;
  return info_of(found);
}

std::optional<std::string> RealFileSystem::real_path(const std::string& path) const {
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved) == nullptr) return std::nullopt;
  return std::string(resolved);
}

Result<std::string> RealFileSystem::read(const std::string& path, std::size_t max_bytes) const {
  // Without blocking: a fifo that somebody left in a tree must not hang us.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return read_error(path, errno);
  struct stat found;
  if (::fstat(fd.get(), &found) != 0) return read_error(path, errno);
  if (S_ISDIR(found.st_mode)) return read_error(path, EISDIR);
  if (!S_ISREG(found.st_mode) && !S_ISCHR(found.st_mode))
    return Error{.what = concat("can't read '", printable(path), "': not a regular file"),
                 .errno_value = EINVAL};

  std::string content;
  // One byte more than is allowed, so that too much shows.
  const std::size_t expected = found.st_size > 0 ? static_cast<std::size_t>(found.st_size) : 4096;
  content.resize(std::min(expected, max_bytes) + 1);
  std::size_t filled = 0;
  for (;;) {
    if (filled == content.size()) content.resize(std::min(content.size() * 2, max_bytes + 1));
    const ssize_t got = ::read(fd.get(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return read_error(path, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > max_bytes)
      return Error{.what = concat("can't read '", printable(path), "': larger than ",
                                  std::to_string(max_bytes), " bytes"),
                   .errno_value = EFBIG};
  }
  content.resize(filled);
  return content;
}

std::vector<std::string> RealFileSystem::list(const std::string& path) const {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), &::closedir);
  if (!directory) return names;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

bool RealFileSystem::executable(const std::string& path) const {
  return ::access(path.c_str(), X_OK) == 0;
}

}  // namespace sefaca
