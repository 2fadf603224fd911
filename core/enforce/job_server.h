// make's job server: the only descriptors (or the fifo) that reach the command without being asked
// for. GNU make, "Sharing Job Slots": MAKEFLAGS names them.
#pragma once

#include <string>
#include <vector>

namespace sefaca {

struct JobServer {
  std::vector<int> descriptors;  // really pipes; empty when make keeps them shut for this line
  std::string fifo;              // absolute, really a FIFO; make 4.4 and later
};

// `makeflags`: the value of MAKEFLAGS. Descriptors are checked to be pipes and the fifo to be one,
// whatever it says: what is found is granted.
JobServer find_job_server(const std::string& makeflags);

}  // namespace sefaca
