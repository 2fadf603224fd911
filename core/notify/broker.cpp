#include "core/notify/broker.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/notify/as_child.h"
#include "core/notify/socket_address.h"
#include "core/notify/target.h"
#include "core/notify/workers.h"

namespace sefaca {
namespace {

std::string own_link(int fd) {
  return concat("/proc/self/fd/", std::to_string(fd));
}

std::string last_name(const Touched& touched) {
  return std::string(base_name(touched.at.path));
}

long result_of(long result) {
  return result < 0 ? -errno : result;
}

mode_t mode_of(const seccomp_data& data, int argument, mode_t mask) {
  constexpr mode_t kModeBits = 07777;
  return static_cast<mode_t>(data.args[argument]) & kModeBits & ~mask;
}

bool makes(const CallShape& shape, const Touched& first) {
  if (shape.deed == Deed::open) return !first.exists;
  return shape.deed == Deed::make || shape.deed == Deed::bind;
}

}  // namespace

void Broker::answer(const Notification& call, long result) const {
  if (result < 0) return listener_->refuse(call.id, static_cast<int>(-result));
  listener_->return_value(call.id, result);
}

void Broker::perform(const Notification& call, const CallShape& shape, Judged judged) const {
  const seccomp_data& data = call.data;
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  std::string link;
  if (shape.deed == Deed::make && shape.path > 0 &&
      std::string_view(shape.operation) == "symlink") {
    const auto text = target.path(data.args[0]);
    if (!text) return listener_->refuse(call.id, EFAULT);
    link = *text;
  }
  Touched& first = judged.touched.front();
  const mode_t mask = makes(shape, first) ? target.umask() : 0;
  UniqueFd socket;
  if (shape.deed == Deed::bind) {
    socket = target.take_descriptor(static_cast<int>(data.args[0]));
    if (!socket) return listener_->refuse(call.id, EACCES);
  }
  // All that is the caller's has been read: from here on its number may be another's.
  if (!listener_->still_waits(call.id)) return;
  if (shape.deed == Deed::open) return open(call, shape, std::move(first), mask);
  if (shape.deed == Deed::bind) return bind(call, first, std::move(socket), mask);
  if (shape.deed == Deed::execute) return listener_->go_on(call.id);  // Landlock refuses it

  const AsChild as_child(plan_.keep_capabilities);
  const int fd = first.at.fd.get();
  const std::string name = last_name(first);
  const auto flags = shape.flags < 0 ? 0U : static_cast<unsigned>(data.args[shape.flags]);
  switch (shape.deed) {
    case Deed::truncate: {
      UniqueFd file(::open(own_link(fd).c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
      if (!file) return answer(call, -errno);
      const long result = result_of(::ftruncate(file.get(), static_cast<off_t>(data.args[1])));
      file.reset();
      return answer(call, result);
    }
    case Deed::make: {
      const std::string_view operation = shape.operation;
      if (operation == "symlink")
        return answer(call, result_of(::symlinkat(link.c_str(), fd, name.c_str())));
      const mode_t mode = mode_of(data, shape.path + 1, mask);
      if (operation == "mkdir") return answer(call, result_of(::mkdirat(fd, name.c_str(), mode)));
      const mode_t kind = static_cast<mode_t>(data.args[shape.path + 1]) & S_IFMT;
      if (kind == S_IFCHR || kind == S_IFBLK) return answer(call, -EPERM);
      return answer(call, result_of(::mknodat(fd, name.c_str(), kind | mode, 0)));
    }
    case Deed::remove: {
      const bool directory =
          std::string_view(shape.operation) == "rmdir" || (flags & AT_REMOVEDIR) != 0;
      return answer(call, result_of(::unlinkat(fd, name.c_str(), directory ? AT_REMOVEDIR : 0)));
    }
    case Deed::rename:
    case Deed::link: {
      const Touched& second = judged.touched.back();
      const int to = second.at.fd.get();
      const std::string new_name = last_name(second);
      if (shape.deed == Deed::link)
        return answer(call, result_of(::linkat(fd, name.c_str(), to, new_name.c_str(), 0)));
      return answer(call, result_of(::renameat2(fd, name.c_str(), to, new_name.c_str(), flags)));
    }
    default:
      return listener_->refuse(call.id, EACCES);
  }
}

void Broker::open(const Notification& call, const CallShape& shape, Touched file,
                  mode_t mask) const {
  const seccomp_data& data = call.data;
  int flags = O_CREAT | O_WRONLY | O_TRUNC;  // creat(2)
  if (shape.flags >= 0) flags = static_cast<int>(data.args[shape.flags]);
  const int mode_argument = (shape.flags >= 0 ? shape.flags : shape.path) + 1;
  const bool on_exec = (flags & O_CLOEXEC) != 0;
  flags |= O_CLOEXEC | O_NOCTTY;
  struct stat info {};
  const bool blocks = file.exists && ::fstat(file.at.fd.get(), &info) == 0 &&
                      S_ISFIFO(info.st_mode) && (flags & O_NONBLOCK) == 0;
  if (blocks) {
    // The other end may never come.
    auto fifo = std::make_shared<UniqueFd>(std::move(file.at.fd));
    const auto work = [listener = listener_, id = call.id, fifo, flags, on_exec] {
      UniqueFd opened(
          ::open(own_link(fifo->get()).c_str(), flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW)));
      if (!opened) return listener->refuse(id, errno);
      if (!listener->return_descriptor(id, std::move(opened), on_exec))
        listener->refuse(id, EMFILE);
    };
    if (!run_beside(work)) listener_->refuse(call.id, EAGAIN);
    return;
  }
  UniqueFd opened;
  {
    const AsChild as_child(plan_.keep_capabilities);
    const mode_t mode = mode_of(data, mode_argument, mask);
    if (file.exists) {
      opened.reset(::open(own_link(file.at.fd.get()).c_str(),
                          flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW), mode));
    } else {
      // Made now or not at all: what appears there meanwhile was not judged.
      opened.reset(
          ::openat(file.at.fd.get(), last_name(file).c_str(), flags | O_EXCL | O_NOFOLLOW, mode));
    }
  }
  if (!opened)
    return listener_->refuse(call.id, errno == EEXIST && (flags & O_EXCL) == 0 ? EAGAIN : errno);
  if (!listener_->return_descriptor(call.id, std::move(opened), on_exec))
    listener_->refuse(call.id, EMFILE);
}

// The kernel keeps the path that was bound as the socket's name; clients find it by the file.
void Broker::bind(const Notification& call, const Touched& name, UniqueFd socket,
                  mode_t mask) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = concat(own_link(name.at.fd.get()), "/", last_name(name));
  if (path.size() >= sizeof address.sun_path) return listener_->refuse(call.id, ENAMETOOLONG);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const AsChild as_child(plan_.keep_capabilities);
  ::umask(mask);  // bind(2) knows no mode
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  const long result =
      result_of(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), length));
  socket.reset();
  answer(call, result);
}

}  // namespace sefaca
