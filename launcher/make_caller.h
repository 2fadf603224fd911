// The make that called, and the top one above it, as the kernel knows them: nothing here comes from
// a variable or a Makefile, so none can pretend it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sefaca {

struct MakeProcess {
  pid_t pid = 0;
  std::uint64_t start = 0;  // clock ticks after boot: with the pid it names the process for good
};

struct MakeCaller {
  MakeProcess process;                     // the top make
  std::string directory;                   // its working directory: after -C; absolute
  std::vector<std::string> goals{};        // what it was asked for on its command line
  std::vector<std::string> directories{};  // the values of O= and BUILDDIR= there, as written
  std::vector<std::string> makefiles{};    // those of -f, as written
  std::map<std::string, std::string> variables{};  // NAME=value there, as written
};

// The top make above this process: of the makes among its ancestors the `level`th from below (1 is
// the nearest), or the topmost where there are fewer. `level` may come from $MAKELEVEL: it is a
// bound and nothing more. nullopt where no ancestor is a make that may be looked at.
std::optional<MakeCaller> find_make_caller(int level);

// The words of make's command line: goals, variables (of them O and BUILDDIR), makefiles.
void read_make_words(const std::vector<std::string>& words, MakeCaller& caller);

}  // namespace sefaca
