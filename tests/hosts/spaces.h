// Enters what a host's spaces say, in this very process.
#pragma once

enum { CANNOT_PLAY = 99 };

// Ends the program with 99: this machine can't play that host.
void give_up(const char* what) __attribute__((noreturn));
// `spaces`: bits of enum Space. Needs root, or a kernel that gives user namespaces.
void enter_spaces(unsigned spaces);
