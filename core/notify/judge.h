// Judge: what becomes of a call that names files: whether Landlock lets it through, whether the
// policy would, and what to call it when neither does.
#pragma once

#include <linux/seccomp.h>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/audit/violation.h"
#include "core/enforce/launch_plan.h"
#include "core/notify/calls.h"
#include "core/notify/native_rights.h"
#include "core/notify/path_walk.h"
#include "core/notify/quiet_trees.h"
#include "core/notify/target.h"

namespace sefaca {

// One object or name that a call touches.
struct Touched {
  WalkedPath at;
  std::uint64_t needed = 0;      // abi::kFs…, on the object or, for a name, on its directory
  Access access = Access::read;  // what the policy must grant
  bool is_name = false;          // a name in a directory is made, removed or moved
  bool exists = false;
};

struct Judged {
  enum class Verdict : std::uint8_t {
    native,   // Landlock lets it through, or there is nothing to judge: the kernel goes on
    granted,  // Landlock does not, the policy does: the broker may perform it
    stopped   // neither: the kernel refuses it, and `violation` names it
  };
  Verdict verdict = Verdict::native;
  std::vector<Touched> touched{};
  std::optional<Violation> violation{};  // stopped; or, at permissive, to be logged
  bool by_links = false;                 // a path leads through its caller's own links
};

class Judge {
 public:
  explicit Judge(const LaunchPlan& plan);  // `plan` must outlive it

  // For deeds with paths but metadata. Makes no lasting difference; not thread-safe.
  Judged judge(const Target& target, const CallShape& shape, const seccomp_data& data);
  // A unix socket that is bound to a path (not empty).
  Judged judge_bind(const Target& target, const std::string& path);

 private:
  // The path that an argument of the judged call names, absolute. `opens`: a descriptor's own link
  // is the file behind it.
  static std::string named_path(Judged& judged, const Target& target, const seccomp_data& data,
                                int directory, int argument, bool opens = false);
  Judged judge_deed(const Target& target, const CallShape& shape, const seccomp_data& data);
  Judged judge_open(const Target& target, const CallShape& shape, const seccomp_data& data);
  Judged judge_execute(const Target& target, const CallShape& shape, const seccomp_data& data);
  Judged judge_names(const Target& target, const CallShape& shape, const seccomp_data& data);
  // Fills in the verdict and the violation from what is touched.
  void conclude(Judged& judged, const CallShape& shape, ViolationKind kind) const;
  [[nodiscard]] bool lets(const Touched& touched) const;
  [[nodiscard]] bool grants(const Touched& touched) const;
  // A name that is moved or removed takes what lies below with it.
  [[nodiscard]] bool holds_narrower(const Touched& touched) const;
  [[nodiscard]] std::optional<Violation> logged(const Judged& judged, const CallShape& shape) const;

  const LaunchPlan& plan_;
  NativeRights native_;
  QuietTrees quiet_{plan_, native_};
  // Paths, as calls name them, whose reading Landlock let through: most are read again and again.
  std::unordered_set<std::string> read_before_;
};

}  // namespace sefaca
