// Installs a host's answers as a seccomp filter, and takes the listener where the host says so.
#pragma once

#include "hosts.h"

// Inherited by what is executed. Without CAP_SYS_ADMIN it sets no_new_privs.
void install_answers(const struct Answer* answers);
// Leaves a process behind that holds a seccomp listener until this process has ended; with
// `landlock_abi` above 0 it answers the question for Landlock's version.
void take_listener(int landlock_abi);
