// Which of a policy's paths become mounts.
#include "core/backend/mounts.h"

#include <gtest/gtest.h>

#include "tests/unit/backend/enclosed_host.h"

namespace sefaca::testing {
namespace {

std::string mounts_on(const EnclosedHost& host, std::vector<Assignment> assignments) {
  const auto policy = build_on(host.surroundings, std::move(assignments), {}, {});
  if (!policy) return text_of(policy.errors());
  constexpr const char* kKinds[] = {"read", "write", "empty directory", "empty file"};
  std::string out;
  for (const HostMount& mount : host_mounts(**policy, host.surroundings))
    out += concat(kKinds[static_cast<int>(mount.kind)], " ", mount.path, "\n");
  return out;
}

TEST(Mounts, TheSystemsOwnDirectoriesAreTheImages) {
  const EnclosedHost host;
  const std::string compiler = mounts_on(host, {flag("preset", {"compiler"})});
  EXPECT_EQ(compiler.find("/usr"), std::string::npos) << compiler;
  EXPECT_NE(compiler.find("write /home/u/p\n"), std::string::npos) << compiler;
  EXPECT_NE(compiler.find("write /tmp\n"), std::string::npos) << compiler;
}

TEST(Mounts, WhatIsNamedBelowThemIsMounted) {
  EnclosedHost host;
  host.files.directory("/usr/share/data").directory("/opt/sdk");
  const std::string text = mounts_on(host, {flag("readonly", {"/usr/share/data", "/opt/sdk"})});
  EXPECT_NE(text.find("read /usr/share/data\n"), std::string::npos) << text;
  EXPECT_NE(text.find("read /opt/sdk\n"), std::string::npos) << text;
}

TEST(Mounts, StrictSeesTheWorkingDirectoryReadOnly) {
  const EnclosedHost host;
  EXPECT_EQ(mounts_on(host, {flag("level", {"strict"})}), "read /home/u/p\n");
}

TEST(Mounts, WhatIsProtectedIsReadOnlyInsideWhatIsWritten) {
  const EnclosedHost host;
  const std::string text = mounts_on(host, {});
  EXPECT_NE(text.find("write /home/u/p\n"), std::string::npos) << text;
  EXPECT_NE(text.find("read /home/u/p/.git/hooks\n"), std::string::npos) << text;
}

TEST(Mounts, AWorkingDirectoryOfEverythingGrantsNothing) {
  EnclosedHost host;
  host.surroundings.cwd = "/";
  EXPECT_EQ(mounts_on(host, {flag("level", {"permissive"})}), "");
}

}  // namespace
}  // namespace sefaca::testing
