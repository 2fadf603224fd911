// libFuzzer target over the reader of plan files: whatever the bytes are, they are refused or make
// a plan that is written and read back as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/config/plan_file.h"

namespace {

using namespace sefaca;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // Whole files, whose check sum keeps most of them out; then what lies behind it.
  (void)parse_plan(bytes, "");
  const auto plan = parse_plan_body(bytes);
  if (!plan) return 0;
  for (const PathRule& rule : plan->policy.paths) require(rule.path.starts_with('/'));
  const std::string body = plan_body(*plan);
  const auto again = parse_plan_body(body);
  require(again.ok() && plan_body(*again) == body);
  require(parse_plan(plan_text(*plan, "id"), "id").ok());
  require(!parse_plan(plan_text(*plan, "id"), "other").ok());
  return 0;
}
