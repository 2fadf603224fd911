// Diagnostics: how an Error is shown to a person. One of the few places that print.
#pragma once

#include <cstdio>
#include <string>

#include "core/base/result.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// Colour only on a terminal, without NO_COLOR and with a TERM that is not "dumb".
bool use_colour(FILE* stream, const Surroundings& surroundings);

// "sefaca: WHERE: WHAT", the excerpt, and the remedy on a line of its own; ends with a newline.
std::string error_text(const Error& error, bool colour);

void print_errors(FILE* stream, const Errors& errors, bool colour);

// "sefaca: note: …" on one line.
void print_note(FILE* stream, const std::string& note, bool colour);

}  // namespace sefaca
