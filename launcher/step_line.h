// What a custom step of CMake leaves to its shell: `cd x && tool`, `gen | sort > out`. The launcher
// stands in front of the first words only, so all of such a line is given to a shell inside.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// The texts of Sefaca.cmake's rules in a shell's line: `custom` right before a custom COMMAND's own
// words, `step` at the begin of what stands before a compile or link step's.
struct RuleMarks {
  std::string custom;
  std::string step;
};

// `line` is the text that the shell runs, of which the `nth` (from 1) custom COMMAND is about to
// begin. Empty: that COMMAND is one program with plain words. Else the rest of the line, from the
// COMMAND's first word on, without the rules of the custom steps in it, for `/bin/sh -c`. An error:
// there is no such COMMAND.
Result<std::string> shell_rest(std::string_view line, const RuleMarks& marks, int nth);

// The same for `--line=PID --nth=N --custom=TEXT --step=TEXT`, the words with which the shell PID
// asks for it (see SefacaCustom.sh.in).
Result<std::string> shell_rest(std::span<const std::string> words,
                               const Surroundings& surroundings);

}  // namespace sefaca
