// Sockets: connect is performed by the supervisor, on a copy of the caller's descriptor and of the
// address: what was decided is what is done. The kernel never goes on with a connect of the
// caller's own, since neither Landlock nor a read-only mount stops a unix socket by path.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/enforce/launch_plan.h"
#include "core/notify/host_names.h"
#include "core/notify/listener.h"
#include "core/notify/socket_address.h"
#include "core/notify/violations.h"

namespace sefaca {

class Sockets {
 public:
  // Names a denial in the record, unless the caller is gone.
  using Record = std::function<void(const Notification&, Violation)>;

  Sockets(std::shared_ptr<const Listener> listener, const LaunchPlan& plan, bool scoped,
          Record record, HostNames::Denied name_denied);

  void connect(const Notification& call);  // answers it

 private:
  void connect_by_path(const Notification& call, UniqueFd socket, const SocketAddress& address);
  void connect_internet(const Notification& call, UniqueFd socket, const SocketAddress& address);
  void ask_names(const Notification& call);
  // Performs it: at once where it can't block, else beside.
  void perform(const Notification& call, UniqueFd socket, const SocketAddress& address,
               UniqueFd keep = {});

  std::shared_ptr<const Listener> listener_;
  const LaunchPlan& plan_;
  const bool scoped_;
  Record record_;
  HostNames names_;
};

}  // namespace sefaca
