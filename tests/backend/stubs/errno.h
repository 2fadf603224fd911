#pragma once
#if defined(__APPLE__)
extern "C" int* __error(void);
#else
extern "C" int* __error(void) noexcept;
#endif
#define errno (*__error())
#define EINTR 4
#define ESRCH 3
