// Remedies: what would bring a feature that this host lacks, as an exact command or setting.
#pragma once

#include <string>

#include "core/enforce/capabilities.h"

namespace sefaca {

// Why namespaces could not be set up is read from the step, the errno and the host's own settings
// below /proc/sys. Empty when nothing is known to help.
std::string namespaces_remedy(const Capabilities& host);

// What gives a pid namespace where a container masks parts of /proc, so that no fresh one is
// mounted (mount_too_revealing() in the kernel's fs/namespace.c).
std::string fresh_proc_remedy();

}  // namespace sefaca
