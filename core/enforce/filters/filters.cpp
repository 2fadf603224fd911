#include "core/enforce/filters/filters.h"

namespace sefaca {
namespace {
#include "core/enforce/filters/filters_data.inc"
}  // namespace

std::span<const sock_filter> filter_for(const FilterSpec& spec) {
  return kFilters[spec.index()];
}

const char* refused_call_name(int number) {
  for (const RefusedCall& call : kRefusedCalls) {
    if (call.number == number) return call.name;
  }
  return nullptr;
}

}  // namespace sefaca
