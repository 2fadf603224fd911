// ControlGroup: a cgroup of one run's own, for the memory of its tree and the number of its tasks.
// Version 2 where a directory with the controller can be written (systemd-run --user --scope,
// delegation), else version 1, else none: then the supervisor watches the tree. Removed at the end;
// if everybody who could was killed, by a later run that has one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/unique_fd.h"

namespace sefaca {

class ControlGroup {
 public:
  struct Wanted {
    std::optional<std::uint64_t> memory_bytes;
    std::optional<std::uint64_t> tasks;  // processes and threads
  };
  ControlGroup() = default;  // holds nothing
  // Makes what can be made for each limit; no error: what it does not hold is for others to hold.
  // `proc` is where "cgroup" and "mountinfo" are read (cgroups(7), proc(5)); `made` is told of each
  // directory, in which the kernel has put its files: a test does the same in one of its own.
  static ControlGroup make(const Wanted& wanted, const std::string& proc = "/proc/self",
                           const std::function<void(const std::string&)>& made = {});
  // What would hold, by looking at who may write where; nothing is made and nothing can enter.
  static ControlGroup look(const Wanted& wanted, const std::string& proc = "/proc/self");
  ControlGroup(ControlGroup&& other) noexcept { *this = std::move(other); }
  ControlGroup& operator=(ControlGroup&& other) noexcept;
  ControlGroup(const ControlGroup&) = delete;
  ~ControlGroup() { remove(); }

  [[nodiscard]] bool any() const { return !parts_.empty(); }
  // "cgroup v2", "cgroup v1"; empty: not held.
  [[nodiscard]] std::string memory_held_by() const;
  [[nodiscard]] std::string tasks_held_by() const;
  // Descriptors: a process of one thread that writes "0" into each is in it, with all that descends
  // from it. Only one that shares no memory with others once it runs: the kernel kills all who
  // share.
  [[nodiscard]] std::vector<int> entries() const;
  // The directory of version 2's group for clone_into(), which entries() then begins with; -1:
  // none.
  [[nodiscard]] int birthplace() const;

  // Has the kernel ended something for memory; refused a task?
  [[nodiscard]] bool memory_exceeded() const;
  [[nodiscard]] bool tasks_exceeded() const;
  // In bytes: anonymous and shared memory now; the most that was charged, the page cache included.
  [[nodiscard]] std::uint64_t memory_now() const;
  [[nodiscard]] std::uint64_t memory_peak() const;
  [[nodiscard]] std::uint64_t tasks_now() const;

  // Nothing may be running in it any more; what is dying is waited for, a tenth of a second at
  // most.
  void remove();

 private:
  struct Part {
    int version = 0;
    bool memory = false, tasks = false;
    std::string path;    // empty: none was made
    UniqueFd directory;  // locked by flock(2): it is in use
    UniqueFd entry;
  };
  using PartMaker = std::function<std::optional<Part>(const std::string& parent, int version,
                                                      const Wanted& wanted)>;
  static ControlGroup in_parts(const Wanted& wanted, const std::string& proc,
                               const PartMaker& make);
  static std::optional<Part> make_part(const std::string& parent, int version, const Wanted& wanted,
                                       const std::function<void(const std::string&)>& made);
  [[nodiscard]] const Part* part_with(bool Part::*what) const;
  static void remove_directory(const std::string& path);
  static void remove_forgotten(const std::string& parent);

  std::vector<Part> parts_;
};

}  // namespace sefaca
