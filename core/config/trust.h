// Which project files the user trusts: by path and by the hash of the content.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/policy/surroundings.h"

namespace sefaca {

class TrustStore {
 public:
  struct Entry {
    std::string path;  // absolute, symbolic links resolved
    std::string hash;  // sha256_hex of the content
  };

  // ~/.sefaca/trusted when ~/.sefaca exists, else below $XDG_STATE_HOME/sefaca; empty without a
  // home.
  static std::string path_for(const Surroundings& surroundings);
  // Empty when there is no store. An error when it is another's, or others can write to it.
  static Result<TrustStore> load(const Surroundings& surroundings);

  [[nodiscard]] bool trusts(const std::string& path, std::string_view content) const;
  void add(const std::string& path, std::string_view content);  // in the place of an older hash
  bool remove(const std::string& path);                         // false: it was not there
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] std::string to_text() const;  // what load() reads back

 private:
  std::vector<Entry> entries_;
};

// Why a file may not be trusted though the store names it: its owner is another, or anybody can
// write to it. nullopt: it may.
std::optional<Error> untrustworthy(const std::string& path, const Surroundings& surroundings);

}  // namespace sefaca
