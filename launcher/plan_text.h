// The plan of a run in words: --dry-run prints all of it, --verbose its summary.
#pragma once

#include <cstdio>

#include "launcher/session.h"

namespace sefaca {

void print_plan(FILE* out, const Session& session);
void print_summary(FILE* out, const Session& session);

}  // namespace sefaca
