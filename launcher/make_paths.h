// The directories that a line of make may write and read beside its own, and the files that it may
// not write.
#pragma once

#include <optional>

#include "core/policy/door_paths.h"
#include "core/policy/recipe_line.h"
#include "core/policy/surroundings.h"
#include "launcher/make_call.h"
#include "launcher/make_caller.h"

namespace sefaca {

// Write: the top make's directory (below one that holds the user's own config.status, that one too:
// Autotools' build tree), and those named by O= or BUILDDIR= on its command line. Read
// (where the preset reads only what is listed): the directories that the line's words name, with an
// option before them or not. Protected: the top's .git, and what make read as a makefile, but for
// the target itself and lists of dependencies, which compilers write.
DoorPaths make_paths(const ShellCall& call, const RecipeLine& line,
                     const std::optional<MakeCaller>& caller, const Surroundings& surroundings);

}  // namespace sefaca
