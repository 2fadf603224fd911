// `sefaca-launch [options] [--] COMMAND [ARG…]`: the launcher of tools that take one (Meson's CC
// and `--wrapper`, cargo's RUSTC_WRAPPER and runner).
#pragma once

#include <span>
#include <string>

#include "core/policy/surroundings.h"

namespace sefaca {

// `words` are those after the program's name: the options of `sefaca run`. Where neither a level
// nor a preset is named the program chooses, by the make door's table. Limits are a door's; a
// compiler also writes where its output is to lie (-o, --out-dir) and reads beside its sources.
// Ends as the command ended, by its signal too; own failures are 125, and nothing was run.
int launch_tool(std::span<const std::string> words, const Surroundings& surroundings);

}  // namespace sefaca
