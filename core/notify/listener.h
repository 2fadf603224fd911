// Listener: the supervisor's end of seccomp user notification (seccomp_unotify(2)).
#pragma once

#include <linux/seccomp.h>

#include <cstdint>

#include "core/base/unique_fd.h"

namespace sefaca {

using Notification = seccomp_notif;

class Listener {
 public:
  explicit Listener(UniqueFd fd) : fd_(std::move(fd)) {}

  [[nodiscard]] int descriptor() const { return fd_.get(); }

  // The next waiting notification. False: there is none (it was interrupted, or its caller died).
  bool receive(Notification& notification) const;

  // True while the caller still waits: what was read of its memory before belonged to this call,
  // not to a process that got the same number later.
  [[nodiscard]] bool still_waits(std::uint64_t id) const;

  // The answers. Each is given once; a caller that is gone is no error. What is held of the
  // caller's (sockets, files opened for it) is closed before: what it closes next must be closed.
  // The kernel goes on with the call, as if there were no filter: only for what it stops by itself.
  void go_on(std::uint64_t id) const;
  void refuse(std::uint64_t id, int errno_value) const;
  void return_value(std::uint64_t id, std::int64_t value) const;
  void finish(std::uint64_t id, int error) const;  // 0: it was done; else the errno
  // Puts `fd` into the caller's table and returns its number from the call. `close_on_exec`: of the
  // caller's. Ours is closed before the caller goes on (so not SECCOMP_ADDFD_FLAG_SEND): it may
  // close its own and execute the file at once, which is ETXTBSY while anybody holds it for
  // writing. False: the caller is gone or has no room, and the call still waits.
  [[nodiscard]] bool return_descriptor(std::uint64_t id, UniqueFd fd, bool close_on_exec) const;
  // Puts a copy of `fd` in place of the caller's `number`; the call still waits.
  [[nodiscard]] bool replace_descriptor(std::uint64_t id, int fd, int number,
                                        bool close_on_exec) const;

  // Wakes caller and receiver on one and the same processor (Linux 6.6; without it nothing is lost
  // but time): see turns.h.
  void wake_in_step(bool on) const;

 private:
  UniqueFd fd_;
};

}  // namespace sefaca
