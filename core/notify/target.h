// Target: the thread whose call was notified, looked at from outside. What it holds can change at
// any moment: each thing is read once and kept, and nothing read here ever permits what the kernel
// would stop.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/unique_fd.h"

namespace sefaca {

class Target {
 public:
  // `own_places`: the directories that only its own mount namespace has so ("/tmp"); must outlive
  // it; nullptr: none.
  explicit Target(pid_t thread, const std::vector<std::string>* own_places = nullptr)
      : thread_(thread), own_places_(own_places) {}

  [[nodiscard]] pid_t thread() const { return thread_; }
  [[nodiscard]] mode_t umask() const;  // 022 when it can't be read
  [[nodiscard]] pid_t process()
      const;  // its thread group; the thread itself when that is not known
  // The number behind a field of /proc/TID/status ("\nPPid:"); nullopt: it can't be read.
  [[nodiscard]] std::optional<long> status(const char* field, int base = 10) const;

  // Copies as much of its memory as there is, by process_vm_readv(2) alone (/proc/PID/mem fails
  // across user namespaces); the number of bytes, 0 when it can't be read (not dumpable, gone).
  std::size_t read(std::uint64_t address, std::span<std::byte> into) const;
  // Its memory for writing, bound to this very memory; not open where it can't be had so.
  [[nodiscard]] UniqueFd open_memory() const;
  // A path argument, without its terminating zero. nullopt: unreadable, or longer than PATH_MAX.
  [[nodiscard]] std::optional<std::string> path(std::uint64_t address) const;

  // True when the target finds its own at this path and we another's.
  [[nodiscard]] bool is_own(std::string_view path) const;
  // An O_PATH descriptor of what the absolute path is, from our root or from the target's. Not
  // open: errno says why.
  [[nodiscard]] UniqueFd open_path(const std::string& path, int flags, bool from_its_root) const;

  // What its links in /proc lead to: bytes; empty when they can't be read. As seen in its own mount
  // namespace (proc(5)); an object without a path reads like "pipe:[4711]".
  [[nodiscard]] std::string working_directory() const;
  [[nodiscard]] std::string descriptor(int number) const;
  [[nodiscard]] std::string program() const;
  [[nodiscard]] std::vector<std::string> command_line() const;  // the first 4 KiB, as it says

  // For the thread itself, before Linux 6.9 for its process. Of a number: whether it is the
  // caller's says Listener::still_waits() afterwards.
  [[nodiscard]] UniqueFd pidfd() const;

  // A descriptor of ours for what its `number` refers to now (pidfd_getfd(2)): what is done with it
  // is done with that object, whatever the target puts in the number's place later. Not open: errno
  // says why.
  [[nodiscard]] UniqueFd take_descriptor(int number) const;

 private:
  [[nodiscard]] std::string link(const char* name) const;
  pid_t thread_;
  const std::vector<std::string>* own_places_;
};

// readlink(2) of a link in /proc; empty on failure.
std::string read_proc_link(const std::string& path);
std::string path_of_descriptor(int fd);  // one of ours

}  // namespace sefaca
