// Reading a recipe's line as far as a launcher must understand it: which programs it runs, and
// whether it is so plain that no shell is needed. POSIX shell grammar, "Shell Command Language";
// whatever is not surely understood is the shell's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sefaca {

struct RecipeLine {
  // One command of plain words, quotes taken away: what execve(2) would be given. Empty: the line
  // wants a shell (an operator, an expansion, an assignment, a builtin).
  std::vector<std::string> argv{};
  // The base name of each command's program, in order, those inside of $(…) and `…` too. Builtins
  // and reserved words stand among them, but for the words that only lead on (if, then, !, {).
  std::vector<std::string> programs{};
  // All words that are plain, of all commands: the operands that name what a compiler reads.
  std::vector<std::string> words{};
  // False where something may run that `programs` does not name: a program from a variable, eval,
  // a function, a here document, a script given to a shell.
  bool complete = true;
};

RecipeLine read_recipe_line(std::string_view line);

}  // namespace sefaca
