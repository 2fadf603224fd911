#include "core/notify/sockets.h"

#include <fcntl.h>
#include <poll.h>
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
#include "core/notify/port_table.h"
#include "core/notify/socket_options.h"
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

// Was the connection refused, or has it been since (a connect that does not wait)?
bool was_refused(int socket, int error) {
  if (error == ECONNREFUSED) return true;
  pollfd one{socket, 0, 0};
  return error == EINPROGRESS && ::poll(&one, 1, 0) == 1 && (one.revents & POLLERR) != 0;
}

bool is_socket(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
}

}  // namespace

Sockets::Sockets(std::shared_ptr<const Listener> listener, const LaunchPlan& plan, bool scoped,
                 Record record, RecordLater later, HostNames::Denied name_denied)
    : listener_(std::move(listener)),
      plan_(plan),
      scoped_(scoped),
      record_(std::move(record)),
      later_(std::move(later)),
      names_(std::move(name_denied)),
      loopback_(std::make_shared<Loopback>(plan.notify.network == Network::host_loopback)) {}

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
  CallersSocket socket = callers_socket(call);
  if (!socket.fd) return;
  if (!address) return listener_->refuse(call.id, EINVAL);
  if (!listener_->still_waits(call.id)) return;
  if (is_internet(socket.domain)) return connect_internet(call, std::move(socket.fd), *address);
  if (socket.domain == AF_UNIX && !path.empty())
    return connect_by_path(call, std::move(socket.fd), *address);
  if (refuse_abstract(call, *address)) return;
  perform(call, std::move(socket.fd), *address);
}

Sockets::CallersSocket Sockets::callers_socket(const Notification& call) {
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  CallersSocket out{.fd = target.take_descriptor(static_cast<int>(call.data.args[0]))};
  int trouble = 0;
  if (!out.fd) {
    trouble = errno == EBADF ? EBADF : EACCES;
  } else if (out.domain = domain_of(out.fd.get()); out.domain < 0) {
    trouble = ENOTSOCK;
  }
  if (trouble == 0) return out;
  listener_->refuse(call.id, trouble);
  return {};
}

// Abstract names: the supervisor stands in a scope of its own, which keeps them to this tree.
bool Sockets::refuse_abstract(const Notification& call, const SocketAddress& address) {
  if (!address.is_abstract() || scoped_ || plan_.notify.abstract_sockets) return false;
  Violation v;
  v.kind = ViolationKind::socket_denied;
  v.operation = "connect";
  v.suggestion = "Use --allow=abstract-sockets if it needs unix sockets without a path";
  record_(call, std::move(v));
  listener_->refuse(call.id, EACCES);
  return true;
}

WalkedPath Sockets::reachable(const Notification& call, const SocketAddress& address) {
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  const auto refused = [&](int error) {
    listener_->refuse(call.id, error);
    return WalkedPath{};
  };
  const std::string path = absolute_in_target(target, AT_FDCWD, address.path());
  if (path.empty() || is_process_relative(path)) return refused(EACCES);
  WalkedPath at = walk(target, path, true);
  if (at.end == WalkedPath::End::missing) return refused(ENOENT);
  if (at.end == WalkedPath::End::nowhere) return refused(at.error);
  const bool granted = access_at(plan_.paths, at.path, Access::hide) == Access::write;
  if (granted || is_name_service(at.path)) {
    // The path was walked from the caller's directory and root: not those of one with its number.
    return listener_->still_waits(call.id) ? std::move(at) : WalkedPath{};
  }
  if (!is_socket(at.fd.get())) return refused(ECONNREFUSED);
  if (::syscall(SYS_faccessat2, at.fd.get(), "", W_OK, AT_EMPTY_PATH | AT_EACCESS) == 0) {
    Violation v;
    v.kind = ViolationKind::socket_denied;
    v.operation = "connect";
    v.path = at.path;
    v.suggestion = suggest_unix_socket(plan_, at.path);
    record_(call, std::move(v));
  }
  return refused(EACCES);
}

