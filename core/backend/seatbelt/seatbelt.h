// macOS's sandbox for a policy: a profile in its language (SBPL, a Scheme) for sandbox-exec(1). The
// last rule that fits decides. Generated, and evaluated in tests; never run by us on macOS.
#pragma once

#include "core/backend/backend.h"

namespace sefaca {

Result<Enclosure> make_seatbelt(const EnclosureInputs& inputs);

}  // namespace sefaca
