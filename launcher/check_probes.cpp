#include "launcher/check_probes.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "core/base/text.h"

namespace sefaca {
namespace {

// The probes read this word of the deciding process.
const std::uint64_t kWitness = 0x5ef5ef5ef5ef5efULL;

struct Outside {
  std::string directory, tmp_file, abstract;
  std::uint16_t port = 0;
  pid_t pid = 0;
  std::uint64_t address = 0;
  key_t shm_key = 0;
  [[nodiscard]] std::string file(const char* name) const { return concat(directory, "/", name); }
};

template <class Address>
bool connects(int family, const Address& address, socklen_t length, int type = SOCK_STREAM) {
  UniqueFd fd(::socket(family, type | SOCK_CLOEXEC, 0));
  return fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// `path` of an abstract name begins with a zero.
sockaddr_un unix_address(const std::string& path, socklen_t& length) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t size = std::min(path.size(), sizeof address.sun_path - 1);
  std::memcpy(address.sun_path, path.data(), size);
  length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
  return address;
}

bool connects_to_unix(const std::string& path) {
  socklen_t length = 0;
  const sockaddr_un address = unix_address(path, length);
  return connects(AF_UNIX, address, length);
}

bool opens(const std::string& path, int flags) {
  constexpr mode_t kMode = 0600;
  return static_cast<bool>(UniqueFd(::open(path.c_str(), flags | O_CLOEXEC, kMode)));
}

// In a process of its own: what it would change is gone with it.
bool in_child(bool (*reached)()) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(reached() ? 1 : 0);
  int status = 0;
  return pid > 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
         WEXITSTATUS(status) == 1;
}

struct Probe {
  const char* mechanism;  // as in the record's `enforced`
  bool (*reached)(const Outside&);
};
constexpr Probe kProbes[] = {
    {"files", [](const Outside& o) { return opens(o.file("file"), O_WRONLY); }},
    {"files", [](const Outside& o) { return opens(o.file("new"), O_WRONLY | O_CREAT); }},
    {"files",
     [](const Outside& o) {
       return ::rename(o.file("file").c_str(), o.file("renamed").c_str()) == 0;
     }},
    {"metadata", [](const Outside& o) { return ::chmod(o.file("metadata").c_str(), 0644) == 0; }},
    {"metadata",
     [](const Outside& o) {
       return ::utimensat(AT_FDCWD, o.file("metadata").c_str(), nullptr, 0) == 0;
     }},
    {"network",
     [](const Outside& o) {
       const sockaddr_in address = loopback(o.port);
       return connects(AF_INET, address, sizeof address);
     }},
    // Where the machine's loopback is granted: a way to an address of nobody's (TEST-NET-1). To
    // connect a datagram socket sends nothing.
    {"network_outside",
     [](const Outside&) {
       constexpr std::uint32_t kNobody = 0xC0000201;
       sockaddr_in address = loopback(9);
       address.sin_addr.s_addr = htonl(kNobody);
       return connects(AF_INET, address, sizeof address, SOCK_DGRAM);
     }},
    {"unix_sockets", [](const Outside& o) { return connects_to_unix(o.file("socket")); }},
    {"abstract_sockets",
     [](const Outside& o) { return connects_to_unix(std::string(1, '\0') + o.abstract); }},
    {"signals", [](const Outside& o) { return ::kill(o.pid, 0) == 0; }},
    {"ptrace",
     [](const Outside& o) {
       std::uint64_t word = 0;
       iovec here{&word, sizeof word};
       iovec there{reinterpret_cast<void*>(o.address), sizeof word};
       return ::process_vm_readv(o.pid, &here, 1, &there, 1, 0) > 0 && word == kWitness;
     }},
    {"syscalls",
     [](const Outside&) { return in_child([] { return ::unshare(CLONE_NEWUSER) == 0; }); }},
    {"syscalls",
     [](const Outside&) {
       char parameters[256]{};  // struct io_uring_params
       return static_cast<bool>(
           UniqueFd(static_cast<int>(::syscall(SYS_io_uring_setup, 1, parameters))));
     }},
    {"syscalls",
     [](const Outside&) {
       constexpr int kGetKeyringId = 0, kSessionKeyring = -3;
       return ::syscall(SYS_keyctl, kGetKeyringId, kSessionKeyring, 0) > 0;
     }},
    {"privileges", [](const Outside&) { return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1; }},
    {"private_tmp", [](const Outside& o) { return opens(o.tmp_file, O_WRONLY); }},
    {"ipc", [](const Outside& o) { return ::shmget(o.shm_key, 0, 0) >= 0; }},
};

Outside parse_words(const std::string& words) {
  const std::vector<std::string> parts = split(words, ':');
  constexpr std::size_t kParts = 7;
  Outside o;
  if (parts.size() != kParts) return o;
  o.directory = parts[0];
  o.tmp_file = parts[1];
  o.port = static_cast<std::uint16_t>(std::strtoul(parts[2].c_str(), nullptr, 10));
  o.abstract = parts[3];
  o.pid = static_cast<pid_t>(std::strtol(parts[4].c_str(), nullptr, 10));
  o.address = std::strtoull(parts[5].c_str(), nullptr, 10);
  o.shm_key = static_cast<key_t>(std::strtol(parts[6].c_str(), nullptr, 10));
  return o;
}

bool make_file(const std::string& path) {
  return opens(path, O_WRONLY | O_CREAT | O_EXCL);
}

UniqueFd listening(int family, const sockaddr* address, socklen_t length) {
  UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  constexpr int kQueue = 16;
  if (!fd || ::bind(fd.get(), address, length) != 0 || ::listen(fd.get(), kQueue) != 0) return {};
  return fd;
}

UniqueFd listening_on_unix(const std::string& path) {
  socklen_t length = 0;
  const sockaddr_un address = unix_address(path, length);
  return listening(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), length);
}

