#include "core/enforce/landlock.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "core/base/kernel_abi.h"
#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

using namespace abi;

// What each ABI added, cumulative from the top.
struct AbiRow {
  int abi;
  std::uint64_t files, tcp, scopes;
};
constexpr std::array kAbiTable = {
    AbiRow{1, (kFsMakeSym << 1) - 1, 0, 0},
    AbiRow{2, kFsRefer, 0, 0},
    AbiRow{3, kFsTruncate, 0, 0},
    AbiRow{4, 0, kNetBindTcp | kNetConnectTcp, 0},
    AbiRow{5, kFsIoctlDev, 0, 0},
    AbiRow{6, 0, 0, kScopeAbstractUnixSocket | kScopeSignal},
};

std::uint64_t sum_up_to(int abi, std::uint64_t AbiRow::*column) {
  std::uint64_t sum = 0;
  for (const AbiRow& row : kAbiTable) {
    if (row.abi <= abi) sum |= row.*column;
  }
  return sum;
}

// A rule costs 3 µs, and a directory that is listed 5: of a larger directory, and of more
// directories, the supervisor performs what is done with the rest.
constexpr std::size_t kMostEntries = 96, kMostListed = 1024, kMostDirectories = 32;

constexpr std::uint64_t kReadRights = kFsExecute | kFsReadFile | kFsReadDir;
// Device nodes are never made: MAKE_CHAR and MAKE_BLOCK are handled and granted nowhere.
constexpr std::uint64_t kWriteRights = kReadRights | kFsWriteFile | kFsRemoveDir | kFsRemoveFile |
                                       kFsMakeDir | kFsMakeReg | kFsMakeSock | kFsMakeFifo |
                                       kFsMakeSym | kFsRefer | kFsTruncate | kFsIoctlDev;

// The policy as a tree of path components, so that each directory is looked at once.
struct Node {
  std::optional<Access> access;
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
};

void insert(Node& root, const PathRule& rule) {
  Node* node = &root;
  for (const std::string& part : split(rule.path, '/')) {
    if (part.empty()) continue;
    auto& child = node->children[part];
    if (!child) child = std::make_unique<Node>();
    node = child.get();
  }
  node->access = node->access ? std::min(*node->access, rule.access) : rule.access;
}

// The narrowest access at or below `node`, whose own is `inherited` unless it says otherwise.
Access narrowest(const Node& node, Access inherited) {
  const Access own = node.access.value_or(inherited);
  Access least = own;
  for (const auto& [name, child] : node.children) least = std::min(least, narrowest(*child, own));
  return least;
}

class Compiler {
 public:
  Compiler(int abi, const FileSystem& files, bool brokered)
      : mask_(landlock_file_rights(abi)), files_(files), brokered_(brokered) {}

  // `granted` is what rules above already give here.
  void visit(const Node& node, const std::string& path, Access inherited, Access granted) {
    const Access own = node.access.value_or(inherited);
    const Access safe = narrowest(node, inherited);
    if (safe > granted) {
      add(path, safe);
      granted = safe;
    }
    const bool left_to_broker = brokered_ && own == Access::write && granted == Access::read &&
                                carved_++ >= kMostDirectories;
    if (own > granted && !left_to_broker) carve(node, path, own, granted);
    for (const auto& [name, child] : node.children) {
      visit(*child, below(path, name), own, granted);
    }
  }

  LandlockRules take() { return std::move(out_); }

 private:
  static std::string below(const std::string& path, std::string_view name) {
    return path == "/" ? concat("/", name) : concat(path, "/", name);
  }

  void add(const std::string& path, Access access) {
    const std::uint64_t rights = landlock_rights_for(access) & mask_;
    if (rights != 0) out_.rules.push_back({path, rights});
  }

  // Something below is narrower than `own`: grant the entries that lead to nothing narrower.
  void carve(const Node& node, const std::string& path, Access own, Access granted) {
    const bool some = brokered_ && own == Access::write;
    const auto entries = files_.entries(path, some ? kMostListed : SIZE_MAX);
    std::vector<std::string> others;
    std::size_t given = 0;
    const auto give = [&](const std::string& entry) {
      const bool enough = some && given++ >= kMostEntries;
      if (own > granted && !enough) add(entry, own);
    };
    for (const DirectoryEntry& entry : entries) {
      if (node.children.contains(entry.name)) continue;
      // A link is no hierarchy of its own: what it leads to is granted where that lies.
      if (entry.type == FileInfo::Type::symlink) continue;
      if (entry.type == FileInfo::Type::directory) {
        give(below(path, entry.name));
      } else {
        others.push_back(below(path, entry.name));
      }
    }
    for (const std::string& entry : others) give(entry);
    if (own == Access::write && !entries.empty()) out_.no_creation.push_back(path);
    if (own == Access::write && granted == Access::hide) out_.new_is_unreadable = true;
  }

  std::uint64_t mask_;
  const FileSystem& files_;
  const bool brokered_;
  std::size_t carved_ = 0;  // directories that are writable but for something in them
  LandlockRules out_;
};

}  // namespace

std::uint64_t landlock_file_rights(int abi) {
  return sum_up_to(abi, &AbiRow::files);
}
std::uint64_t landlock_tcp_rights(int abi) {
  return sum_up_to(abi, &AbiRow::tcp);
}
std::uint64_t landlock_scopes(int abi) {
  return sum_up_to(abi, &AbiRow::scopes);
}

std::uint64_t landlock_rights_for(Access access) {
  switch (access) {
    case Access::hide:
      return 0;
    case Access::read:
      return kReadRights;
    case Access::write:
      return kWriteRights;
  }
  return 0;
}

std::uint64_t landlock_rights_on_file() {
  return kFsExecute | kFsWriteFile | kFsReadFile | kFsTruncate | kFsIoctlDev;
}

LandlockRules compile_landlock_rules(const std::vector<PathRule>& paths, int abi,
                                     const FileSystem& files, bool brokered) {
  Node root;
  for (const PathRule& rule : paths) {
    // A hidden socket is protected by who may connect to it, not by its file.
    const bool left_out =
        rule.kind == PathRule::Kind::protected_ && !(brokered && rule.access == Access::read);
    if (!left_out) insert(root, rule);
  }
  Compiler compiler(abi, files, brokered);
  compiler.visit(root, "/", Access::hide, Access::hide);
  LandlockRules compiled = compiler.take();
  // Names may show, contents don't: without READ_DIR on the root, `ls ~` and globs fail.
  bool root_listed = false;
  for (LandlockRule& rule : compiled.rules) {
    if (rule.path == "/") {
      rule.rights |= kFsReadDir;
      root_listed = true;
    }
  }
  if (!root_listed) compiled.rules.insert(compiled.rules.begin(), {"/", kFsReadDir});
  return compiled;
}

}  // namespace sefaca
