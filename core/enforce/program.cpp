#include "core/enforce/program.h"

#include <cerrno>

#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {

Result<std::string> find_program(const std::string& name, const Surroundings& surroundings) {
  const FileSystem& files = *surroundings.files;
  const auto denied = [&](const std::string& path) {
    return Error{.what = concat("'", printable(path), "' is not executable"),
                 .remedy = concat("chmod +x ", shell_quote(path), ", or name its interpreter"),
                 .errno_value = EACCES};
  };
  if (name.find('/') != std::string::npos) {
    const std::string path = absolute_path(name, surroundings.cwd);
    const auto info = files.info(path);
    if (!info) {
      return Error{.what = concat("'", printable(name), "' was not found"), .errno_value = ENOENT};
    }
    if (info->type == FileInfo::Type::directory || !files.executable(path)) return denied(name);
    return name;
  }
  // execvp(3): an unset PATH stands for the system's own; an empty entry is the working directory.
  const auto found = surroundings.environment.find("PATH");
  const std::string search =
      found == surroundings.environment.end() ? "/usr/local/bin:/bin:/usr/bin" : found->second;
  std::string unusable;
  if (!name.empty()) {
    for (const std::string& directory : split(search, ':')) {
      const std::string path = concat(directory.empty() ? "." : directory, "/", name);
      const std::string absolute = absolute_path(path, surroundings.cwd);
      const auto info = files.info(absolute);
      if (!info || info->type == FileInfo::Type::directory) continue;
      if (files.executable(absolute)) return path;
      if (unusable.empty()) unusable = path;
    }
  }
  if (!unusable.empty()) return denied(unusable);
  return Error{.what = concat("'", printable(name), "' was not found on PATH"),
               .errno_value = ENOENT};
}

}  // namespace sefaca
