// Sockets: connect is performed by the supervisor, on a copy of the caller's descriptor and of the
// address: what was decided is what is done. The kernel never goes on with a connect of the
// caller's own, since neither Landlock nor a read-only mount stops a unix socket by path. Where the
// machine's own network is kept to its loopback, so are bind, listen and what is sent to an
// address (see loopback.h).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/enforce/launch_plan.h"
#include "core/notify/host_names.h"
#include "core/notify/listener.h"
#include "core/notify/loopback.h"
#include "core/notify/messages.h"
#include "core/notify/path_walk.h"
#include "core/notify/socket_address.h"
#include "core/notify/violations.h"

namespace sefaca {

class Sockets {
 public:
  // Names a denial in the record, unless the caller is gone.
  using Record = std::function<void(const Notification&, Violation)>;

  // The same later, from any thread: who called is found out now.
  using RecordLater = std::function<std::function<void()>(const Notification&, Violation)>;

  Sockets(std::shared_ptr<const Listener> listener, const LaunchPlan& plan, bool scoped,
          Record record, RecordLater later, HostNames::Denied name_denied);

  // Each answers its call.
  void connect(const Notification& call);
  void bind(const Notification& call, const std::optional<SocketAddress>& address);  // no path
  void listen(const Notification& call);
  void send(const Notification& call);
  // A send that the kernel stops by itself: it is named, and goes on.
  void watch(const Notification& call);

 private:
  // Runs when a call has been performed, on whatever thread: its errno or 0 in, what is answered
  // out.
  using Afterwards = std::function<int(int socket, int error)>;
  // A copy of the call's first argument. Not open: it is no socket that can be had, and the call
  // was answered.
  struct CallersSocket {
    UniqueFd fd{};
    int domain = -1;
  };
  CallersSocket callers_socket(const Notification& call);
  void connect_by_path(const Notification& call, UniqueFd socket, const SocketAddress& address);
  void connect_internet(const Notification& call, UniqueFd socket, const SocketAddress& address);
  void connect_on_loopback(const Notification& call, UniqueFd socket, const SocketAddress& address);
  void send_by_path(const Notification& call, Message message);
  void ask_names(const Notification& call);
  // What stands at a unix socket's path, when the policy lets it be talked to; else the call was
  // answered.
  WalkedPath reachable(const Notification& call, const SocketAddress& address);
  bool refuse_abstract(const Notification& call, const SocketAddress& address);
  [[nodiscard]] Violation unreached(const char* operation, const SocketAddress& address,
                                    Loopback::Reach reach) const;
  // Answers a call for an address that is out of reach, and names it unless nobody is there.
  void refuse_address(const Notification& call, const char* operation, const SocketAddress& address,
                      Loopback::Reach reach);
  // Performs it: at once where it can't block, else beside.
  void perform(const Notification& call, UniqueFd socket, const SocketAddress& address,
               UniqueFd keep = {}, Afterwards afterwards = {});

  std::shared_ptr<const Listener> listener_;
  const LaunchPlan& plan_;
  const bool scoped_;
  Record record_;
  RecordLater later_;
  HostNames names_;
  const std::shared_ptr<Loopback> loopback_;
};

}  // namespace sefaca
