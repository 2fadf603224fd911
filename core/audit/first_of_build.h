// One warning a build, and not one a step: which build this process belongs to, and whether
// something was said in it already.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string_view>

#include "core/base/process_stat.h"
#include "core/policy/surroundings.h"

namespace sefaca {

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
