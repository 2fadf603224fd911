// FileSystem: what the policy and the configuration ask of the disk, as an interface, so that a
// unit test can pretend any tree. RealFileSystem is the kernel's.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/directory_names.h"
#include "core/base/result.h"

namespace sefaca {

struct FileInfo {
  using Type = FileType;
  Type type = Type::file;
  uid_t owner = 0;
  mode_t mode = 0;  // permission bits only
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;  // bytes
};

struct DirectoryEntry {
  std::string name;
  FileInfo::Type type;  // its own: a link is a link
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Absolute paths. nullopt: it is not there or can't be looked at.
  [[nodiscard]] virtual std::optional<FileInfo> info(const std::string& path) const = 0;  // follows
  [[nodiscard]] virtual std::optional<FileInfo> link_info(const std::string& path) const = 0;
  // The path with every symbolic link resolved; nullopt when it does not exist.
  [[nodiscard]] virtual std::optional<std::string> real_path(const std::string& path) const = 0;
  // The whole content; an error when it is larger than `max_bytes`, absent or unreadable.
  [[nodiscard]] virtual Result<std::string> read(const std::string& path,
                                                 std::size_t max_bytes) const = 0;
  // The names in a directory, without "." and "..", unsorted; empty when it can't be listed.
  [[nodiscard]] virtual std::vector<std::string> list(const std::string& path) const = 0;
  // access(2) for this process.
  [[nodiscard]] virtual bool executable(const std::string& path) const = 0;

  // The same as list() with each entry's type, of the first `most` or some more. One that goes
  // meanwhile may be left out.
  [[nodiscard]] virtual std::vector<DirectoryEntry> entries(const std::string& path,
                                                            std::size_t most = SIZE_MAX) const;
  // What the symbolic link at `path` says; nullopt: it is no link, or this can't tell.
  [[nodiscard]] virtual std::optional<std::string> link_target(const std::string& path) const;
  // The type of `path` itself, as link_info() has it.
  [[nodiscard]] virtual std::optional<FileType> link_type(const std::string& path) const;
  // The names in a directory; an absent one holds none. nullptr: nothing is known about its names,
  // each must be asked about.
  [[nodiscard]] virtual std::shared_ptr<const DirectoryNames> names_in(
      const std::string& directory) const;

  [[nodiscard]] bool exists(const std::string& path) const { return info(path).has_value(); }
  [[nodiscard]] bool is_directory(const std::string& path) const {
    auto found = info(path);
    return found && found->type == FileInfo::Type::directory;
  }
};

// What read() says about a file that it can't read.
Error read_error(const std::string& path, int errno_value);

class RealFileSystem final : public FileSystem {
 public:
  [[nodiscard]] std::optional<FileInfo> info(const std::string& path) const override;
  [[nodiscard]] std::optional<FileInfo> link_info(const std::string& path) const override;
  [[nodiscard]] std::optional<std::string> real_path(const std::string& path) const override;
  [[nodiscard]] Result<std::string> read(const std::string& path,
                                         std::size_t max_bytes) const override;
  [[nodiscard]] std::vector<std::string> list(const std::string& path) const override;
  [[nodiscard]] bool executable(const std::string& path) const override;
  [[nodiscard]] std::vector<DirectoryEntry> entries(const std::string& path,
                                                    std::size_t most) const override;
  [[nodiscard]] std::optional<std::string> link_target(const std::string& path) const override;
  [[nodiscard]] std::shared_ptr<const DirectoryNames> names_in(
      const std::string& directory) const override;
};

}  // namespace sefaca
