// ProcessTree: all that descends from this process, read from /proc. The supervisor is the reaper
// of its descendants (PR_SET_CHILD_SUBREAPER), so none of them can leave the tree.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace sefaca {

struct TreeFigures {
  std::uint64_t processes = 0;
  std::uint64_t threads = 0;       // of them all, the first of each process included
  std::uint64_t memory_bytes = 0;  // resident less shared pages, summed
};

// Every living descendant of `root` but `except` (the guardian; 0: nobody), children after their
// parents. Needs CONFIG_PROC_CHILDREN.
std::vector<pid_t> descendants_of(pid_t root, pid_t except);
std::uint64_t ticks_since_boot();  // as ProcessStat::started

// Whether the process that has this number now descends from `root`. A number that is kept from a
// look may be another's by the time it is used: whoever signals or reads by it asks this after it
// has opened what it will use, a pidfd or a directory in /proc.
bool is_descendant(pid_t pid, pid_t root);
// Sends `signal` to what has this number when it descends from `root`; false: it does not, or is
// gone.
bool signal_descendant(pid_t pid, pid_t root, int signal);
// The same when it was started at `latest_start_ticks` or before.
bool signal_if_older(pid_t pid, std::uint64_t latest_start_ticks, int signal);

// /proc/PID/comm, which the process chooses itself; empty: it is gone.
std::string name_of_process(pid_t pid);
// Looks no further once it knows of more processes than `enough`: a fork bomb makes new ones faster
// than they can be looked at.
TreeFigures measure_tree(pid_t root, pid_t except, std::uint64_t enough);
// Proportional set size of the tree, in bytes: exact about shared pages, and slow.
std::uint64_t proportional_memory(pid_t root, pid_t except);

// Stops every descendant until none is left that moves, then sends each `signal`. For kernels on
// which the fence can't be proved.
void signal_descendants(pid_t root, pid_t except, int signal);

}  // namespace sefaca
