// The trust store: one line a file, "HASH PATH", with \n and \\ in a path escaped.
#include "core/config/trust.h"

#include <algorithm>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/sha256.h"

namespace sefaca {
namespace {

constexpr std::size_t kHashLength = 64;
constexpr std::size_t kLargestStore = std::size_t{1} << 20U;
constexpr mode_t kOthersWrite = 0002;
constexpr mode_t kAnyoneElseWrites = 0022;

std::string escaped(std::string_view path) {
  std::string out;
  for (char c : path) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      out += text[i] == 'n' ? '\n' : text[i];
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_foreign(uid_t owner, const Surroundings& surroundings) {
  return owner != surroundings.uid && owner != 0;
}

}  // namespace

std::string TrustStore::path_for(const Surroundings& surroundings) {
  if (surroundings.home.empty()) return {};
  const std::string own = concat(surroundings.home, "/.sefaca");
  if (surroundings.files->is_directory(own)) return concat(own, "/trusted");
  std::string state = surroundings.variable("XDG_STATE_HOME");
  if (!state.starts_with('/')) state = concat(surroundings.home, "/.local/state");
  return concat(state, "/sefaca/trusted");
}

Result<TrustStore> TrustStore::load(const Surroundings& surroundings) {
  TrustStore store;
  const std::string path = path_for(surroundings);
  if (path.empty()) return store;
  const auto info = surroundings.files->info(path);
  if (!info) return store;
  if (info->type != FileInfo::Type::file || is_foreign(info->owner, surroundings) ||
      (info->mode & kAnyoneElseWrites) != 0) {
    return Error{.what = "the list of trusted files can be written by others and is not believed",
                 .where = path,
                 .remedy = concat("chmod go-w ", shell_quote(path), ", or remove it")};
  }
  SEFACA_TRY(text, surroundings.files->read(path, kLargestStore));
  for (const auto& line : split(text, '\n')) {
    if (line.size() <= kHashLength + 1 || line[kHashLength] != ' ') continue;
    store.entries_.push_back(
        {unescaped(std::string_view(line).substr(kHashLength + 1)), line.substr(0, kHashLength)});
  }
  return store;
}

bool TrustStore::trusts(const std::string& path, std::string_view content) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.path == path; });
  return found != entries_.end() && found->hash == sha256_hex(content);
}

void TrustStore::add(const std::string& path, std::string_view content) {
  remove(path);
  entries_.push_back({path, sha256_hex(content)});
}

bool TrustStore::remove(const std::string& path) {
  return std::erase_if(entries_, [&](const Entry& entry) { return entry.path == path; }) > 0;
}

std::string TrustStore::to_text() const {
  std::string out;
  for (const auto& entry : entries_) out += concat(entry.hash, " ", escaped(entry.path), "\n");
  return out;
}

std::optional<Error> untrustworthy(const std::string& path, const Surroundings& surroundings) {
  const auto info = surroundings.files->info(path);
  if (!info) return Error{.what = "can't be looked at", .where = path};
  if (is_foreign(info->owner, surroundings)) {
    return Error{.what = concat("the file belongs to user ", std::to_string(info->owner),
                                ", who could change what it says"),
                 .where = path,
                 .remedy = concat("chown ", surroundings.user, " ", shell_quote(path))};
  }
  if ((info->mode & kOthersWrite) != 0) {
    return Error{.what = "anybody can write to the file",
                 .where = path,
                 .remedy = concat("chmod o-w ", shell_quote(path))};
  }
  return std::nullopt;
}

}  // namespace sefaca
