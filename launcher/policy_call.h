// sefaca_policy(): one exception that a CMakeLists.txt makes, as words.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/policy/assignment.h"

namespace sefaca {

struct PolicyCall {
  std::string kind{};                // TARGET, TEST, DIRECTORY or STEP
  std::vector<std::string> names{};  // at least one
  std::vector<Assignment> values{};  // layer door; their origin is `origin`
  bool off = false;                  // run the step with all rights
  std::string directory{};           // the build directory of the CMakeLists.txt that calls
  std::string origin{};              // "FILE (sefaca_policy)"
};

// `words`: KIND NAME… KEYWORD [VALUE…] …; relative paths stand on `base`. Every error at once, each
// with the nearest spelling. Names and paths are not looked up here.
Result<PolicyCall> parse_policy_call(std::span<const std::string> words, const std::string& base,
                                     const std::string& origin);

}  // namespace sefaca
