// Where a test may make a cgroup of version 2.
#pragma once

#include <unistd.h>

#include <fstream>
#include <string>

namespace sefaca {

// A mount of the hierarchy that this process may write; empty: there is none.
inline std::string place_for_groups() {
  std::ifstream mounts("/proc/self/mounts");
  std::string what, where, type, rest;
  while (mounts >> what >> where >> type && std::getline(mounts, rest)) {
    if (type == "cgroup2" && ::access(where.c_str(), W_OK) == 0) return where;
  }
  return {};
}

}  // namespace sefaca
