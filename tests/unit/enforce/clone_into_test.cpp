// A process is in a cgroup of version 2 before it runs.
#include "core/enforce/clone_into.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "core/base/slurp.h"
#include "core/base/syscall.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "tests/unit/group_place.h"

namespace sefaca {
namespace {

using ::testing::Contains;

alignas(16) std::array<char, 64 * 1024> stack;

// Waits for a byte and ends with it as its exit code.
int end_as_told(void* pipe) {
  char code = 0;
  raw::call(SYS_read, *static_cast<int*>(pipe), &code, 1);
  raw::call(SYS_exit_group, code);
  __builtin_unreachable();
}

TEST(CloneInto, TheProcessBeginsInTheGroup) {
  const std::string place = place_for_groups();
  if (place.empty()) GTEST_SKIP() << "no cgroup of version 2 may be made here";
  std::string group = place + "/sefaca-test-XXXXXX";
  ASSERT_NE(::mkdtemp(group.data()), nullptr);
  UniqueFd directory(::open(group.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  int pidfd = -1;
  const int pid = clone_into(directory.get(), end_as_told, {stack.data(), stack.size()},
                             CLONE_VM | CLONE_FILES | CLONE_PIDFD, &ends[0], &pidfd);
  ASSERT_GT(pid, 0) << errno_text(-pid);
  EXPECT_GE(pidfd, 0);
  EXPECT_THAT(split(slurp(group + "/cgroup.procs"), '\n'), Contains(std::to_string(pid)));
  const char code = 7;
  EXPECT_EQ(::write(ends[1], &code, 1), 1);
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), code);
  for (const int fd : {ends[0], ends[1], pidfd}) ::close(fd);
  EXPECT_EQ(::rmdir(group.c_str()), 0);
}

TEST(CloneInto, NothingIsStartedWhereThereIsNoGroup) {
  int unused = 0;
  EXPECT_EQ(clone_into(-1, end_as_told, {stack.data(), stack.size()}, CLONE_VM, &unused, nullptr),
            -EINVAL);
  UniqueFd no_group(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_EQ(clone_into(no_group.get(), end_as_told, {stack.data(), stack.size()}, CLONE_VM, &unused,
                       nullptr),
            -EBADF);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

}  // namespace
}  // namespace sefaca
