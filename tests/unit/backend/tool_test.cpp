// Helper programs: what they print, how they end, that none is waited for without end.
#include "core/backend/tool.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>

namespace sefaca {
namespace {

const std::vector<std::string> kEnvironment{"PATH=/usr/bin:/bin", "GIVEN=x"};

Result<ToolAnswer> shell(const std::string& line, int most_ms = 20'000) {
  const std::vector<std::string> argv{"/bin/sh", "-c", line};
  return run_tool(argv, kEnvironment, most_ms);
}

TEST(Tool, KeepsWhatIsPrintedAndTheCode) {
  const auto answer = shell("echo \"$GIVEN\"; echo no >&2; cat; exit 7");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->out, "x\n");
  EXPECT_EQ(answer->err, "no\n");
  EXPECT_EQ(answer->exit_code, 7);
}

TEST(Tool, EndsOneThatTakesTooLong) {
  const auto answer = shell("echo before; exec sleep 100", 100);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->exit_code, 124);
  EXPECT_EQ(answer->out, "before\n");
}

TEST(Tool, BoundsWhatIsKept) {
  const auto answer = shell("yes | head -c 3000000");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->exit_code, 0);
  EXPECT_LE(answer->out.size(), 70'000U);
}

TEST(Tool, SaysWhyItCannotBeRun) {
  const std::vector<std::string> argv{"/nonexistent/engine"};
  const auto answer = run_tool(argv, kEnvironment, 1000);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().errno_value, ENOENT);
}

TEST(Tool, StartsWithSignalsAtTheirDefault) {
  sigset_t all;
  sigfillset(&all);
  sigset_t before;
  ASSERT_EQ(::sigprocmask(SIG_BLOCK, &all, &before), 0);
  const std::vector<std::string> argv{"/bin/sh", "-c", "kill -TERM $$; sleep 100"};
  const auto child = start_tool(argv, kEnvironment, "/");
  ASSERT_EQ(::sigprocmask(SIG_SETMASK, &before, nullptr), 0);
  ASSERT_TRUE(child.ok());
  int status = 0;
  ASSERT_EQ(::waitpid(*child, &status, 0), *child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

}  // namespace
}  // namespace sefaca
