// The contract's spelling of each enumerated value.
#include "core/policy/policy.h"

namespace sefaca {

const char* name_of(Level level) {
  switch (level) {
    case Level::strict:
      return "strict";
    case Level::standard:
      return "default";
    case Level::permissive:
      return "permissive";
  }
  return "";
}

const char* name_of(Network network) {
  switch (network) {
    case Network::deny:
      return "deny";
    case Network::localhost:
      return "localhost";
    case Network::host_loopback:
      return "host-loopback";
    case Network::allow:
      return "allow";
  }
  return "";
}

const char* name_of(ReadScope read) {
  switch (read) {
    case ReadScope::listed:
      return "listed";
    case ReadScope::all:
      return "all";
  }
  return "";
}

const char* name_of(TmpKind tmp) {
  switch (tmp) {
    case TmpKind::private_directory:
      return "private";
    case TmpKind::host:
      return "host";
  }
  return "";
}

const char* name_of(Report report) {
  switch (report) {
    case Report::off:
      return "off";
    case Report::summary:
      return "summary";
    case Report::full:
      return "full";
  }
  return "";
}

const char* name_of(Access access) {
  switch (access) {
    case Access::hide:
      return "hide";
    case Access::read:
      return "read";
    case Access::write:
      return "write";
  }
  return "";
}

const char* name_of(Backend backend) {
  switch (backend) {
    case Backend::automatic:
      return "auto";
    case Backend::linux_kernel:
      return "linux";
    case Backend::podman:
      return "podman";
    case Backend::docker:
      return "docker";
    case Backend::jail:
      return "jail";
    case Backend::seatbelt:
      return "seatbelt";
  }
  return "";
}

}  // namespace sefaca
