#include "core/enforce/filters/filters.h"

namespace sefaca {
namespace {
#include "core/enforce/filters/filters_data.inc"
}  // namespace

std::span<const sock_filter> filter_for(const FilterSpec& spec) {
  return kFilters[spec.index()];
}

}  // namespace sefaca
