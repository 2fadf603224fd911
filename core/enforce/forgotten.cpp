#include "core/enforce/forgotten.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstring>

namespace sefaca {

std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  DIR* stream = ::fdopendir(::dup(directory));
  if (stream == nullptr) return names;
  ::rewinddir(stream);
  while (const dirent* entry = ::readdir(stream)) {
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
      names.emplace_back(entry->d_name);
  }
  ::closedir(stream);
  return names;
}

void each_forgotten(int parent, unsigned seconds,
                    const std::function<void(const std::string& name, UniqueFd locked)>& take) {
  constexpr std::string_view kPrefix = kRunDirectory.substr(0, 3);
  for (const std::string& name : names_in(parent)) {
    if (name.size() != kRunDirectory.size() || !name.starts_with(kPrefix)) continue;
    UniqueFd found(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat info {};
    if (found && ::fstat(found.get(), &info) == 0 && info.st_uid == ::geteuid() &&
        info.st_ctim.tv_sec + static_cast<time_t>(seconds) <= ::time(nullptr) &&
        ::flock(found.get(), LOCK_EX | LOCK_NB) == 0)
      take(name, std::move(found));
  }
}

}  // namespace sefaca
