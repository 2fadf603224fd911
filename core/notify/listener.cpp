#include "core/notify/listener.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "core/base/kernel_abi.h"

namespace sefaca {
namespace {

// The kernel waits for its lock interruptibly: an answer that is not given again leaves the caller
// waiting for ever.
template <typename Argument>
int until_done(int fd, unsigned long request, Argument argument) {
  int result = 0;
  do {
    result = ::ioctl(fd, request, argument);
  } while (result < 0 && errno == EINTR);
  return result;
}

void answer(int fd, seccomp_notif_resp response) {
  until_done(fd, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

seccomp_notif_addfd copy_of(std::uint64_t id, int fd, bool close_on_exec) {
  seccomp_notif_addfd out{};
  out.id = id;
  out.srcfd = static_cast<std::uint32_t>(fd);
  out.newfd_flags = close_on_exec ? O_CLOEXEC : 0;
  return out;
}

}  // namespace

bool Listener::receive(Notification& notification) const {
  std::memset(&notification, 0, sizeof notification);  // the kernel insists (EINVAL)
  return ::ioctl(fd_.get(), SECCOMP_IOCTL_NOTIF_RECV, &notification) == 0;
}

bool Listener::still_waits(std::uint64_t id) const {
  return until_done(fd_.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

void Listener::go_on(std::uint64_t id) const {
  answer(fd_.get(), {id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE});
}

void Listener::refuse(std::uint64_t id, int errno_value) const {
  answer(fd_.get(), {id, 0, -errno_value, 0});
}

void Listener::return_value(std::uint64_t id, std::int64_t value) const {
  answer(fd_.get(), {id, value, 0, 0});
}

void Listener::finish(std::uint64_t id, int error) const {
  error == 0 ? return_value(id, 0) : refuse(id, error);
}

bool Listener::return_descriptor(std::uint64_t id, UniqueFd fd, bool close_on_exec) const {
  seccomp_notif_addfd copy = copy_of(id, fd.get(), close_on_exec);
  const int number = until_done(fd_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &copy);
  if (number < 0) return false;
  fd.reset();
  return_value(id, number);
  return true;
}

bool Listener::replace_descriptor(std::uint64_t id, int fd, int number, bool close_on_exec) const {
  seccomp_notif_addfd copy = copy_of(id, fd, close_on_exec);
  copy.flags = SECCOMP_ADDFD_FLAG_SETFD;
  copy.newfd = static_cast<std::uint32_t>(number);
  return until_done(fd_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &copy) >= 0;
}

void Listener::wake_in_step(bool on) const {
  ::ioctl(fd_.get(), abi::kNotifySetFlags, on ? abi::kNotifySyncWakeUp : 0UL);
}

}  // namespace sefaca
