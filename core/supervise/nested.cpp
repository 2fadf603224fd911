#include "core/supervise/nested.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "core/base/text.h"
#include "core/config/narrowing.h"
#include "core/policy/builder.h"

namespace sefaca {
namespace {

// Shells take descriptors from 3 and from 10 on for their own redirections, bash 255.
constexpr int kFirstDescriptor = 120;
constexpr std::size_t kLargestMessage = std::size_t{64} << 10U;
constexpr std::size_t kMostOfOneRun = std::size_t{64} << 20U;
constexpr std::size_t kLargestPolicy = std::size_t{4} << 20U;
constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

Error failed(const char* what) {
  return Error{.what = concat("nested runs: ", what, ": ", errno_text(errno)),
               .errno_value = errno};
}

UniqueFd moved_up(int fd) {
  UniqueFd up(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstDescriptor));
  if (!up) up.reset(::fcntl(fd, F_DUPFD_CLOEXEC, 3));  // few descriptors are allowed
  return up;
}

// memfd_create(2), fcntl(2): sealed memory that nobody can change any more.
Result<UniqueFd> sealed_memory(std::string_view text) {
  const UniqueFd memory(::memfd_create("sefaca-policy", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) return failed("memfd_create");
  if (::write(memory.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fcntl(memory.get(), F_ADD_SEALS, kSeals) != 0)
    return failed("its policy");
  return moved_up(memory.get());
}

// A policy as far as a run inside can be held to it: see adds_to().
Policy comparable(PolicyFields fields) {
  fields.environment.clear();
  fields.keep_fds.clear();
  std::erase_if(fields.paths,
                [](const PathRule& rule) { return rule.kind == PathRule::Kind::protected_; });
  return PolicyBuilder::restored(std::move(fields));
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

template <class T>
bool socket_option(int fd, int option, T& value) {
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 && size == sizeof value;
}

// prctl(2): both only ever go one way, so a process that has them was confined by somebody.
bool is_confined() {
  return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
         ::prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTER;
}

// unix(7), SO_PEERCRED: who made the socket pair. It is out of our reach when it lives outside of
// our pid namespace (pid 0), or when the kernel's ptrace check keeps us from a process of our own
// user, which readlink of /proc/PID/exe asks for (proc(5)) and Landlock answers for its domains.
bool is_out_of_reach(int socket) {
  ucred peer{};
  if (!socket_option(socket, SO_PEERCRED, peer)) return false;
  if (peer.pid == ::getpid()) return false;
  if (peer.pid == 0) return true;
  const std::string process = concat("/proc/", std::to_string(peer.pid));
  struct stat info {};
  if (peer.uid != ::geteuid() || ::stat(process.c_str(), &info) != 0 || info.st_uid != peer.uid)
    return false;
  char target[1] = "";
  return ::readlink(concat(process, "/exe").c_str(), target, sizeof target) < 0 &&
         (errno == EACCES || errno == EPERM);
}

bool is_socket_pair(int fd) {
  int type = 0, domain = 0;
  return socket_option(fd, SO_TYPE, type) && socket_option(fd, SO_DOMAIN, domain) &&
         type == SOCK_SEQPACKET && domain == AF_UNIX;
}

}  // namespace

Result<NestedRuns> NestedRuns::make(std::string_view id, Plan plan, std::string_view build_id) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return failed("socketpair");
  NestedRuns runs;
  runs.ours_.reset(ends[0]);
  const UniqueFd theirs(ends[1]);
  runs.theirs_ = moved_up(theirs.get());
  if (!runs.theirs_) return failed("fcntl");
  plan.policy.environment.clear();
  plan.policy.withheld.clear();
  plan.policy.given.clear();  // values of --env are nobody's business
  plan.policy.given_values.clear();
  SEFACA_TRY(memory, sealed_memory(plan_text(plan, build_id)));
  runs.policy_ = std::move(memory);
  if (!runs.policy_) return failed("fcntl");
  runs.variable_ =
      concat(id, ",", std::to_string(runs.theirs_.get()), ",", std::to_string(runs.policy_.get()));
  return runs;
}

std::vector<int> NestedRuns::for_the_tree() const {
  std::vector<int> both{theirs_.get(), policy_.get()};
  std::sort(both.begin(), both.end());
  return both;
}

void NestedRuns::receive(const std::function<void(std::string_view)>& record) {
  // Static: most runs get no message, and then none of its pages is touched.
  static std::array<char, kLargestMessage> message;
  for (;;) {
    const ssize_t n = ::recv(ours_.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (n <= 0) return;  // nothing more, or nobody left
    const auto size = static_cast<std::size_t>(n);
    received_ += size;
    if (size > message.size() || received_ > kMostOfOneRun) {
      ++dropped_;
    } else {
      record(std::string_view(message.data(), size));
    }
  }
}

std::optional<EnclosingRun> EnclosingRun::find(const Surroundings& surroundings) {
  const std::string value = surroundings.variable(kParentVariable);
  if (value.empty()) return std::nullopt;
  const std::vector<std::string> parts = split(value, ',');
  EnclosingRun run;
  const auto number = [](const std::string& text, int& to) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
    return error == std::errc() && end == text.data() + text.size() && to > 2;
  };
  if (parts.size() != 3 || !is_id(parts[0]) || !number(parts[1], run.socket_) ||
      !number(parts[2], run.policy_))
    return std::nullopt;
  const int seals = ::fcntl(run.policy_, F_GET_SEALS);
  if (!is_confined() || !is_socket_pair(run.socket_) || !is_out_of_reach(run.socket_) ||
      seals < 0 || (seals & kSeals) != kSeals)
    return std::nullopt;
  run.id_ = parts[0];
  return run;
}

Result<Plan> EnclosingRun::plan(std::string_view build_id) const {
  struct stat info {};
  if (::fstat(policy_, &info) != 0 || static_cast<std::size_t>(info.st_size) > kLargestPolicy)
    return Error{.what = "the outer run's policy can't be read"};
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  if (::pread(policy_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    return failed("the outer run's policy");
  return parse_plan(text, build_id);
}

Status EnclosingRun::send(std::string_view record) const {
  if (record.size() > kLargestMessage)
    return Error{.what = "the record is too large for the outer run to take"};
  while (::send(socket_, record.data(), record.size(), MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return failed("the outer run takes no record");
  }
  return Done{};
}

bool adds_to(const PolicyFields& outer, const PolicyFields& inner) {
  return !widenings(comparable(inner), comparable(outer)).empty();
}

}  // namespace sefaca
