// Kernel constants that Debian 12's headers (Linux 6.1) do not have yet, under our own names.
// Sources: include/uapi/linux/{landlock,seccomp}.h of Linux 6.12+, and the kernel's
// Documentation/userspace-api/landlock.rst.
#pragma once

#include <cstdint>

namespace sefaca::abi {

// Landlock, by the ABI that brought it.
inline constexpr std::uint64_t kFsExecute = 1ULL << 0;  // ABI 1 …
inline constexpr std::uint64_t kFsWriteFile = 1ULL << 1;
inline constexpr std::uint64_t kFsReadFile = 1ULL << 2;
inline constexpr std::uint64_t kFsReadDir = 1ULL << 3;
inline constexpr std::uint64_t kFsRemoveDir = 1ULL << 4;
inline constexpr std::uint64_t kFsRemoveFile = 1ULL << 5;
inline constexpr std::uint64_t kFsMakeChar = 1ULL << 6;
inline constexpr std::uint64_t kFsMakeDir = 1ULL << 7;
inline constexpr std::uint64_t kFsMakeReg = 1ULL << 8;
inline constexpr std::uint64_t kFsMakeSock = 1ULL << 9;
inline constexpr std::uint64_t kFsMakeFifo = 1ULL << 10;
inline constexpr std::uint64_t kFsMakeBlock = 1ULL << 11;
inline constexpr std::uint64_t kFsMakeSym = 1ULL << 12;
inline constexpr std::uint64_t kFsRefer = 1ULL << 13;     // ABI 2
inline constexpr std::uint64_t kFsTruncate = 1ULL << 14;  // ABI 3
inline constexpr std::uint64_t kFsIoctlDev = 1ULL << 15;  // ABI 5
inline constexpr std::uint64_t kNetBindTcp = 1ULL << 0;   // ABI 4
inline constexpr std::uint64_t kNetConnectTcp = 1ULL << 1;
inline constexpr std::uint64_t kScopeAbstractUnixSocket = 1ULL << 0;  // ABI 6
inline constexpr std::uint64_t kScopeSignal = 1ULL << 1;

inline constexpr std::uint32_t kLandlockCreateRulesetVersion = 1U << 0;
inline constexpr std::uint32_t kLandlockRulePathBeneath = 1;

// Seccomp user notification: SECCOMP_IOCTL_NOTIF_SET_FLAGS and its flag (Linux 6.6).
inline constexpr unsigned long kNotifySetFlags = 0x40082104;  // _IOW('!', 4, __u64)
inline constexpr std::uint64_t kNotifySyncWakeUp = 1ULL << 0;
// pidfd_open(2): for a thread that leads no group (Linux 6.9).
inline constexpr unsigned kPidfdThread = 0200;  // O_EXCL

struct LandlockRulesetAttr {
  std::uint64_t handled_access_fs;
  std::uint64_t handled_access_net;
  std::uint64_t scoped;
};
struct [[gnu::packed]] LandlockPathBeneathAttr {
  std::uint64_t allowed_access;
  std::int32_t parent_fd;
};

}  // namespace sefaca::abi
