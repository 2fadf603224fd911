// What runs of a CI job come to, for the places where its people look: `sefaca log summary`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/audit/record.h"

namespace sefaca {

class JobSummary {
 public:
  void add(Record record) { records_.push_back(std::move(record)); }
  [[nodiscard]] std::size_t runs() const { return records_.size(); }

  // Markdown: the runs, what was stopped with what would allow it, what was not enforced. Below
  // 900 KB, what is left out is counted (GitHub takes 1 MiB). Text from a run is shown, never read
  // as Markdown or HTML.
  [[nodiscard]] std::string markdown() const;

  // `::error` and `::warning` lines, at most 10 of each (GitHub shows no more), the last of them
  // counting the rest. What was blocked is an error when `fatal` or when its run failed, else a
  // warning. With file and line where the policy that decided stands in a file below `workspace`.
  [[nodiscard]] std::string annotations(const std::string& workspace, bool fatal) const;

  // "violations=N", "blocked=N" and "enforced=full|partial|none", a line each. partial: the record
  // of some run names a gap, or a run was unsandboxed while others were not.
  [[nodiscard]] std::string outputs() const;

 private:
  std::vector<Record> records_;
};

}  // namespace sefaca
