// A FileSystem that a test writes down: directories, files with contents, links, sockets. Links are
// followed as the kernel does.
#pragma once

#include <cerrno>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/base/file_system.h"
#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca::testing {

class FakeFileSystem final : public FileSystem {
 public:
  FakeFileSystem() { nodes_["/"].type = FileInfo::Type::directory; }

  // Each makes the directories above it.
  FakeFileSystem& directory(const std::string& path) {
    return put(path, {.type = FileInfo::Type::directory});
  }
  FakeFileSystem& file(const std::string& path, std::string content = "") {
    return put(path, {.type = FileInfo::Type::file, .content = std::move(content)});
  }
  FakeFileSystem& program(const std::string& path) {
    return put(path, {.type = FileInfo::Type::file, .executable = true});
  }
  FakeFileSystem& link(const std::string& path, std::string target) {
    return put(path, {.type = FileInfo::Type::symlink, .content = std::move(target)});
  }
  FakeFileSystem& socket(const std::string& path) {
    return put(path, {.type = FileInfo::Type::socket});
  }
  FakeFileSystem& device(const std::string& path) {
    return put(path, {.type = FileInfo::Type::device});
  }

  std::optional<FileInfo> info(const std::string& path) const override {
    const auto real = walk(path, true);
    return real ? std::optional(info_of(nodes_.at(*real))) : std::nullopt;
  }
  std::optional<FileInfo> link_info(const std::string& path) const override {
    const auto real = walk(path, false);
    return real ? std::optional(info_of(nodes_.at(*real))) : std::nullopt;
  }
  std::optional<std::string> real_path(const std::string& path) const override {
    return walk(path, true);
  }
  Result<std::string> read(const std::string& path, std::size_t max_bytes) const override {
    const auto real = walk(path, true);
    if (!real) return Error{.what = concat("can't read '", path, "'"), .errno_value = ENOENT};
    const Node& node = nodes_.at(*real);
    if (node.type != FileInfo::Type::file)
      return Error{.what = concat("can't read '", path, "'"), .errno_value = EISDIR};
    if (node.content.size() > max_bytes)
      return Error{.what = concat("can't read '", path, "'"), .errno_value = EFBIG};
    return node.content;
  }
  std::vector<std::string> list(const std::string& path) const override {
    std::vector<std::string> out;
    const auto real = walk(path, true);
    if (!real) return out;
    for (const auto& [name, node] : nodes_) {
      if (name != "/" && parent_path(name) == *real) out.emplace_back(base_name(name));
    }
    return out;
  }
  bool executable(const std::string& path) const override {
    const auto real = walk(path, true);
    return real && nodes_.at(*real).executable;
  }
  std::optional<std::string> link_target(const std::string& path) const override {
    const auto real = walk(path, false);
    if (!real || nodes_.at(*real).type != FileInfo::Type::symlink) return std::nullopt;
    return nodes_.at(*real).content;
  }
  std::shared_ptr<const DirectoryNames> names_in(const std::string& directory) const override {
    auto names = std::make_shared<DirectoryNames>();
    for (const std::string& name : list(directory))
      names->add(name, link_type(absolute_path(name, directory)));
    return names;
  }

 private:
  struct Node {
    FileInfo::Type type = FileInfo::Type::file;
    std::string content{};  // a link's target
    bool executable = false;
  };

  FakeFileSystem& put(const std::string& path, Node node) {
    for (std::string above(parent_path(path)); above != "/"; above = parent_path(above))
      nodes_.try_emplace(above, Node{.type = FileInfo::Type::directory});
    nodes_[path] = std::move(node);
    return *this;
  }

  static FileInfo info_of(const Node& node) {
    return {.type = node.type, .mode = 0755, .size = node.content.size()};
  }

  // The path with links resolved (the last one only on demand); nullopt when it is not there.
  std::optional<std::string> walk(const std::string& path, bool follow_last, int depth = 0) const {
    if (depth > 16) return std::nullopt;
    std::string at = "/";
    const auto parts = split(path, '/');
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::string& part = parts[i];
      if (part.empty() || part == ".") continue;
      if (part == "..") {
        at = parent_path(at);
        continue;
      }
      const std::string next = concat(at == "/" ? "" : at, "/", part);
      const auto found = nodes_.find(next);
      if (found == nodes_.end()) return std::nullopt;
      const bool last = i + 1 == parts.size();
      if (found->second.type == FileInfo::Type::symlink && (!last || follow_last)) {
        const std::string& target = found->second.content;
        const auto real =
            walk(target.starts_with('/') ? target : concat(at, "/", target), true, depth + 1);
        if (!real) return std::nullopt;
        at = *real;
      } else {
        at = next;
      }
    }
    return at;
  }

  std::map<std::string, Node> nodes_;
};

}  // namespace sefaca::testing
