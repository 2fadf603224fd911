// RememberingFiles: a FileSystem that asks another one each thing once. A policy is made from one
// look at the disk, and many of its tables ask about the same directories.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/file_system.h"

namespace sefaca {

class RememberingFiles final : public FileSystem {
 public:
  explicit RememberingFiles(const FileSystem& files) : files_(files) {}  // must outlive this

  [[nodiscard]] std::optional<FileInfo> info(const std::string& path) const override;
  [[nodiscard]] std::optional<FileInfo> link_info(const std::string& path) const override;
  [[nodiscard]] std::optional<std::string> real_path(const std::string& path) const override;
  [[nodiscard]] Result<std::string> read(const std::string& path,
                                         std::size_t max_bytes) const override;
  [[nodiscard]] std::vector<std::string> list(const std::string& path) const override;
  [[nodiscard]] bool executable(const std::string& path) const override;

 private:
  const FileSystem& files_;
  mutable std::unordered_map<std::string, std::optional<FileInfo>> infos_;
  mutable std::unordered_map<std::string, std::optional<std::string>> real_paths_;
};

}  // namespace sefaca
