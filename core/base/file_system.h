// FileSystem: what the policy and the configuration ask of the disk, as an interface, so that a
// unit test can pretend any tree. RealFileSystem is the kernel's.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace sefaca {

struct FileInfo {
  enum class Type { file, directory, symlink, socket, fifo, device };
  Type type = Type::file;
  uid_t owner = 0;
  mode_t mode = 0;  // permission bits only
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;  // bytes
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

  [[nodiscard]] bool exists(const std::string& path) const { return info(path).has_value(); }
  [[nodiscard]] bool is_directory(const std::string& path) const {
    auto found = info(path);
    return found && found->type == FileInfo::Type::directory;
  }
};

class RealFileSystem final : public FileSystem {
 public:
  [[nodiscard]] std::optional<FileInfo> info(const std::string& path) const override;
  [[nodiscard]] std::optional<FileInfo> link_info(const std::string& path) const override;
  [[nodiscard]] std::optional<std::string> real_path(const std::string& path) const override;
  [[nodiscard]] Result<std::string> read(const std::string& path,
                                         std::size_t max_bytes) const override;
  [[nodiscard]] std::vector<std::string> list(const std::string& path) const override;
  [[nodiscard]] bool executable(const std::string& path) const override;
};

}  // namespace sefaca
