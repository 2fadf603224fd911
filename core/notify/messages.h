// Messages: sendto, sendmsg and sendmmsg performed in the command's place, where a call's address
// must be the one that was decided on. Read once: the address, the control part, the places of the
// data. The data itself is read as it is sent, piece by piece.
#pragma once

#include <sys/uio.h>

#include <memory>
#include <optional>
#include <vector>

#include "core/notify/listener.h"
#include "core/notify/socket_address.h"
#include "core/notify/target.h"

namespace sefaca {

struct Message {
  pid_t thread = 0;
  UniqueFd socket;
  bool datagram = false, internet = false;
  int flags = 0;
  bool named = false;  // it has an address
  std::optional<SocketAddress> to;
  std::vector<iovec> data;  // in the target's memory
  std::size_t size = 0;
  std::vector<std::byte> control;
  std::vector<UniqueFd> passed;   // SCM_RIGHTS
  std::uint64_t count_there = 0;  // sendmmsg: where the number of bytes is to be written; 0: none
};

// What the call is about to send. 0, or the errno that the call is to be answered with. Of what
// sendmmsg sends it is the first message: that one alone was sent is a true answer.
int read_message(const Target& target, const seccomp_data& data, Message& out);

// Sends it and answers the call; where that would block, on a thread of its own.
void send_message(std::shared_ptr<const Listener> listener, std::uint64_t id, Message message);

}  // namespace sefaca
