// Remembers what is there and where links lead.
#include "core/policy/remembering_files.h"

#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {

std::optional<FileInfo> RememberingFiles::info(const std::string& path) const {
  const auto found = link_info(path);
  if (found && found->type == FileInfo::Type::symlink) return files_.info(path);
  return found;
}

std::optional<FileInfo> RememberingFiles::link_info(const std::string& path) const {
  const auto known = infos_.find(path);
  if (known != infos_.end()) return known->second;
  return infos_.emplace(path, files_.link_info(path)).first->second;
}

std::optional<std::string> RememberingFiles::real_path(const std::string& path) const {
  if (path == "/") return path;
  // `..` after a link is the kernel's to resolve.
  if (path != absolute_path(path, "/")) return files_.real_path(path);
  if (const auto known = real_paths_.find(path); known != real_paths_.end()) return known->second;

  std::optional<std::string> out;
  if (const auto parent = real_path(std::string(parent_path(path)))) {
    out = concat(*parent == "/" ? std::string_view() : *parent, "/", base_name(path));
    const auto found = link_info(*out);
    if (!found) {
      out.reset();
    } else if (found->type == FileInfo::Type::symlink) {
      out = files_.real_path(*out);
    }
  }
  return real_paths_.emplace(path, std::move(out)).first->second;
}

Result<std::string> RememberingFiles::read(const std::string& path, std::size_t max_bytes) const {
  return files_.read(path, max_bytes);
}

std::vector<std::string> RememberingFiles::list(const std::string& path) const {
  return files_.list(path);
}

bool RememberingFiles::executable(const std::string& path) const {
  return files_.executable(path);
}

}  // namespace sefaca
