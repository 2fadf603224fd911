// The probes of `sefaca check`: small attempts at what a sandbox is to stop, made inside of it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace sefaca {

// What lies outside of the sandbox for the probes to reach: files, sockets, this process. Removed
// with the object.
class Decoys {
 public:
  // `parent`: a directory that the sandbox may not write.
  static Result<Decoys> make(const std::string& parent);
  Decoys(Decoys&&) = default;
  Decoys& operator=(Decoys&&) = delete;
  ~Decoys();

  [[nodiscard]] std::string log() const { return directory_ + "/log.jsonl"; }
  // For the probe's command line: "DIRECTORY:TMPFILE:PORT:ABSTRACT:PID:ADDRESS:SHMKEY".
  [[nodiscard]] std::string words() const;

 private:
  Decoys() = default;
  std::string directory_, tmp_file_, abstract_;
  std::uint16_t port_ = 0;
  int shm_key_ = 0, shm_id_ = -1;
  UniqueFd listener_, unix_listener_, abstract_listener_;
};

// Inside: tries every probe and prints "MECHANISM reached|refused" for each on stdout. 0.
int try_probes(const std::string& words);

// What a run of try_probes printed: mechanism -> true when any of its probes reached something.
std::map<std::string, bool> parse_probes(const std::string& output);

// Inside: passes a limit on purpose ("memory", "processes", "timeout"). Returns only when it may.
int pass_limit(const std::string& which);

}  // namespace sefaca
