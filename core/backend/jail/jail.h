// A FreeBSD jail for a policy: jail.conf(5) with its mounts and its network, rctl(8)'s rules, the
// script that is its start. Generated and checked as text; never run by us on FreeBSD.
#pragma once

#include "core/backend/backend.h"

namespace sefaca {

Result<Enclosure> make_jail(const EnclosureInputs& inputs);

}  // namespace sefaca
