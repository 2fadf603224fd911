#include "core/notify/messages.h"

#include <fcntl.h>
#include <netinet/udp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/notify/socket_options.h"
#include "core/notify/workers.h"

namespace sefaca {
namespace {

constexpr std::size_t kMostParts = 1024;  // UIO_MAXIOV
constexpr std::size_t kPiece = std::size_t{256} << 10U;
constexpr std::size_t kMostControl = 8192;
constexpr int kFastOpen = 0x20000000, kZeroCopy = 0x4000000;

struct MessageHeader {  // struct mmsghdr on a machine of 64 bits
  msghdr header;
  unsigned count;
};

template <typename Plain>
bool copy_in(const Target& target, std::uint64_t at, Plain& out) {
  return target.read(at, std::as_writable_bytes(std::span(&out, 1))) == sizeof out;
}

// What an internet socket may be told beside its data: nothing that chooses a device, a source or a
// route (IP_PKTINFO, IP_RETOPTS, IPV6_RTHDR …). What is left out is told to nobody.
bool is_harmless(const cmsghdr& part) {
  return (part.cmsg_level == IPPROTO_UDP && part.cmsg_type == UDP_SEGMENT) ||
         (part.cmsg_level == IPPROTO_IP &&
          (part.cmsg_type == IP_TTL || part.cmsg_type == IP_TOS)) ||
         (part.cmsg_level == IPPROTO_IPV6 &&
          (part.cmsg_type == IPV6_HOPLIMIT || part.cmsg_type == IPV6_TCLASS));
}

void keep(Message& out, const cmsghdr& part, const std::byte* payload, std::size_t size) {
  const std::size_t start = out.control.size();
  out.control.resize(start + CMSG_SPACE(size));
  cmsghdr head = part;
  head.cmsg_len = CMSG_LEN(size);
  std::memcpy(&out.control[start], &head, sizeof head);
  std::memcpy(&out.control[start + CMSG_LEN(0)], payload, size);
}

int keep_rights(const Target& target, Message& out, const cmsghdr& part, const std::byte* payload,
                std::size_t size) {
  std::vector<int> numbers(size / sizeof(int));
  std::memcpy(numbers.data(), payload, numbers.size() * sizeof(int));
  for (int& number : numbers) {
    UniqueFd copy = target.take_descriptor(number);
    if (!copy) return errno == EBADF ? EBADF : EACCES;
    number = copy.get();
    out.passed.push_back(std::move(copy));
  }
  keep(out, part, reinterpret_cast<const std::byte*>(numbers.data()), numbers.size() * sizeof(int));
  return 0;
}

int read_control(const Target& target, const msghdr& header, Message& out) {
  if (header.msg_control == nullptr || header.msg_controllen == 0) return 0;
  if (header.msg_controllen > kMostControl) return ENOBUFS;
  std::vector<std::byte> all(header.msg_controllen);
  if (target.read(reinterpret_cast<std::uint64_t>(header.msg_control), all) != all.size())
    return EFAULT;
  for (std::size_t at = 0; at + sizeof(cmsghdr) <= all.size();) {
    cmsghdr part{};
    std::memcpy(&part, &all[at], sizeof part);
    if (part.cmsg_len < sizeof part || part.cmsg_len > all.size() - at) return EINVAL;
    const std::byte* payload = all.data() + at + CMSG_LEN(0);
    const std::size_t size = part.cmsg_len - CMSG_LEN(0);
    if (out.internet) {
      if (is_harmless(part)) keep(out, part, payload, size);
    } else if (part.cmsg_level == SOL_SOCKET && part.cmsg_type == SCM_RIGHTS) {
      if (const int trouble = keep_rights(target, out, part, payload, size); trouble != 0)
        return trouble;
    }
    at += CMSG_ALIGN(part.cmsg_len);
  }
  return 0;
}

int read_header(const Target& target, const msghdr& header, Message& out) {
  if (header.msg_iovlen > kMostParts) return EMSGSIZE;
  out.data.resize(header.msg_iovlen);
  const auto parts = std::as_writable_bytes(std::span(out.data));
  if (target.read(reinterpret_cast<std::uint64_t>(header.msg_iov), parts) != parts.size())
    return EFAULT;
  if (header.msg_name != nullptr && header.msg_namelen > 0) {
    out.named = true;
    out.to = read_address(target, reinterpret_cast<std::uint64_t>(header.msg_name),
                          std::min<socklen_t>(header.msg_namelen, sizeof(sockaddr_storage)));
  }
  return read_control(target, header, out);
}

// The next piece of the data from `from` on; shorter than asked for: unreadable from there on.
std::vector<std::byte> piece_of(const Message& message, std::size_t from, std::size_t wanted) {
  const Target target(message.thread);
  std::vector<std::byte> out(wanted);
  std::size_t filled = 0;
  for (const iovec& part : message.data) {
    if (from >= part.iov_len) {
      from -= part.iov_len;
      continue;
    }
    const std::size_t n = std::min(part.iov_len - from, wanted - filled);
    const std::uint64_t at = reinterpret_cast<std::uint64_t>(part.iov_base) + from;
    const std::size_t got = target.read(at, std::span(out).subspan(filled, n));
    filled += got;
    from = 0;
    if (got < n || filled == wanted) break;
  }
  out.resize(filled);
  return out;
}

class Sending {
 public:
  Sending(std::shared_ptr<const Listener> listener, std::uint64_t id, Message message)
      : listener_(std::move(listener)), id_(id), message_(std::move(message)) {}

