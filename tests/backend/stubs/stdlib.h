#pragma once
extern "C" long strtol(const char* text, char** end, int base);
