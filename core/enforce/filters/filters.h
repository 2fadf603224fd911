// The filters that the launcher carries.
#pragma once

#include <linux/filter.h>

#include <span>

#include "core/enforce/filters/filter_spec.h"

namespace sefaca {

// Static storage, never empty.
std::span<const sock_filter> filter_for(const FilterSpec& spec);

}  // namespace sefaca
