// The filters that the launcher carries.
#pragma once

#include <linux/filter.h>

#include <span>

#include "core/enforce/filters/filter_spec.h"

namespace sefaca {

// Static storage, never empty.
std::span<const sock_filter> filter_for(const FilterSpec& spec);

// The name of a call that some filter refuses; nullptr: none does.
const char* refused_call_name(int number);

}  // namespace sefaca