void Sockets::connect_by_path(const Notification& call, UniqueFd socket,
                              const SocketAddress& address) {
  WalkedPath at = reachable(call, address);
  if (!at.fd) return;
  const SocketAddress exact = pinned(at.fd.get());
  perform(call, std::move(socket), exact, std::move(at.fd));
}

Violation Sockets::unreached(const char* operation, const SocketAddress& address,
                             Loopback::Reach reach) const {
  Violation v;
  v.kind = ViolationKind::network_access_denied;
  v.operation = operation;
  v.address = address.text();
  v.port = address.port();
  v.attempted_host = names_.name_of(v.address);
  v.suggestion = reach == Loopback::Reach::the_hosts ? suggest_host_loopback() : suggest_network();
  return v;
}

void Sockets::refuse_address(const Notification& call, const char* operation,
                             const SocketAddress& address, Loopback::Reach reach) {
  if (reach != Loopback::Reach::nobody) record_(call, unreached(operation, address, reach));
  if (reach != Loopback::Reach::outside) return listener_->refuse(call.id, ECONNREFUSED);
  const bool loopback = plan_.notify.own_loopback || plan_.notify.decides;
  listener_->refuse(call.id, loopback ? ENETUNREACH : EACCES);
}

void Sockets::connect_internet(const Notification& call, UniqueFd socket,
                               const SocketAddress& address) {
  if (plan_.notify.network == Network::allow || address.family() == AF_UNSPEC)
    return perform(call, std::move(socket), address);
  if (plan_.notify.decides) return connect_on_loopback(call, std::move(socket), address);
  if (!plan_.notify.own_loopback || !address.is_here())
    return refuse_address(call, "connect", address, Loopback::Reach::outside);
  // Refused on its own loopback, what is there on the host's is what was meant.
  const SocketAddress to = on_loopback(address, address.family(), false);
  if (takers_of(to, is_datagram(socket.get())).empty())
    return perform(call, std::move(socket), address);
  const auto name = later_(call, unreached("connect", to, Loopback::Reach::the_hosts));
  perform(call, std::move(socket), address, {}, [name](int performed, int error) {
    if (was_refused(performed, error)) name();
    return error;
  });
}

void Sockets::connect_on_loopback(const Notification& call, UniqueFd socket,
                                  const SocketAddress& address) {
  const int domain = domain_of(socket.get());
  const bool datagram = is_datagram(socket.get());
  const SocketAddress to = on_loopback(address, domain, takes_both_families(socket.get(), domain));
  const Loopback::Reach reach =
      to.is_internet() ? loopback_->reach(to, datagram) : Loopback::Reach::outside;
  if (reach != Loopback::Reach::granted) return refuse_address(call, "connect", to, reach);
  if (!Loopback::keep_to_lo(socket.get())) return listener_->refuse(call.id, EACCES);
  perform(call, std::move(socket), to, {},
          [loopback = loopback_, to, datagram](int connected, int error) {
            if (datagram && error == 0) loopback->own(connected);
            if (datagram || (error != 0 && error != EINPROGRESS)) return error;
            // Whose the port was may have changed meanwhile.
            if (loopback->reach(to, false) != Loopback::Reach::the_hosts) return error;
            const sockaddr nowhere{AF_UNSPEC, {}};
            if (::connect(connected, &nowhere, sizeof nowhere) != 0)
              ::shutdown(connected, SHUT_RDWR);
            return ECONNREFUSED;
          });
}

void Sockets::bind(const Notification& call, const std::optional<SocketAddress>& address) {
  CallersSocket socket = callers_socket(call);
  if (!socket.fd) return;
  if (!address) return listener_->refuse(call.id, EINVAL);
  if (!listener_->still_waits(call.id)) return;
  int error = 0;
  if (is_internet(socket.domain)) {
    error = loopback_->bind(socket.fd.get(), *address);
    if (error == EADDRNOTAVAIL && address->is_internet())
      record_(call, unreached("bind", *address, Loopback::Reach::outside));
  } else if (::bind(socket.fd.get(), &address->base, address->length) != 0) {
    error = errno;
  }
  socket.fd.reset();
  listener_->finish(call.id, error);
}

