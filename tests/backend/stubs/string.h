#pragma once
#include <stddef.h>
extern "C" size_t strlcpy(char* to, const char* from, size_t size);
extern "C" size_t strlcat(char* to, const char* from, size_t size);
