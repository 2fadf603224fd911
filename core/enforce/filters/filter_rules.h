// The table of refused system calls, and the filter that libseccomp makes of it. Only the generator
// and the tests link this: the launcher carries the result.
#pragma once

#include <linux/filter.h>

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/enforce/filters/filter_spec.h"

namespace sefaca {

// `machine` is "x86_64" or "aarch64". The program for seccomp(2): refuses other architectures'
// entries and x32, answers ENOSYS to calls newer than it knows, then the table.
Result<std::vector<sock_filter>> make_filter(const FilterSpec& spec, const std::string& machine);

struct NamedCall {
  int number;
  std::string name;
};
// Every call that some filter refuses, by number; what `machine` never had is left out.
Result<std::vector<NamedCall>> refused_calls(const std::string& machine);

}  // namespace sefaca
