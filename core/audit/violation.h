// Violation: one thing that the sandbox stopped (or, at permissive, only noted).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sefaca {

// The names of the contract; `violation` in the record is one of them.
enum class ViolationKind : std::uint8_t {
  network_access_denied,
  filesystem_read_denied,
  filesystem_write_denied,
  exec_denied,
  socket_denied,
  syscall_denied,
  process_limit_exceeded,
  memory_limit_exceeded,
  timeout_exceeded,
  signal_denied
};
const char* name_of(ViolationKind);
// nullopt: there is no kind of that name.
std::optional<ViolationKind> violation_kind(std::string_view name);

struct Violation {
  ViolationKind kind = ViolationKind::syscall_denied;
  bool blocked = true;         // false: action "logged"
  std::string suggestion;      // a sentence with the exact flag; empty: null in the record
  std::string attempted_host;  // network only
  std::string path;            // bytes
  std::string operation;       // "open", "rename", "connect" …
  std::string address;
  std::optional<std::uint16_t> port;
  std::optional<pid_t> pid;
  std::string program;
  std::uint64_t count = 1;
  std::optional<std::uint64_t> limit;  // for limits: bytes, milliseconds or processes
  std::optional<std::uint64_t> peak;
};

// One line of JSON, as the violation stands in a record; the strings of `secret_values` are
// redacted.
std::string to_json(const Violation& violation, std::span<const std::string> secret_values = {});

}  // namespace sefaca