void Sockets::listen(const Notification& call) {
  CallersSocket socket = callers_socket(call);
  if (!socket.fd || !listener_->still_waits(call.id)) return;
  const int backlog = static_cast<int>(call.data.args[1]);
  int error = 0;
  if (is_internet(socket.domain)) {
    error = loopback_->listen(socket.fd.get(), backlog);
  } else if (::listen(socket.fd.get(), backlog) != 0) {
    error = errno;
  }
  socket.fd.reset();
  listener_->finish(call.id, error);
}

void Sockets::send(const Notification& call) {
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  Message message;
  if (const int trouble = read_message(target, call.data, message); trouble != 0)
    return listener_->refuse(call.id, trouble);
  if (!listener_->still_waits(call.id)) return;
  if (!message.datagram) message.named = false;  // a stream goes where it is connected to
  if (!message.named) {
    message.to.reset();
    return send_message(listener_, call.id, std::move(message));
  }
  if (!message.to) return listener_->refuse(call.id, EINVAL);
  if (!message.internet) return send_by_path(call, std::move(message));
  const int domain = domain_of(message.socket.get());
  message.to = on_loopback(*message.to, domain, takes_both_families(message.socket.get(), domain));
  if (!message.to->is_internet()) return listener_->refuse(call.id, EAFNOSUPPORT);
  const Loopback::Reach reach = loopback_->reach(*message.to, true);
  if (reach != Loopback::Reach::granted) return refuse_address(call, "sendto", *message.to, reach);
  if (const int trouble = loopback_->give_address(message.socket.get(), &*message.to); trouble != 0)
    return listener_->refuse(call.id, trouble);
  send_message(listener_, call.id, std::move(message));
}

void Sockets::send_by_path(const Notification& call, Message message) {
  if (message.to->path().empty()) {
    if (!refuse_abstract(call, *message.to)) send_message(listener_, call.id, std::move(message));
    return;
  }
  WalkedPath at = reachable(call, *message.to);
  if (!at.fd) return;
  message.to = pinned(at.fd.get());
  message.passed.push_back(std::move(at.fd));
  send_message(listener_, call.id, std::move(message));
}

void Sockets::watch(const Notification& call) {
  const Target target(static_cast<pid_t>(call.pid), &plan_.notify.own_places);
  const auto length = static_cast<std::int32_t>(call.data.args[5]);
  const auto address =
      length < 0 ? std::nullopt
                 : read_address(target, call.data.args[4], static_cast<socklen_t>(length));
  if (address && address->is_internet() && !address->is_here())
    record_(call, unreached("sendto", *address, Loopback::Reach::outside));
  listener_->go_on(call.id);
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
                      UniqueFd keep, Afterwards afterwards) {
  struct Work {
    std::shared_ptr<const Listener> listener;
    std::uint64_t id;
    UniqueFd socket, keep;
    SocketAddress address;
    Afterwards afterwards;
    void operator()() {
      int error = ::connect(socket.get(), &address.base, address.length) == 0 ? 0 : errno;
      if (error == EINTR) error = EAGAIN;
      if (afterwards) error = afterwards(socket.get(), error);
      socket.reset();
      listener->finish(id, error);
    }
  };
  const bool blocks = (::fcntl(socket.get(), F_GETFL) & O_NONBLOCK) == 0;
  auto work = std::make_shared<Work>(
      Work{listener_, call.id, std::move(socket), std::move(keep), address, std::move(afterwards)});
  if (!blocks) return (*work)();
  if (!run_beside([work] { (*work)(); })) listener_->refuse(call.id, EAGAIN);
}

}  // namespace sefaca
