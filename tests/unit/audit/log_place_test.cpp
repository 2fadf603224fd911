// Where the log lies, on hosts that are pretended.
#include <gtest/gtest.h>

#include <set>

#include "core/audit/log_file.h"

namespace sefaca {
namespace {

class Directories final : public FileSystem {
 public:
  explicit Directories(std::set<std::string> there) : there_(std::move(there)) {}
  [[nodiscard]] std::optional<FileInfo> info(const std::string& path) const override {
    if (there_.count(path) == 0) return std::nullopt;
    FileInfo out;
    out.type = FileInfo::Type::directory;
    return out;
  }
  [[nodiscard]] std::optional<FileInfo> link_info(const std::string& path) const override {
    return info(path);
  }
  [[nodiscard]] std::optional<std::string> real_path(const std::string& path) const override {
    return path;
  }
  [[nodiscard]] Result<std::string> read(const std::string& /*path*/,
                                         std::size_t /*max_bytes*/) const override {
    return std::string();
  }
  [[nodiscard]] std::vector<std::string> list(const std::string& /*path*/) const override {
    return {};
  }
  [[nodiscard]] bool executable(const std::string& /*path*/) const override { return false; }

 private:
  std::set<std::string> there_;
};

std::string place(const std::string& configured, const std::string& home, const std::string& state,
                  std::set<std::string> there) {
  const Directories files(std::move(there));
  Surroundings surroundings;
  surroundings.home = home;
  surroundings.files = &files;
  if (!state.empty()) surroundings.environment["XDG_STATE_HOME"] = state;
  return log_path(configured, surroundings);
}

TEST(LogPlace, ByTheContract) {
  EXPECT_EQ(place("/x.jsonl", "/h", "/s", {"/h/.sefaca"}), "/x.jsonl");
  EXPECT_EQ(place("", "/h", "/s", {"/h/.sefaca"}), "/h/.sefaca/log/audit.jsonl");
  EXPECT_EQ(place("", "/h", "/s", {}), "/s/sefaca/audit.jsonl");
  EXPECT_EQ(place("", "/h", "", {}), "/h/.local/state/sefaca/audit.jsonl");
  EXPECT_EQ(place("", "/h", "relative", {}), "/h/.local/state/sefaca/audit.jsonl");
  EXPECT_EQ(place("", "", "/s", {}), "/s/sefaca/audit.jsonl");
  EXPECT_EQ(place("", "", "", {"/.sefaca"}), "");
}

}  // namespace
}  // namespace sefaca
