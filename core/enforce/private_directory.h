// PrivateDirectory: the fresh, owner-only directory that takes TMPDIR's place, removed at the end;
// if everybody who could was killed, by a later run.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace sefaca {

class PrivateDirectory {
 public:
  PrivateDirectory() = default;  // none
  // Makes "sf-XXXXXX" in `parent` (absolute, there) and locks it for as long as this process and
  // the object live. Short: a unix socket's path has 108 bytes.
  static Result<PrivateDirectory> make(const std::string& parent);
  // For exec, after which nobody holds a lock: "sx-XXXXXX", which no later run takes for forgotten.
  static Result<PrivateDirectory> make_to_stay(const std::string& parent);
  // Removes those that killed runs of this user have left in `parent`: nobody holds their lock, and
  // they are older than `seconds` (between its making and its lock one is nobody's either).
  static void remove_forgotten(const std::string& parent, unsigned seconds = 60);
  PrivateDirectory(PrivateDirectory&& other) noexcept;
  PrivateDirectory& operator=(PrivateDirectory&& other) noexcept;
  PrivateDirectory(const PrivateDirectory&) = delete;
  ~PrivateDirectory() { remove(); }

  [[nodiscard]] const std::string& path() const { return path_; }  // empty: none
  // Removes it with all it holds. Nothing may be running in it any more. Links are not followed,
  // directories without permissions and of any depth are removed too.
  void remove();

 private:
  static Result<PrivateDirectory> make_named(const std::string& parent, std::string_view name);

  std::string path_;
  UniqueFd lock_;  // the directory's own flock(2)
};

}  // namespace sefaca
