// Appending to the spool, and its lock.
#include "core/audit/spool.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/audit/log_file.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr const char* kRemedy = "look at the directory's owner, mode and room";

Error spool_error(const std::string& what, const std::string& path, int errno_value) {
  Error error;
  error.what = concat(what, " '", printable(path), "': ", errno_text(errno_value));
  error.remedy = kRemedy;
  error.errno_value = errno_value;
  return error;
}

// A whole-file write lock that belongs to this process and ends with it.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::uint64_t size_of(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

// Counts one more; the count is the file's size.
void count_dropped(const std::string& directory) {
  const UniqueFd fd(::open((directory + "/dropped").c_str(),
                           O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (fd && ::write(fd.get(), ".", 1) != 1) return;  // a full disk: there is nobody to tell
}

}  // namespace

Result<Spooled> append_to_spool(const std::string& directory, const std::string& line,
                                std::uint64_t max_bytes) {
  // Never rotated: what waits is renamed by the one who ships, which an appender notices.
  SEFACA_TRY(file,
             LogFile::open(directory + "/waiting.ndjson", {.max_bytes = UINT64_MAX, .keep = 1}));
  struct stat info {};
  const bool full = fstat(file.descriptor(), &info) == 0 && info.st_size > 0 &&
                    static_cast<std::uint64_t>(info.st_size) + line.size() + 1 > max_bytes / 2;
  if (full) {
    count_dropped(directory);
    return Spooled::full;
  }
  SEFACA_CHECK(file.append(line));
  return Spooled::kept;
}

std::optional<pid_t> shipper_of(const std::string& directory) {
  const UniqueFd fd(::open((directory + "/lock").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return std::nullopt;
  struct flock lock = whole_file();
  if (fcntl(fd.get(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
  return lock.l_pid;
}

Result<UniqueFd> lock_spool(const std::string& directory) {
  const std::string path = directory + "/lock";
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return spool_error("can't open", path, errno);
  struct flock lock = whole_file();
  if (fcntl(fd.get(), F_SETLK, &lock) == 0) return fd;
  if (errno == EACCES || errno == EAGAIN) return UniqueFd();
  return spool_error("can't lock", path, errno);
}

SpoolState state_of_spool(const std::string& directory) {
  SpoolState state;
  state.waiting_bytes =
      size_of(directory + "/waiting.ndjson") + size_of(directory + "/sending.ndjson");
  state.dropped = size_of(directory + "/dropped");
  state.refused_bytes = size_of(directory + "/refused.ndjson");
  return state;
}

}  // namespace sefaca
