// What proc(5) says of a process in /proc/PID/stat.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sefaca {

struct ProcessStat {
  std::string name;  // as the kernel has it, 15 bytes at most
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  int terminal = 0;           // 0: none
  std::uint64_t started = 0;  // clock ticks since boot, sysconf(_SC_CLK_TCK) of them a second
};
std::optional<ProcessStat> parse_process_stat(std::string_view text);
std::optional<ProcessStat> process_stat(pid_t pid);  // nullopt: not there, or hidden

}  // namespace sefaca
