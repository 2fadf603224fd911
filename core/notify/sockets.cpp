#include "core/notify/sockets.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "core/base/text.h"
#include "core/notify/name_protocol.h"
#include "core/notify/path_walk.h"
#include "core/notify/suggestions.h"
#include "core/notify/workers.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

// Accounts are resolved through these, with whatever policy: they answer who a user is, and open
// nothing else.
constexpr std::string_view kNameServices[] = {kNameSocketResolved, "/var/lib/sss/pipes/nss",
                                              "/run/systemd/userdb/io.systemd.DynamicUser",
                                              "/run/systemd/userdb/io.systemd.Multiplexer",
                                              "/run/systemd/userdb/io.systemd.NameServiceSwitch"};

bool is_name_service(std::string_view path) {
  for (const std::string_view one : kNameServices) {
    if (path == one) return true;
  }
  return false;
}

int option(int fd, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

// The same socket by a path that names this very object, whatever happens to its names.
SocketAddress pinned(int fd) {
  SocketAddress out;
  std::memset(&out.room, 0, sizeof out.room);
  const std::string path = concat("/proc/self/fd/", std::to_string(fd));
  out.unix_path.sun_family = AF_UNIX;
  std::memcpy(out.unix_path.sun_path, path.c_str(), path.size() + 1);
  out.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return out;
}

bool is_socket(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
}

}  // namespace

Sockets::Sockets(std::shared_ptr<const Listener> listener, const LaunchPlan& plan, bool scoped,
                 Record record, HostNames::Denied name_denied)
    : listener_(std::move(listener)),
      plan_(plan),
      scoped_(scoped),
      record_(std::move(record)),
      names_(std::move(name_denied)) {}

void Sockets::connect(const Notification& call) {
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  const auto length = static_cast<std::int32_t>(call.data.args[2]);
  if (length < 0 || static_cast<std::size_t>(length) > sizeof(sockaddr_storage))
    return listener_->refuse(call.id, EINVAL);
  const auto address = read_address(target, call.data.args[1], static_cast<socklen_t>(length));
  const std::string path = address ? address->path() : std::string();
  if (plan_.notify.network != Network::allow &&
      (path == kNameSocket || path == kNameSocketResolved))
    return ask_names(call);
  UniqueFd socket = target.take_descriptor(static_cast<int>(call.data.args[0]));
  if (!socket) return listener_->refuse(call.id, errno == EBADF ? EBADF : EACCES);
  const int domain = option(socket.get(), SO_DOMAIN);
  if (domain < 0) return listener_->refuse(call.id, ENOTSOCK);
  if (!address) return listener_->refuse(call.id, EINVAL);
  if (!listener_->still_waits(call.id)) return;
  if (domain == AF_INET || domain == AF_INET6)
    return connect_internet(call, std::move(socket), *address);
  if (domain == AF_UNIX && !path.empty()) return connect_by_path(call, std::move(socket), *address);
  // Abstract names: the supervisor stands in a scope of its own, which keeps them to this tree.
  if (address->is_abstract() && !scoped_ && !plan_.notify.abstract_sockets) {
    Violation v;
    v.kind = ViolationKind::socket_denied;
    v.operation = "connect";
    v.suggestion = "Use --allow=abstract-sockets if it needs unix sockets without a path";
    record_(call, std::move(v));
    return listener_->refuse(call.id, EACCES);
  }
  perform(call, std::move(socket), *address);
}

void Sockets::connect_by_path(const Notification& call, UniqueFd socket,
                              const SocketAddress& address) {
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  const std::string path = absolute_in_target(target, AT_FDCWD, address.path());
  if (path.empty() || is_process_relative(path)) return listener_->refuse(call.id, EACCES);
  WalkedPath at = walk(target, path, true);
  if (at.end == WalkedPath::End::missing) return listener_->refuse(call.id, ENOENT);
  if (at.end == WalkedPath::End::nowhere) return listener_->refuse(call.id, at.error);
  const bool granted = access_at(plan_.paths, at.path, Access::hide) == Access::write;
  if (!granted && !is_name_service(at.path)) {
    if (!is_socket(at.fd.get())) return listener_->refuse(call.id, ECONNREFUSED);
    if (::syscall(SYS_faccessat2, at.fd.get(), "", W_OK, AT_EMPTY_PATH | AT_EACCESS) == 0) {
      Violation v;
      v.kind = ViolationKind::socket_denied;
      v.operation = "connect";
      v.path = at.path;
      v.suggestion = suggest_unix_socket(plan_, at.path);
      record_(call, std::move(v));
    }
    return listener_->refuse(call.id, EACCES);
  }
  const SocketAddress exact = pinned(at.fd.get());
  perform(call, std::move(socket), exact, std::move(at.fd));
}

void Sockets::connect_internet(const Notification& call, UniqueFd socket,
                               const SocketAddress& address) {
  const bool inside = plan_.notify.network == Network::allow || address.family() == AF_UNSPEC ||
                      (plan_.notify.own_loopback && address.is_here());
  if (inside) return perform(call, std::move(socket), address);
  Violation v;
  v.kind = ViolationKind::network_access_denied;
  v.operation = "connect";
  v.address = address.text();
  v.port = address.port();
  v.attempted_host = names_.name_of(v.address);
  v.suggestion = suggest_network();
  record_(call, std::move(v));
  listener_->refuse(call.id, plan_.notify.own_loopback ? ENETUNREACH : EACCES);
}

void Sockets::ask_names(const Notification& call) {
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  HostNames::Asker asker{.process = target.process(), .program = target.program()};
  if (!listener_->still_waits(call.id)) return;
  const UniqueFd end = names_.connect(std::move(asker));
  const int number = static_cast<int>(call.data.args[0]);
  if (end && listener_->replace_descriptor(call.id, end.get(), number, true))
    return listener_->return_value(call.id, 0);
  listener_->refuse(call.id, ECONNREFUSED);
}

void Sockets::perform(const Notification& call, UniqueFd socket, const SocketAddress& address,
                      UniqueFd keep) {
  struct Work {
    std::shared_ptr<const Listener> listener;
    std::uint64_t id;
    UniqueFd socket, keep;
    SocketAddress address;
    void operator()() const {
      if (::connect(socket.get(), &address.base, address.length) == 0) {
        listener->return_value(id, 0);
      } else {
        listener->refuse(id, errno == EINTR ? EAGAIN : errno);
      }
    }
  };
  const bool blocks = (::fcntl(socket.get(), F_GETFL) & O_NONBLOCK) == 0;
  auto work =
      std::make_shared<Work>(Work{listener_, call.id, std::move(socket), std::move(keep), address});
  if (!blocks) return (*work)();
  if (!run_beside([work] { (*work)(); })) listener_->refuse(call.id, EAGAIN);
}

}  // namespace sefaca
