// What Sefaca.cmake calls when a project is configured.
#pragma once

#include <span>
#include <string>

#include "core/policy/surroundings.h"

namespace sefaca {

// sefaca-launch --resolve=MANIFEST: writes the plans of the build and removes those of builds that
// are gone. Prints what CMake wants to know, a line each with tabs between: "plans DIR", "file
// PATH" (it depends on it), "note SENTENCE". 0, or 125 with every error on stderr.
int resolve_command(const std::string& manifest_file, const Surroundings& surroundings);

// sefaca-launch --check-policy BASE ORIGIN KIND NAME… KEYWORD VALUE…: whether sefaca_policy() was
// called well. 0, or 125 with every error on stderr.
int check_policy_command(std::span<const std::string> words, const Surroundings& surroundings);

}  // namespace sefaca
