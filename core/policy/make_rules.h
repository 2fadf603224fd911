// The make door's table: which preset a recipe's line gets, by its target and by its programs.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/policy/levels.h"
#include "core/policy/recipe_line.h"

namespace sefaca {

// In a preset's place: the line is run as it is, outside of any sandbox, with a note.
inline constexpr std::string_view kPassThrough = "pass";

// One row. `pattern` is a whole name with * and ?, matched against a target's name or a program's
// base name. A pattern with a wildcard matches no target that holds '/' or '.': that is a file.
struct MakeRule {
  enum class Kind { target, program };
  Kind kind = Kind::target;
  std::string pattern{};
  std::string preset{};  // a preset's name, or kPassThrough (targets only)
  std::string origin{};  // "built-in", "FILE:LINE:COLUMN" of the preset's name
  std::string excerpt{};
};

// The built-in rows, in the order of their weight: the first that matches decides.
std::vector<MakeRule> built_in_make_rules();

// An error for each rule whose preset is none: no built-in one, none of `defined` (the files') and,
// for a target, not kPassThrough. With the nearest spelling.
Errors unknown_presets(std::span<const MakeRule> rules, std::span<const PresetDefinition> defined);

struct MakeChoice {
  std::string preset;      // never empty
  bool offline = false;    // without the network, whatever the preset says
  bool unlimited = false;  // a custom step or a recursive make: see core/policy/door_limits.h
  std::string origin{};    // where the rule stands; empty: no rule said it
  std::string why;         // "target check", "program gcc", "a recursive make", "anything else"
};

// The target's rule first, then the programs': `compiler` where every program of the line is a
// compiler (or its kin) or a plain file tool that goes with one, and nothing is hidden. Else
// `development`, without the network unless a test target is among the goals: then with the
// preset's own loopback, for the line may be a test. `rules` are the files', strongest first; the
// built-in ones stand behind them. `goals` are what the user asked the top make for on its command
// line: a target is passed through only when one of them is, so that no `all: install` of a
// Makefile can do it.
MakeChoice choose_for_line(std::span<const MakeRule> rules, std::string_view target,
                           const RecipeLine& line, std::span<const std::string> goals);

}  // namespace sefaca
