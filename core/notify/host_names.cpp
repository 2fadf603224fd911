#include "core/notify/host_names.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "core/base/slurp.h"
#include "core/notify/hosts_file.h"
#include "core/notify/name_protocol.h"

namespace sefaca {
namespace {

constexpr std::size_t kMostConnections = 512;  // at once; more are refused as if nobody listened
constexpr std::size_t kMostNames = 1024;
constexpr std::size_t kLongestHosts = 1 << 20;

std::string own_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// The machine's real name service, which knows accounts.
UniqueFd real_service() {
  UniqueFd out(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, kNameSocket.data(), kNameSocket.size());
  if (out && ::connect(out.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    out.reset();
  return out;
}

bool send_all(int fd, std::string_view bytes) {
  // Answers are far smaller than a socket's buffer; whoever does not read gets none.
  return ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(bytes.size());
}

struct Connection {
  HostNames::Asker asker;
  UniqueFd program;
  UniqueFd service{};  // the real one, once it was asked for an account
  std::string received{};
};

}  // namespace

class HostNames::Impl {
 public:
  explicit Impl(Denied denied) : denied_(std::move(denied)) {}
  ~Impl() {
    stopping_ = true;
    wake();
    if (thread_.joinable()) thread_.join();
  }

  UniqueFd connect(Asker asker) {
    int ends[2];
    if (!start() || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
      return {};
    UniqueFd theirs(ends[0]), ours(ends[1]);
    {
      const std::lock_guard lock(mutex_);
      if (connections_ + fresh_.size() >= kMostConnections) return {};
      fresh_.push_back({.asker = std::move(asker), .program = std::move(ours)});
    }
    wake();
    return theirs;
  }

  std::string name_of(const std::string& address) {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(address);
    return found == names_.end() ? std::string() : found->second;
  }

 private:
  bool start() {
    if (thread_.joinable()) return true;
    wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_) return false;
    sigset_t all, before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      thread_ = std::thread([this] { serve(); });
    } catch (const std::system_error&) {
      wake_.reset();
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread_.joinable();
  }

  void wake() {
    const std::uint64_t one = 1;
    if (wake_) static_cast<void>(!::write(wake_.get(), &one, sizeof one));
  }

  void serve() {
    std::vector<Connection> open;
    std::vector<pollfd> fds;
    while (!stopping_) {
      fds.assign(1, {wake_.get(), POLLIN, 0});
      for (const Connection& c : open) {
        fds.push_back({c.program.get(), POLLIN, 0});
        fds.push_back({c.service.get(), POLLIN, 0});
      }
      ::poll(fds.data(), fds.size(), -1);
      std::vector<Connection> kept;
      for (std::size_t i = 0; i < open.size(); ++i) {
        const bool from_program = fds[1 + 2 * i].revents != 0;
        const bool from_service = fds[2 + 2 * i].revents != 0;
        if ((!from_program || hear_program(open[i])) && (!from_service || hear_service(open[i])))
          kept.push_back(std::move(open[i]));
      }
      open = std::move(kept);
      take_fresh(open);
    }
  }

  void take_fresh(std::vector<Connection>& open) {
    std::uint64_t count = 0;
    static_cast<void>(!::read(wake_.get(), &count, sizeof count));
    const std::lock_guard lock(mutex_);
    for (Connection& c : fresh_) open.push_back(std::move(c));
    fresh_.clear();
    connections_ = open.size();
  }

  // False: the connection is over.
  bool hear_program(Connection& c) {
    std::array<char, 2048> buffer;
    const ssize_t n = ::read(c.program.get(), buffer.data(), buffer.size());
    if (n <= 0) return n < 0 && errno == EAGAIN;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(n));
    if (c.service) return send_all(c.service.get(), bytes);
    c.received += bytes;
    for (;;) {
      NameRequest request;
      const RequestState state = parse_name_request(c.received, request);
      if (state == RequestState::malformed) return false;
      if (state == RequestState::incomplete) return true;
      if (request.kind == NameRequest::Kind::shared_map) return false;
      if (request.kind == NameRequest::Kind::account) {
        c.service = real_service();
        return c.service && send_all(c.service.get(), c.received);
      }
      if (!send_all(c.program.get(), answer_host(request, look_up(c, request)))) return false;
      c.received.erase(0, request.length);
    }
  }

  static bool hear_service(Connection& c) {
    std::array<char, 16384> buffer;
    const ssize_t n = ::read(c.service.get(), buffer.data(), buffer.size());
    if (n <= 0) return n < 0 && errno == EAGAIN;
    return send_all(c.program.get(), std::string_view(buffer.data(), static_cast<std::size_t>(n)));
  }

  std::vector<HostAddress> look_up(const Connection& c, const NameRequest& request) {
    if (request.key.empty()) return {};
    auto found = addresses_in_hosts(slurp("/etc/hosts", kLongestHosts), request.key, own_name());
    const std::lock_guard lock(mutex_);
    for (const HostAddress& address : found) {
      std::array<char, INET6_ADDRSTRLEN> text{};
      ::inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
      if (names_.size() < kMostNames) names_[text.data()] = request.key;
    }
    if (found.empty() && request.type != 6 && request.type != 7) denied_(c.asker, request.key);
    return found;
  }

  const Denied denied_;
  UniqueFd wake_;
  std::thread thread_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;  // of what follows
  std::vector<Connection> fresh_;
  std::size_t connections_ = 0;
  std::map<std::string, std::string> names_;
};

HostNames::HostNames(Denied denied) : impl_(std::make_unique<Impl>(std::move(denied))) {}
HostNames::~HostNames() = default;

UniqueFd HostNames::connect(Asker asker) {
  return impl_->connect(std::move(asker));
}
std::string HostNames::name_of(const std::string& address) const {
  return impl_->name_of(address);
}

}  // namespace sefaca
