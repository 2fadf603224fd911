#pragma once
#if !defined(__FreeBSD__)
#error "FreeBSD has jails"
#endif
extern "C" int jail_remove(int id);
