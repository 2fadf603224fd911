// The table of `--allow`.
#include "core/policy/allow.h"

#include <array>
#include <iterator>

namespace sefaca {
namespace {

constexpr Allowable kTable[] = {
    {"userns", "user namespaces and mounts inside them: browsers' tests, rootless containers"},
    {"abstract-sockets", "unix sockets without a path that were made outside"},
    {"signals", "signals to processes outside"},
    {"keyrings", "the kernel's key rings"},
    {"ptrace-outside", "debugging processes outside, where the kernel lets the user do so"},
    {"dgram-sockets", "unix datagram sockets, which can send to any address"},
    {"ipc",
     "System V IPC and POSIX message queues of the host, and scheduling of other processes where "
     "they have a number"},
};

constexpr auto kNames = [] {
  std::array<std::string_view, std::size(kTable)> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kTable[i].name;
  return names;
}();

}  // namespace

std::span<const Allowable> allowables() {
  return kTable;
}
std::span<const std::string_view> allowable_names() {
  return kNames;
}

}  // namespace sefaca
