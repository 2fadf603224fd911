#include "core/enforce/remedies.h"

#include <cerrno>
#include <fstream>

namespace sefaca {
namespace {

// A setting that keeps namespaces from an ordinary user, and the command that gives them.
struct Setting {
  const char* file;
  long refuses;  // its value where it stands in the way
  const char* remedy;
};
constexpr Setting kSettings[] = {
    // Ubuntu 23.10 and later.
    {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 1,
     "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
    // Debian's and Arch's own, before and beside.
    {"/proc/sys/kernel/unprivileged_userns_clone", 0,
     "sudo sysctl -w kernel.unprivileged_userns_clone=1"},
    {"/proc/sys/user/max_user_namespaces", 0, "sudo sysctl -w user.max_user_namespaces=10000"},
    {"/proc/sys/user/max_mnt_namespaces", 0, "sudo sysctl -w user.max_mnt_namespaces=10000"},
    {"/proc/sys/user/max_pid_namespaces", 0, "sudo sysctl -w user.max_pid_namespaces=10000"},
    {"/proc/sys/user/max_net_namespaces", 0, "sudo sysctl -w user.max_net_namespaces=10000"},
};

bool stands_in_the_way(const Setting& setting) {
  std::ifstream file(setting.file);
  long value = 0;
  return file >> value && value == setting.refuses;
}

}  // namespace

std::string namespaces_remedy(const Capabilities& host) {
  if (host.namespaces()) return {};
  for (const Setting& setting : kSettings) {
    if (stands_in_the_way(setting)) return setting.remedy;
  }
  if (host.namespaces_errno == EPERM || host.namespaces_errno == EACCES)
    return "in a container: docker run --security-opt seccomp=unconfined --security-opt "
           "apparmor=unconfined …";
  if (host.namespaces_errno == EINVAL || host.namespaces_errno == ENOSYS)
    return "a kernel from 5.12 on with CONFIG_USER_NS, CONFIG_PID_NS and CONFIG_NET_NS";
  return {};
}

std::string fresh_proc_remedy() {
  return "docker run --security-opt systempaths=unconfined …, podman run --security-opt unmask=ALL "
         "…";
}

}  // namespace sefaca
