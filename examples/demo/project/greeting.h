#pragma once

// Prints a greeting on stdout.
void greet(const char* name);
