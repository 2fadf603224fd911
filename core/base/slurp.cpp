#include "core/base/slurp.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/base/unique_fd.h"

namespace sefaca {

std::string slurp_at(int directory, const char* name, std::size_t most) {
  const UniqueFd fd(::openat(directory, name, O_RDONLY | O_CLOEXEC));
  std::string out;
  char buffer[4096];
  ssize_t n = 0;
  while (fd && out.size() < most && (n = ::read(fd.get(), buffer, sizeof buffer)) > 0)
    out.append(buffer, static_cast<std::size_t>(n));
  return out;
}

std::string slurp(const std::string& path, std::size_t most) {
  return slurp_at(AT_FDCWD, path.c_str(), most);
}

}  // namespace sefaca
