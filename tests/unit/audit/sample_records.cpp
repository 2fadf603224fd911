// Prints records of every form, one a line: check_schema.py holds them against the schema.
#include <cstdio>

#include "core/audit/record.h"
#include "tests/unit/audit/samples.h"

int main() {
  using namespace sefaca;
  Record unfinished = specification_record();
  unfinished.door = "exec";
  unfinished.outcome.reset();
  unfinished.timeout = "none";
  unfinished.memory = "";
  Record bytes = specification_record();
  bytes.command = {"cat", "\xFF\xFE", "caf\xC3\xA9"};
  bytes.id = new_record_id();
  for (const Record& record : {specification_record(), full_record(), unfinished, bytes})
    std::printf("%s\n", to_json(record).c_str());
  Record each = specification_record();
  for (int kind = 0; kind <= static_cast<int>(ViolationKind::signal_denied); ++kind) {
    Violation violation;
    violation.kind = static_cast<ViolationKind>(kind);
    each.violations.push_back(violation);
  }
  std::printf("%s\n", to_json(each).c_str());
}
