// RememberingFiles: a FileSystem that asks another one each thing once. A policy is made from one
// look at the disk, and many of its tables ask about the same directories. It must not outlive that
// look: what changes later it does not see.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  [[nodiscard]] std::optional<std::string> link_target(const std::string& path) const override;
  [[nodiscard]] std::vector<DirectoryEntry> entries(const std::string& path,
                                                    std::size_t most) const override;
  [[nodiscard]] std::optional<FileType> link_type(const std::string& path) const override;
  // Lists a directory of ordinary size once; from then on its names and their types cost no call.
  [[nodiscard]] std::shared_ptr<const DirectoryNames> names_in(
      const std::string& directory) const override;

 private:
  struct Listed {
    std::string directory;
    std::shared_ptr<const DirectoryNames> names;  // nullptr: it is not known what it holds
  };

  [[nodiscard]] const Listed* listed(std::string_view directory) const;
  const std::optional<FileInfo>& ask(const std::string& path) const;
  [[nodiscard]] bool known_absent(std::string_view path) const;
  [[nodiscard]] std::optional<std::string> follow(const std::string& link) const;

  const FileSystem& files_;
  mutable int links_followed_ = 0;      // one inside the other
  mutable std::vector<Listed> listed_;  // a dozen: looked through in less time than any map takes
  mutable std::unordered_map<std::string, std::optional<FileInfo>> infos_;
  mutable std::unordered_map<std::string, std::optional<std::string>> real_paths_;
};

}  // namespace sefaca
