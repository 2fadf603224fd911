// Violations: what was denied in a run, each distinct one once with its count, bounded in number
// whatever the tree does.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/audit/violation.h"

namespace sefaca {

class Violations {
 public:
  static constexpr std::size_t kMostDistinct = 100;

  // True when this one was not known. Thread-safe, as all of them.
  bool add(Violation violation);

  // Counts one more of a known violation. False: it is not known yet, and what costs to find out
  // (pid, program) is wanted for add().
  bool count_again(const Violation& violation);

  // Of these the program must be filled in before count_again().
  static bool is_told_apart_by_program(const Violation& violation);

  // What there is, in the order of their first time. More than kMostDistinct are summed up by kind
  // and action in violations of operation "further denials".
  [[nodiscard]] std::vector<Violation> take();

  [[nodiscard]] bool empty() const;

 private:
  static std::string key_of(const Violation& violation);

  mutable std::mutex mutex_;
  std::vector<Violation> list_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<Violation> rest_;
};

}  // namespace sefaca
