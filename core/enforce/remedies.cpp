#include "core/enforce/remedies.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "core/base/text.h"

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

// What a container's own command line must say. Each mark is left by the one who made it.
struct Container {
  const char* mark;
  const char* namespaces;  // its filter, its AppArmor profile and its covered /proc
  const char* fresh_proc;
  const char* copies;  // pidfd_getfd(2), which moby's and podman's profiles tie to a capability
};
constexpr Container kContainers[] = {
    {"/run/.containerenv",
     "podman run --security-opt seccomp=unconfined --security-opt unmask=ALL …",
     "podman run --security-opt unmask=ALL …", "podman run --cap-add=SYS_PTRACE …"},
    {"/.dockerenv",
     "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
     "--security-opt systempaths=unconfined …",
     "docker run --security-opt systempaths=unconfined …", "docker run --cap-add=SYS_PTRACE …"},
};
constexpr const char* kOnTheMachine = "on the machine itself: ";
constexpr const char* kNamespacesKernel =
    "a kernel from 5.12 on with CONFIG_USER_NS, CONFIG_PID_NS and CONFIG_NET_NS";
constexpr const char* kLsm =
    "echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX lsm=landlock,'$(cat "
    "/sys/kernel/security/lsm)'\"' | sudo tee /etc/default/grub.d/landlock.cfg && sudo update-grub "
    "&& sudo reboot";
constexpr std::size_t kLargest = 64 * 1024;  // of the small files that are read here

bool stands_in_the_way(const Setting& setting, const FileSystem& files) {
  const auto text = files.read(setting.file, kLargest);
  return text && !text->empty() && std::strtol(text->c_str(), nullptr, 10) == setting.refuses;
}

const Container* container(const FileSystem& files) {
  const auto* found =
      std::find_if(std::begin(kContainers), std::end(kContainers),
                   [&](const Container& one) { return files.info(one.mark).has_value(); });
  return found == std::end(kContainers) ? nullptr : found;
}

// In a container whose maker left no mark.
std::string either(const char* Container::*option) {
  return concat("in a container: ", kContainers[1].*option, " or ", kContainers[0].*option);
}

std::string in_container(const FileSystem& files, const char* Container::*option) {
  const Container* mine = container(files);
  return mine != nullptr ? mine->*option : either(option);
}

// The value of a line NAME=VALUE of os-release(5), without quotes.
std::string os_release(const FileSystem& files, std::string_view name) {
  const auto text = files.read("/etc/os-release", kLargest);
  if (!text) return {};
  for (std::string line : split(*text, '\n')) {
    if (!line.starts_with(concat(name, "="))) continue;
    line.erase(0, name.size() + 1);
    std::erase(line, '"');
    return line;
  }
  return {};
}

// The distribution's own newer kernel, where it has one.
std::string newer_kernel(const FileSystem& files, const std::string& version) {
  const std::string wanted = concat("a kernel from ", version, " on");
  if (container(files) != nullptr) return concat(kOnTheMachine, wanted);
  const std::string id = os_release(files, "ID");
  if (const auto name = os_release(files, "VERSION_CODENAME"); id == "debian" && !name.empty())
    return concat(wanted, ": sudo apt install -t ", name, "-backports linux-image-amd64");
  if (const auto number = os_release(files, "VERSION_ID"); id == "ubuntu" && !number.empty())
    return concat(wanted, ": sudo apt install linux-generic-hwe-", number);
  return wanted;
}

std::string namespaces_remedy(const Capabilities& host, const FileSystem& files) {
  if (host.namespaces()) return {};
  if (host.enclosed) return "run it outside of the sefaca that it runs in";
  if (host.contained) return "--backend=linux";  // its command line is sefaca's
  const auto* setting =
      std::find_if(std::begin(kSettings), std::end(kSettings),
                   [&](const Setting& one) { return stands_in_the_way(one, files); });
  const bool kept = setting != std::end(kSettings);
  if (const Container* mine = container(files)) {
    return kept ? concat(mine->namespaces, " and, ", kOnTheMachine, setting->remedy)
                : mine->namespaces;
  }
  if (kept) return setting->remedy;
  if (host.namespaces_errno == EPERM || host.namespaces_errno == EACCES)
    return either(&Container::namespaces);
  if (host.namespaces_errno == EINVAL || host.namespaces_errno == ENOSYS) return kNamespacesKernel;
  return {};
}

std::string performing_remedy(const Situation& situation) {
  const Capabilities& host = situation.host;
  if (!situation.supervised) return "sefaca run";
  if (host.listener_taken) return "run it outside of that sandbox";
  if (!host.user_notification) return newer_kernel(situation.files, "5.0");
  // Nobody but sefaca says what such a container may.
  if (host.contained && !host.descriptor_copies)
    return "an engine whose filter lets pidfd_getfd(2) through, or --backend=linux";
  if (!host.descriptor_copies) return in_container(situation.files, &Container::copies);
  if (!host.killable_wait) return newer_kernel(situation.files, "5.19");
  return "without --keep-background";
}

}  // namespace

std::string remedy_for(Cure cure, const std::string& text, const Situation& situation) {
  switch (cure) {
    case Cure::none:
      return {};
    case Cure::text:
      return text;
    case Cure::kernel:
      return newer_kernel(situation.files, text);
    case Cure::lsm:
      return container(situation.files) != nullptr ? concat(kOnTheMachine, kLsm) : kLsm;
    case Cure::namespaces:
      return namespaces_remedy(situation.host, situation.files);
    case Cure::fresh_proc:
      return in_container(situation.files, &Container::fresh_proc);
    case Cure::performing:
      return performing_remedy(situation);
  }
  return {};
}

std::vector<std::string> all_remedies(Cure cure, const std::string& text) {
  std::vector<std::string> out;
  switch (cure) {
    case Cure::none:
      break;
    case Cure::text:
      out = {text};
      break;
    case Cure::kernel:
      out = {concat("a kernel from ", text, " on")};
      break;
    case Cure::lsm:
      out = {kLsm};
      break;
    case Cure::namespaces:
      for (const Setting& setting : kSettings) out.emplace_back(setting.remedy);
      for (const Container& one : kContainers) out.emplace_back(one.namespaces);
      out.emplace_back(kNamespacesKernel);
      break;
    case Cure::fresh_proc:
      for (const Container& one : kContainers) out.emplace_back(one.fresh_proc);
      break;
    case Cure::performing:
      out = {"sefaca run", "run it outside of that sandbox"};
      for (const Container& one : kContainers) out.emplace_back(one.copies);
      out.emplace_back("a kernel from 5.19 on");
      break;
  }
  return out;
}

}  // namespace sefaca
