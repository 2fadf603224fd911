// The make door: `sefaca-sh`, and `sh` in lib/sefaca. In the place of make's SHELL it runs each
// recipe's line sandboxed, by the contract of `sh -c`; called in any other way it is an ordinary
// shell in the sandbox that `sefaca run` would make.
#pragma once

#include <span>
#include <string>

#include "core/policy/surroundings.h"

namespace sefaca {

// `words` are those after the program's name. The exit code; does not return when the line was run
// in place, or when it died by a signal (then so does this process, as `sh -c` would).
int make_shell(std::span<const std::string> words, const Surroundings& surroundings);

}  // namespace sefaca
