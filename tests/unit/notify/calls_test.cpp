// The table of notified calls and the filters agree: what is asked has a shape, and its operation.
#include "core/notify/calls.h"

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <string>

#include "core/enforce/filters/evaluate.h"
#include "core/enforce/filters/filters.h"

namespace sefaca {
namespace {

TEST(Calls, EachNotifiedCallThatIsNotRefusedHasAShape) {
#if defined(__x86_64__)
  constexpr std::uint32_t kArch = AUDIT_ARCH_X86_64;
#else
  constexpr std::uint32_t kArch = AUDIT_ARCH_AARCH64;
#endif
  const FilterSpec spec{.sockets = SocketCalls::open, .notify = Notify::full};
  int asked = 0;
  for (int number = 0; number <= 462; ++number) {
    seccomp_data data{};
    data.nr = number;
    data.arch = kArch;
    const bool notified = evaluate_filter(filter_for(spec), data) == SECCOMP_RET_USER_NOTIF;
    const bool passes =
        evaluate_filter(filter_for(spec.without_listener()), data) == SECCOMP_RET_ALLOW;
    if (!notified || !passes) continue;
    ++asked;
    EXPECT_NE(call_shape(number), nullptr) << number;
  }
  EXPECT_GT(asked, 25);
}

TEST(Calls, WhatIsNotInTheTableHasNoShape) {
  EXPECT_EQ(call_shape(SYS_read), nullptr);
  EXPECT_EQ(call_shape(-1), nullptr);
  EXPECT_EQ(call_shape(1 << 20), nullptr);
  ASSERT_NE(call_shape(SYS_openat), nullptr);
  EXPECT_STREQ(call_shape(SYS_openat)->operation, "open");
  EXPECT_STREQ(call_shape(SYS_renameat2)->operation, "rename");
}

}  // namespace
}  // namespace sefaca
