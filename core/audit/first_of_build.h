// One warning a build, and not one a step: which build this process belongs to, and whether
// something was said in it already.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/policy/surroundings.h"

namespace sefaca {

// What proc(5) says in /proc/PID/stat.
struct ProcessStat {
  std::string name;  // as the kernel has it, 15 bytes at most
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  int terminal = 0;           // 0: none
  std::uint64_t started = 0;  // clock ticks since boot
};
std::optional<ProcessStat> parse_process_stat(std::string_view text);
std::optional<ProcessStat> process_stat(pid_t pid);  // nullopt: not there, or hidden

// The process that stands for the build that `self` is a step of:
// - at a terminal, where a shell gives each job a process group of its own, the job: the ancestor
//   right below the session's leader (`make`, say), so that each `make` typed is a build;
// - else the session's leader (a script, a CI job's shell, a container's first process).
// nullopt when neither can be seen. `stat_of` is asked for processes, as process_stat() answers.
std::optional<ProcessStat> build_of(
    pid_t self, const std::function<std::optional<ProcessStat>(pid_t)>& stat_of);

// True for the first process of a build that asks about `what` (a short word), and where that can't
// be known. Of many that ask at once one gets true. The memory is an empty file, made with O_EXCL
// in an owner-only directory below $XDG_RUNTIME_DIR, else below /tmp; those of builds that have
// ended are removed. Only for things to say: a step that may write there can keep later steps
// silent.
bool first_of_build(std::string_view what, const Surroundings& surroundings);

}  // namespace sefaca
