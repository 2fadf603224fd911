#pragma once
extern "C" int atoi(const char* text);
