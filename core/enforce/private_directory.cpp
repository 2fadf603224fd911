#include "core/enforce/private_directory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/enforce/forgotten.h"

namespace sefaca {
namespace {

// Best effort: where it fails, what needed it fails too and is left behind.
void make_passable(int at, const char* name) {
  if (::fchmodat(at, name, S_IRWXU, 0) != 0) return;
}

UniqueFd open_directory(int at, const char* name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd fd(::openat(at, name, kFlags));
  if (fd || errno != EACCES) return fd;
  make_passable(at, name);
  return UniqueFd(::openat(at, name, kFlags));
}

// Empties `name` in `root`: its directories move up into `root` under fresh names and wait there
// for their turn, so that depth costs neither descriptors nor stack.
void flatten(int root, const std::string& name, std::uint64_t& counter) {
  UniqueFd directory = open_directory(root, name.c_str());
  if (!directory) return;
  ::fchmod(directory.get(), S_IRWXU);
  for (const std::string& entry : names_in(directory.get())) {
    if (::unlinkat(directory.get(), entry.c_str(), 0) == 0) continue;
    if (::unlinkat(directory.get(), entry.c_str(), AT_REMOVEDIR) == 0) continue;
    const std::string fresh = concat(".sf-", std::to_string(counter++));
    // Moving a directory writes its "..": it must be writable itself.
    make_passable(directory.get(), entry.c_str());
    ::renameat2(directory.get(), entry.c_str(), root, fresh.c_str(), RENAME_NOREPLACE);
  }
}

}  // namespace

Result<PrivateDirectory> PrivateDirectory::make_named(const std::string& parent,
                                                      std::string_view name) {
  std::string path = concat(parent == "/" ? "" : parent, "/", name);
  if (::mkdtemp(path.data()) == nullptr) {
    const int code = errno;
    return Error{.what = concat("no private temporary directory in ", printable(parent), ": ",
                                errno_text(code)),
                 .remedy = "set TMPDIR to a directory that you can write, or --tmp=host",
                 .errno_value = code};
  }
  PrivateDirectory made;
  made.path_ = std::move(path);
  return made;
}

Result<PrivateDirectory> PrivateDirectory::make(const std::string& parent) {
  SEFACA_TRY(made, make_named(parent, kRunDirectory));
  made.lock_ = open_directory(AT_FDCWD, made.path_.c_str());
  ::flock(made.lock_.get(), LOCK_EX | LOCK_NB);
  return made;
}

Result<PrivateDirectory> PrivateDirectory::make_to_stay(const std::string& parent) {
  return make_named(parent, "sx-XXXXXX");
}

void PrivateDirectory::remove_forgotten(const std::string& parent, unsigned seconds) {
  const UniqueFd directory = open_directory(AT_FDCWD, parent.c_str());
  if (!directory) return;
  each_forgotten(directory.get(), seconds, [&](const std::string& name, UniqueFd locked) {
    PrivateDirectory found;
    found.lock_ = std::move(locked);
    found.path_ = concat(parent == "/" ? "" : parent, "/", name);
    found.remove();
  });
}

PrivateDirectory::PrivateDirectory(PrivateDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

PrivateDirectory& PrivateDirectory::operator=(PrivateDirectory&& other) noexcept {
  if (this != &other) {
    remove();
    path_ = std::exchange(other.path_, {});
    lock_ = std::move(other.lock_);
  }
  return *this;
}

void PrivateDirectory::remove() {
  if (path_.empty()) return;
  if (UniqueFd root = open_directory(AT_FDCWD, path_.c_str())) {
    ::fchmod(root.get(), S_IRWXU);
    std::uint64_t counter = 0;
    for (std::vector<std::string> names = names_in(root.get()); !names.empty();) {
      bool progress = false;
      for (const std::string& name : names) {
        if (::unlinkat(root.get(), name.c_str(), 0) == 0 ||
            ::unlinkat(root.get(), name.c_str(), AT_REMOVEDIR) == 0) {
          progress = true;
          continue;
        }
        const std::uint64_t before = counter;
        flatten(root.get(), name, counter);
        const bool gone = ::unlinkat(root.get(), name.c_str(), AT_REMOVEDIR) == 0;
        progress = progress || gone || counter != before;
      }
      if (!progress) break;  // another user's files in it, say: nothing of ours can be done
      names = names_in(root.get());
    }
  }
  ::rmdir(path_.c_str());
  path_.clear();
  lock_.reset();
}

}  // namespace sefaca
