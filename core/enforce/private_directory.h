// PrivateDirectory: the fresh, owner-only directory that takes TMPDIR's place, removed at the end.
#pragma once

#include <string>

#include "core/base/result.h"

namespace sefaca {

class PrivateDirectory {
 public:
  PrivateDirectory() = default;  // none
  // Makes "sf-XXXXXX" in `parent` (absolute, there). Short: a unix socket's path has 108 bytes.
  static Result<PrivateDirectory> make(const std::string& parent);
  PrivateDirectory(PrivateDirectory&& other) noexcept;
  PrivateDirectory& operator=(PrivateDirectory&& other) noexcept;
  PrivateDirectory(const PrivateDirectory&) = delete;
  ~PrivateDirectory() { remove(); }

  [[nodiscard]] const std::string& path() const { return path_; }  // empty: none
  // Removes it with all it holds. Nothing may be running in it any more. Links are not followed,
  // directories without permissions and of any depth are removed too.
  void remove();

 private:
  std::string path_;
};

}  // namespace sefaca
