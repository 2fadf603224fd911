// Help, completions, man pages and docs/configuration.md: all text made from the table of keys.
#pragma once

#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace sefaca {

// What `sefaca` without an action prints: a screen at most.
std::string usage_text();
// `sefaca --help`.
std::string help_text();
// `sefaca help TOPIC`: "run", "config", "options", "levels", "presets" …; an error with the nearest
// topic otherwise.
Result<std::string> topic_text(std::string_view topic);
// `sefaca help --generate=KIND`: "bash", "zsh", "fish", "sefaca.1", "sefaca-run.1",
// "sefaca.toml.5", "configuration.md": the committed files.
Result<std::string> generated_text(std::string_view kind);

// The file's place in the source tree for each kind.
struct GeneratedFile {
  std::string_view kind;
  std::string_view path;
};
std::span<const GeneratedFile> generated_files();

// `sefaca help [TOPIC]`; `words` are those after `help`. Returns the exit code.
int help_command(std::span<const std::string> words, FILE* out, FILE* err);

}  // namespace sefaca
