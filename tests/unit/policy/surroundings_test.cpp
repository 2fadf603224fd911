// This process's surroundings.
#include "core/policy/surroundings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "tests/unit/fake_file_system.h"

namespace sefaca {
namespace {

using ::testing::ElementsAre;
using testing::FakeFileSystem;

std::string passwd_line() {
  return "other:x:4000000:1::/other:/bin/sh\nme:x:" + std::to_string(::getuid()) +
         ":1:Me,,,:/home/me:/bin/sh\n";
}

TEST(ReadSurroundings, EnvironmentAndAccount) {
  FakeFileSystem files;
  files.file("/etc/passwd", passwd_line());
  std::array<std::string, 6> entries{"A=1", "B=x=y", "A=2", "broken", "=odd", "HOME=/else//where/"};
  std::vector<char*> envp;
  for (std::string& entry : entries) envp.push_back(entry.data());
  envp.push_back(nullptr);
  const auto read = read_surroundings(files, envp.data());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read).variable("A"), "1");
  EXPECT_EQ((*read).variable("B"), "x=y");
  EXPECT_EQ((*read).variable("NONE"), "");
  EXPECT_THAT((*read).malformed_environment, ElementsAre("broken", "=odd"));
  EXPECT_EQ((*read).home, "/else/where");
  EXPECT_EQ((*read).account_home, "/home/me");
  EXPECT_EQ((*read).user, "me");
  EXPECT_GT((*read).machine_memory_bytes, 1U << 20);
}

TEST(ReadSurroundings, WithoutHomeOrAccount) {
  FakeFileSystem files;
  char* none[] = {nullptr};
  const auto nameless = read_surroundings(files, none);
  EXPECT_EQ((*nameless).user, std::to_string(::getuid()));
  EXPECT_EQ((*nameless).home, "");
  files.file("/etc/passwd", passwd_line());
  std::string relative = "HOME=here";
  char* envp[] = {relative.data(), nullptr};
  EXPECT_EQ((*read_surroundings(files, envp)).home, "/home/me");
}

}  // namespace
}  // namespace sefaca
