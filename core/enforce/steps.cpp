#include "core/enforce/steps.h"

#include <cerrno>
#include <string>

#include "core/base/text.h"

namespace sefaca {
namespace {

const char* doing(Step step) {
  switch (step) {
    case Step::none:
      return "nothing";
    case Step::spawn:
      return "starting a process";
    case Step::namespaces:
      return "making namespaces";
    case Step::id_maps:
      return "mapping the user into the user namespace";
    case Step::loopback:
      return "bringing up the loopback of the network namespace";
    case Step::mounts:
      return "mounting";
    case Step::proc:
      return "mounting a fresh /proc";
    case Step::working_directory:
      return "returning to the working directory";
    case Step::control_group:
      return "entering a cgroup of its own";
    case Step::dispositions:
      return "resetting the signals";
    case Step::descriptors:
      return "closing inherited descriptors";
    case Step::capabilities:
      return "dropping capabilities";
    case Step::limits:
      return "setting a limit";
    case Step::no_new_privileges:
      return "giving up new privileges";
    case Step::landlock_ruleset:
      return "making the Landlock ruleset";
    case Step::landlock_rule:
      return "adding a Landlock rule";
    case Step::landlock_restrict:
      return "entering the Landlock domain";
    case Step::filter:
      return "installing the seccomp filter";
    case Step::listener:
      return "installing the seccomp filter with a listener";
    case Step::execute:
      return "executing";
  }
  return "setting up";
}

// Cause and remedy where errno alone would leave the user guessing; the manual page is named.
const char* remedy(Step step, int code) {
  switch (step) {
    case Step::spawn:
      if (code == EAGAIN) return "the user's process limit is reached (ulimit -u)";
      if (code == ENOMEM) return "the machine is out of memory";
      break;
    case Step::landlock_restrict:  // landlock_restrict_self(2)
      if (code == E2BIG) return "16 Landlock layers are in force already: nest fewer sandboxes";
      break;
    case Step::filter:
    case Step::listener:  // seccomp(2)
      if (code == EBUSY) return "an outer sandbox is notified of this tree's calls already";
      if (code == ENOMEM)
        return "too many seccomp filters are in force already: nest fewer sandboxes";
      if (code == EINVAL) return "this kernel has no seccomp filters (CONFIG_SECCOMP_FILTER)";
      break;
    case Step::limits:
      if (code == EPERM) return "the limit lies above this process's own hard limit (ulimit -H)";
      break;
    case Step::execute:  // execve(2)
      if (code == EACCES)
        return "the file or a directory on its way is not executable for you, or not readable "
               "under "
               "this policy: --readonly=DIRECTORY";
      if (code == ENOENT) return "the file or its interpreter (its #! line or loader) is not there";
      if (code == E2BIG) return "arguments and environment together are too long (getconf ARG_MAX)";
      if (code == ELOOP) return "too many symbolic links on the way";
      break;
    default:
      break;
  }
  return "";
}

}  // namespace

Error setup_error(Step step, int errno_value, const char* path) {
  std::string what = doing(step);
  if (path != nullptr) what += concat(" '", printable(path), "'");
  return Error{.what = concat(what, ": ", errno_text(errno_value)),
               .remedy = remedy(step, errno_value),
               .errno_value = errno_value};
}

}  // namespace sefaca
