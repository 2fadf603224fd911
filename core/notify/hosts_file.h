// /etc/hosts: the names that need no network (hosts(5)). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/notify/name_protocol.h"

namespace sefaca {

// The addresses of `name` in the text of a hosts file, in its order. `localhost`, names below it
// and `own_name` are always loopback.
std::vector<HostAddress> addresses_in_hosts(std::string_view hosts, std::string_view name,
                                            std::string_view own_name);

}  // namespace sefaca
