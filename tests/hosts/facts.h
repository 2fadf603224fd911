// What this host answers to that which a sandbox asks of it.
#pragma once

// Prints one line for each fact, NAME=ok or NAME=ERRNO; tries each in a process of its own.
int print_facts(void);
