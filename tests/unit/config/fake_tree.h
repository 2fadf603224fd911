// FakeTree: a file system in memory, and surroundings that stand on it.
#pragma once

#include <map>
#include <string>

#include "core/base/file_system.h"
#include "core/base/path.h"
#include "core/policy/surroundings.h"

namespace sefaca::test {

class FakeTree final : public FileSystem {
 public:
  FakeTree& directory(const std::string& path, std::uint64_t device = 1) {
    entries_[path] = {
        FileInfo{.type = FileInfo::Type::directory, .owner = kUser, .mode = 0755, .device = device},
        ""};
    return *this;
  }
  // Makes the directories above it too.
  FakeTree& file(const std::string& path, const std::string& text, mode_t mode = 0644,
                 uid_t owner = kUser) {
    for (std::string up(parent_path(path)); !entries_.contains(up); up = parent_path(up)) {
      directory(up);
    }
    entries_[path] = {FileInfo{.type = FileInfo::Type::file,
                               .owner = owner,
                               .mode = mode,
                               .device = 1,
                               .size = text.size()},
                      text};
    return *this;
  }
  FakeTree& fifo(const std::string& path) {
    entries_[path] = {FileInfo{.type = FileInfo::Type::fifo, .device = 1}, ""};
    return *this;
  }
  FakeTree& link(const std::string& path, const std::string& target) {
    links_[path] = target;
    return *this;
  }

  std::optional<FileInfo> info(const std::string& path) const override {
    const auto real = real_path(path);
    return real ? std::optional(entries_.at(*real).info) : std::nullopt;
  }
  std::optional<FileInfo> link_info(const std::string& path) const override {
    if (links_.contains(path)) return FileInfo{.type = FileInfo::Type::symlink};
    return info(path);
  }
  std::optional<std::string> real_path(const std::string& path) const override {
    std::string at = path;
    for (int i = 0; i < 8; ++i) {
      bool changed = false;
      for (const auto& [from, to] : links_) {
        if (!is_within(at, from)) continue;
        at = to + at.substr(from.size());
        changed = true;
      }
      if (!changed) break;
    }
    return entries_.contains(at) ? std::optional(at) : std::nullopt;
  }
  Result<std::string> read(const std::string& path, std::size_t max_bytes) const override {
    const auto real = real_path(path);
    if (!real) return Error{.what = "can't be read", .errno_value = 2};
    const auto& text = entries_.at(*real).text;
    if (text.size() > max_bytes) return Error{.what = "is too large"};
    return text;
  }
  std::vector<std::string> list(const std::string& path) const override {
    std::vector<std::string> names;
    for (const auto& [each, entry] : entries_) {
      if (each != path && parent_path(each) == path) names.emplace_back(base_name(each));
    }
    return names;
  }
  bool executable(const std::string& path) const override { return info(path).has_value(); }

  static constexpr uid_t kUser = 1000;

 private:
  struct Entry {
    FileInfo info;
    std::string text;
  };
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> links_;
};

// A user with a home and a project: /home/u, /home/u/project (a repository).
inline FakeTree usual_tree() {
  FakeTree tree;
  for (const char* path :
       {"/", "/tmp", "/usr", "/usr/bin", "/lib", "/bin", "/etc", "/home", "/home/u",
        "/home/u/.cache", "/home/u/project", "/home/u/project/.git", "/home/u/project/src"}) {
    tree.directory(path);
  }
  return tree;
}

inline Surroundings surroundings_on(const FakeTree& tree) {
  Surroundings out;
  out.cwd = "/home/u/project";
  out.home = "/home/u";
  out.user = "u";
  out.uid = FakeTree::kUser;
  out.gid = FakeTree::kUser;
  out.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/home/u"}};
  out.machine_memory_bytes = std::uint64_t{8} << 30U;
  out.files = &tree;
  return out;
}

// Every error as "WHERE: WHAT [REMEDY]", a line each.
inline std::string text_of(const Errors& errors) {
  std::string out;
  for (const auto& error : errors) {
    out += error.where + ": " + error.what;
    if (!error.remedy.empty()) out += " [" + error.remedy + "]";
    out += "\n";
  }
  return out;
}

}  // namespace sefaca::test
