#pragma once
#include <sys/jail.h>
extern "C" int jail_getid(const char* name);
