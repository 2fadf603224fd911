// HostNames: stands in for the name service's socket where the network is not open. glibc's
// resolver asks there first, so the name that a program wants is learnt without any packet, and the
// program fails at once instead of waiting for a server that it can't reach.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "core/base/unique_fd.h"

namespace sefaca {

class HostNames {
 public:
  struct Asker {
    pid_t process = 0;
    std::string program;
  };
  // Called from a thread of its own when a name was asked for that only the network would know.
  using Denied = std::function<void(const Asker&, const std::string& name)>;

  explicit HostNames(Denied denied);
  ~HostNames();
  HostNames(const HostNames&) = delete;
  HostNames& operator=(const HostNames&) = delete;

  // A new connection: the end that the program gets in place of its socket. Starts the thread when
  // it is the first. Not open: no descriptors or threads are to be had.
  UniqueFd connect(Asker asker);

  // The name behind an address in /etc/hosts that a program asked for in this run; empty: none did.
  [[nodiscard]] std::string name_of(const std::string& address) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sefaca
