#pragma once
#define O_RDONLY 0x0000
#define O_NOFOLLOW 0x0100
#define O_CLOEXEC 0x00100000
extern "C" int open(const char* path, int flags, ...);