  // Sends what there is left. False: it would block and `flags` say not to; nothing was answered.
  bool go_on(int flags) {
    do {
      const std::size_t left = message_.size - sent_;
      const std::size_t wanted = message_.datagram ? left : std::min(left, kPiece);
      std::vector<std::byte> piece = piece_of(message_, sent_, wanted);
      if (piece.size() < wanted && (message_.datagram || piece.empty())) return done(EFAULT);
      // What was read belongs to this call, not to one that got the same number later.
      if (!listener_->still_waits(id_)) return true;
      iovec one{piece.data(), piece.size()};
      msghdr header{};
      header.msg_iov = &one;
      header.msg_iovlen = 1;
      if (message_.to) {
        header.msg_name = &message_.to->base;
        header.msg_namelen = message_.to->length;
      }
      if (sent_ == 0 && !message_.control.empty()) {
        header.msg_control = message_.control.data();
        header.msg_controllen = message_.control.size();
      }
      const ssize_t n =
          ::sendmsg(message_.socket.get(), &header, message_.flags | flags | MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && (flags & MSG_DONTWAIT) != 0 &&
          blocks())
        return false;
      if (n < 0) return done(errno);
      sent_ += static_cast<std::size_t>(n);
      if (static_cast<std::size_t>(n) < piece.size() && !blocks()) break;
    } while (sent_ < message_.size);
    return done(0);
  }

 private:
  [[nodiscard]] bool blocks() const {
    return (message_.flags & MSG_DONTWAIT) == 0 &&
           (::fcntl(message_.socket.get(), F_GETFL) & O_NONBLOCK) == 0;
  }

  bool done(int error) {
    message_.socket.reset();
    message_.passed.clear();
    if (error != 0 && sent_ == 0) {
      if (error == EPIPE && !message_.datagram && (message_.flags & MSG_NOSIGNAL) == 0)
        break_pipe();
      listener_->refuse(id_, error);
      return true;
    }
    if (message_.count_there == 0) {
      listener_->return_value(id_, static_cast<std::int64_t>(sent_));
      return true;
    }
    tell_count(static_cast<unsigned>(sent_));
    listener_->return_value(id_, 1);
    return true;
  }

  // What is done to the caller is done through a descriptor that was there while it still waited:
  // its number may be another's at any later moment.
  void break_pipe() {
    const UniqueFd caller = Target(message_.thread).pidfd();
    if (caller && listener_->still_waits(id_))
      ::syscall(SYS_pidfd_send_signal, caller.get(), SIGPIPE, nullptr, 0);
  }

  void tell_count(unsigned count) {
    const UniqueFd memory = Target(message_.thread).open_memory();
    if (!listener_->still_waits(id_)) return;
    if (memory) {
      [[maybe_unused]] const ssize_t n =
          ::pwrite(memory.get(), &count, sizeof count, static_cast<off_t>(message_.count_there));
      return;
    }
    const iovec here{&count, sizeof count};
    const iovec there{reinterpret_cast<void*>(message_.count_there), sizeof count};
    ::process_vm_writev(message_.thread, &here, 1, &there, 1, 0);
  }

  std::shared_ptr<const Listener> listener_;
  std::uint64_t id_;
  Message message_;
  std::size_t sent_ = 0;
};

}  // namespace

int read_message(const Target& target, const seccomp_data& data, Message& out) {
  out.thread = target.thread();
  out.socket = target.take_descriptor(static_cast<int>(data.args[0]));
  if (!out.socket) return errno == EBADF ? EBADF : EACCES;
  const int domain = domain_of(out.socket.get());
  if (domain < 0) return ENOTSOCK;
  out.internet = is_internet(domain);
  out.datagram = is_datagram(out.socket.get());
  int trouble = 0;
  if (data.nr == SYS_sendto) {
    out.flags = static_cast<int>(data.args[3]);
    out.data.push_back({reinterpret_cast<void*>(data.args[1]), data.args[2]});
    out.named = true;
    const auto length = static_cast<std::int32_t>(data.args[5]);
    if (length < 0 || static_cast<std::size_t>(length) > sizeof(sockaddr_storage)) return EINVAL;
    out.to = read_address(target, data.args[4], static_cast<socklen_t>(length));
  } else if (data.nr == SYS_sendmsg) {
    out.flags = static_cast<int>(data.args[2]);
    msghdr header{};
    if (!copy_in(target, data.args[1], header)) return EFAULT;
    trouble = read_header(target, header, out);
  } else {
    out.flags = static_cast<int>(data.args[3]);
    if (data.args[2] == 0) return EINVAL;
    MessageHeader header{};
    if (!copy_in(target, data.args[1], header)) return EFAULT;
    trouble = read_header(target, header.header, out);
    out.count_there = data.args[1] + offsetof(MessageHeader, count);
  }
  if (trouble != 0) return trouble;
  if ((out.flags & kFastOpen) != 0) return EOPNOTSUPP;
  if ((out.flags & kZeroCopy) != 0) return ENOBUFS;  // as when too much is under way already
  for (const iovec& part : out.data) {
    if (part.iov_len > SSIZE_MAX || out.size + part.iov_len < out.size) return EINVAL;
    out.size += part.iov_len;
  }
  if (out.datagram && out.size > kPiece) return EMSGSIZE;
  return 0;
}

void send_message(std::shared_ptr<const Listener> listener, std::uint64_t id, Message message) {
  auto sending = std::make_shared<Sending>(listener, id, std::move(message));
  if (sending->go_on(MSG_DONTWAIT)) return;
  if (!run_beside([sending] { sending->go_on(0); })) listener->refuse(id, ENOBUFS);
}

}  // namespace sefaca
