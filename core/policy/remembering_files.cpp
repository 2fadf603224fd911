// Remembers what is there and where links lead.
#include "core/policy/remembering_files.h"

#include <cerrno>

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
  if (known_absent(path)) return std::nullopt;
  return ask(path);
}

std::optional<std::string> RememberingFiles::real_path(const std::string& path) const {
  if (path == "/") return path;
  // `..` after a link is the kernel's to resolve.
  if (path != absolute_path(path, "/")) return files_.real_path(path);
  if (const auto known = real_paths_.find(path); known != real_paths_.end()) return known->second;

  std::optional<std::string> out;
  if (const auto parent = real_path(std::string(parent_path(path)))) {
    out = concat(*parent == "/" ? std::string_view() : *parent, "/", base_name(path));
    const auto type = link_type(*out);
    if (!type) {
      out.reset();
    } else if (*type == FileType::symlink) {
      out = follow(*out);
    }
  }
  return real_paths_.emplace(path, std::move(out)).first->second;
}

const std::optional<FileInfo>& RememberingFiles::ask(const std::string& path) const {
  return infos_.emplace(path, files_.link_info(path)).first->second;
}

std::optional<FileType> RememberingFiles::link_type(const std::string& path) const {
  const auto type_of = [](const std::optional<FileInfo>& info) {
    return info ? std::optional(info->type) : std::nullopt;
  };
  if (const auto known = infos_.find(path); known != infos_.end()) return type_of(known->second);
  const std::string_view parent = parent_path(path);
  const Listed* beside = path == "/" ? nullptr : listed(parent);
  if (beside != nullptr && beside->names != nullptr) {
    const auto* found = beside->names->find(base_name(path));
    if (found == nullptr) return std::nullopt;
    if (found->type) return found->type;
  } else if (known_absent(parent)) {
    return std::nullopt;
  }
  return type_of(ask(path));
}

const RememberingFiles::Listed* RememberingFiles::listed(std::string_view directory) const {
  for (const Listed& one : listed_) {
    if (one.directory == directory) return &one;
  }
  return nullptr;
}

// A directory above it was listed and does not hold the part that leads on.
bool RememberingFiles::known_absent(std::string_view path) const {
  while (path.size() > 1) {
    const std::string_view parent = parent_path(path);
    const Listed* above = listed(parent);
    if (above != nullptr && above->names != nullptr) {
      const std::string_view name = base_name(path);
      if (name != ".." && name != "." && !above->names->holds(name)) return true;
    }
    path = parent;
  }
  return false;
}

// Where the link leads; `link` itself stands in a resolved directory.
std::optional<std::string> RememberingFiles::follow(const std::string& link) const {
  constexpr int kMostLinks = 16;  // then the kernel may say whether it is a ring
  const auto target = files_.link_target(link);
  const bool plain = target && !target->ends_with('/') && !target->ends_with("/.");
  if (!plain || links_followed_ >= kMostLinks) return files_.real_path(link);
  ++links_followed_;
  std::optional<std::string> at(target->starts_with('/') ? "/" : parent_path(link));
  for (const std::string& part : split(*target, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      at = real_path(concat(*at == "/" ? std::string_view() : *at, "/", part));
    } else if (link_type(*at) == FileType::directory) {
      at = parent_path(*at);
    } else {
      at.reset();
    }
    if (!at) break;
  }
  --links_followed_;
  return at;
}

std::optional<std::string> RememberingFiles::link_target(const std::string& path) const {
  return files_.link_target(path);
}

std::shared_ptr<const DirectoryNames> RememberingFiles::names_in(
    const std::string& directory) const {
  if (const Listed* known = listed(directory); known != nullptr) return known->names;
  // Beyond some hundred names, to ask about single ones is cheaper.
  constexpr std::uint64_t kLargest = 12 * 1024;
  std::shared_ptr<const DirectoryNames> names;
  if (known_absent(directory)) {
    names = std::make_shared<DirectoryNames>();
  } else if (const auto found = info(directory);
             !found || (found->type == FileType::directory && found->size <= kLargest)) {
    names = files_.names_in(directory);
  }
  listed_.push_back({directory, names});
  return names;
}

std::vector<DirectoryEntry> RememberingFiles::entries(const std::string& path,
                                                      std::size_t most) const {
  return files_.entries(path, most);
}

Result<std::string> RememberingFiles::read(const std::string& path, std::size_t max_bytes) const {
  if (known_absent(path)) return read_error(path, ENOENT);
  return files_.read(path, max_bytes);
}

std::vector<std::string> RememberingFiles::list(const std::string& path) const {
  return files_.list(path);
}

bool RememberingFiles::executable(const std::string& path) const {
  return files_.executable(path);
}

}  // namespace sefaca