Error no_decoys(const char* what) {
  return Error{
      .what = concat("can't make what the probes try to reach: ", what, ": ", errno_text(errno)),
      .errno_value = errno};
}

}  // namespace

Result<Decoys> Decoys::make(const std::string& parent) {
  Decoys d;
  std::string directory = concat(parent, "/sefaca-check-XXXXXX");
  if (::mkdtemp(directory.data()) == nullptr) return no_decoys(parent.c_str());
  d.directory_ = directory;
  for (const char* name : {"/file", "/metadata"}) {
    if (!make_file(directory + name)) return no_decoys("a file");
  }
  d.tmp_file_ = concat("/tmp/", directory.substr(directory.rfind('/') + 1));
  if (!make_file(d.tmp_file_)) return no_decoys("/tmp");
  d.abstract_ = directory.substr(directory.rfind('/') + 1);
  sockaddr_in address = loopback(0);
  d.listener_ = listening(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  socklen_t length = sizeof address;
  if (!d.listener_ ||
      ::getsockname(d.listener_.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
    return no_decoys("a listener on 127.0.0.1");
  d.port_ = ntohs(address.sin_port);
  d.unix_listener_ = listening_on_unix(concat(directory, "/socket"));
  d.abstract_listener_ = listening_on_unix(std::string(1, '\0') + d.abstract_);
  if (!d.unix_listener_ || !d.abstract_listener_) return no_decoys("a unix socket");
  d.shm_key_ = 0x5ef00000 | (::getpid() & 0xfffff);
  constexpr int kOwnerOnly = 0600;
  d.shm_id_ = ::shmget(d.shm_key_, 1, IPC_CREAT | IPC_EXCL | kOwnerOnly);
  return d;
}

Decoys::~Decoys() {
  if (directory_.empty()) return;  // moved from
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
  if (!tmp_file_.empty()) ::unlink(tmp_file_.c_str());
  if (shm_id_ >= 0) ::shmctl(shm_id_, IPC_RMID, nullptr);
}

std::string Decoys::words() const {
  return concat(directory_, ":", tmp_file_, ":", std::to_string(port_), ":", abstract_, ":",
                std::to_string(::getpid()), ":",
                std::to_string(reinterpret_cast<std::uintptr_t>(&kWitness)), ":",
                std::to_string(shm_key_));
}

int try_probes(const std::string& words) {
  const Outside outside = parse_words(words);
  for (const Probe& probe : kProbes)
    std::printf("%s %s\n", probe.mechanism, probe.reached(outside) ? "reached" : "refused");
  return 0;
}

std::map<std::string, bool> parse_probes(const std::string& output) {
  std::map<std::string, bool> found;
  for (const std::string& line : split(output, '\n')) {
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) continue;
    found[line.substr(0, space)] |= line.substr(space + 1) == "reached";
  }
  return found;
}

int pass_limit(const std::string& which) {
  if (which == "memory") {
    constexpr std::size_t kMuch = 512U << 20U;
    void* room = ::mmap(nullptr, kMuch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) return 1;
    std::memset(room, 1, kMuch);
    ::sleep(2);
  } else if (which == "processes") {
    for (int i = 0; i < 64; ++i) {
      const pid_t pid = ::fork();
      if (pid < 0) return 1;
      if (pid == 0) {
        ::sleep(2);
        ::_exit(0);
      }
    }
    ::sleep(2);
  } else {
    ::sleep(10);
  }
  return 0;
}

}  // namespace sefaca
