// Remedies: what would bring a feature that this host lacks, as an exact command or setting.
#pragma once

#include <string>
#include <vector>

#include "core/base/file_system.h"
#include "core/enforce/capabilities.h"

namespace sefaca {

// How the remedy for a row of the degradations is found.
enum class Cure : std::uint8_t {
  none,        // nothing is known to help
  text,        // the row's own words
  kernel,      // a newer kernel: the row's version
  lsm,         // Landlock on the kernel's command line
  namespaces,  // the setting, or the container's option, that keeps them away
  fresh_proc,  // the container's option that leaves /proc whole
  performing,  // what keeps the supervisor from performing calls
};

// Where a remedy is asked for.
struct Situation {
  const Capabilities& host;
  const FileSystem& files;  // /proc/sys, /etc/os-release, the marks of containers
  bool supervised = true;   // false: exec
};

// Empty: nothing is known to help.
std::string remedy_for(Cure cure, const std::string& text, const Situation& situation);

// All that remedy_for may say, for documentation.
std::vector<std::string> all_remedies(Cure cure, const std::string& text);

}  // namespace sefaca
