// libFuzzer target over what a notified call hands to the supervisor: socket addresses, paths, and
// the questions to the name service. The first byte says which.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/path.h"
#include "core/notify/judge.h"
#include "core/notify/name_protocol.h"
#include "core/notify/socket_address.h"

namespace {

using namespace sefaca;

void require(bool holds) {
  if (!holds) std::abort();
}

std::uint64_t at(const void* pointer) {
  return reinterpret_cast<std::uint64_t>(pointer);
}

void address(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto length = static_cast<socklen_t>(static_cast<unsigned char>(bytes[0]));
  // Where the caller's address stands; a wrong length may say more than is there.
  std::vector<char> memory(bytes.begin() + 1, bytes.end());
  memory.resize(std::max<std::size_t>(memory.size(), length));
  const auto read = read_address(Target(::gettid()), at(memory.data()), length);
  if (!read) return;
  require(read->length == length);
  require(!read->is_here() || read->is_internet());
  require(!read->is_loopback() || read->is_here());
  require(read->is_internet() != read->text().empty());
  require(read->path().find('\0') == std::string::npos || read->is_abstract());
  (void)read->port();
}

LaunchPlan a_plan() {
  LaunchPlan plan;
  plan.landlock_abi = 7;
  plan.paths = {{.path = "/usr", .access = Access::read},
                {.path = "/var/tmp", .access = Access::write},
                {.path = "/etc", .access = Access::hide, .kind = PathRule::Kind::secret}};
  plan.landlock.rules = {{"/usr", landlock_rights_for(Access::read)},
                         {"/var/tmp", landlock_rights_for(Access::write)}};
  plan.notify.working_directory = "/";
  return plan;
}

// Nothing is opened but as a place; a verdict never comes without what it is about.
void path(std::string_view bytes) {
  static const LaunchPlan plan = a_plan();
  static const NativeRights native(plan);
  static QuietTrees quiet(plan, native);
  Judge judge(plan);
  constexpr long kCalls[] = {SYS_openat,   SYS_open,   SYS_mkdir,   SYS_unlink,
                             SYS_rename,   SYS_linkat, SYS_symlink, SYS_execve,
                             SYS_truncate, SYS_mknod,  SYS_rmdir,   SYS_creat};
  if (bytes.size() < 3) return;
  const long number = kCalls[static_cast<unsigned char>(bytes[0]) % std::size(kCalls)];
  const auto flags = static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[1])) << 4U;
  const std::string text(bytes.substr(2));
  const char* const name = text.c_str();
  if (quiet.lets_read(name)) {
    const std::string normal = std::filesystem::path(name).lexically_normal().string();
    bool stays = false;
    for (const char* tree : {"/usr", "/lib", "/lib64"}) stays = stays || is_within(normal, tree);
    require(stays);
  }
  const CallShape* shape = call_shape(static_cast<int>(number));
  require(shape != nullptr);
  seccomp_data data{};
  data.nr = static_cast<int>(number);
  for (auto& arg : data.args) arg = flags;
  for (const int index : {shape->path, shape->second_path}) {
    if (index >= 0) data.args[index] = at(name);
  }
  for (const int index : {shape->directory, shape->second_directory}) {
    if (index >= 0) data.args[index] = static_cast<std::uint64_t>(AT_FDCWD);
  }
  const Judged judged = judge.judge(Target(::gettid()), *shape, data);
  if (judged.verdict != Judged::Verdict::native) require(!judged.touched.empty());
  if (judged.violation) require(judged.violation->path.starts_with('/'));
}

void question(std::string_view bytes) {
  NameRequest request;
  while (parse_name_request(bytes, request) == RequestState::complete) {
    require(request.length <= bytes.size() && request.key.size() <= request.length);
    if (request.kind == NameRequest::Kind::host) {
      require(!answer_host(request, {}).empty());
      require(!answer_host(request, {{false, std::string(4, '\1')}, {true, std::string(16, '\2')}})
                   .empty());
    }
    bytes.remove_prefix(request.length);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      address(bytes);
      break;
    case 1:
      path(bytes);
      break;
    default:
      question(bytes);
  }
  return 0;
}
