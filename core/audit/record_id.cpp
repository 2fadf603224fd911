// new_record_id(): a UUID of version 7 from the clock and getrandom.
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <ctime>

#include "core/audit/record.h"

namespace sefaca {
namespace {

std::uint64_t random_bits(const timespec& now) {
  std::uint64_t bits = 0;
  if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) == sizeof bits) return bits;
  // Only before the kernel's pool is ready: the clock and the pid, spread by a multiplication.
  bits = (static_cast<std::uint64_t>(now.tv_nsec) << 32) ^ static_cast<std::uint64_t>(getpid());
  return bits * 0x9E3779B97F4A7C15U;
}

}  // namespace

std::string new_record_id() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  const auto nanoseconds = static_cast<std::uint64_t>(now.tv_nsec);
  const std::uint64_t milliseconds =
      static_cast<std::uint64_t>(now.tv_sec) * 1000 + nanoseconds / 1'000'000;
  // 12 bits of the millisecond's fraction: ids of one host sort as they were made.
  const std::uint64_t fraction = nanoseconds % 1'000'000 * 4096 / 1'000'000;
  const std::uint64_t high = milliseconds << 16 | 0x7000U | fraction;
  const std::uint64_t low = (random_bits(now) >> 2) | (std::uint64_t{1} << 63);

  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    const std::uint64_t half = i < 16 ? high : low;
    out += kDigits[half >> (60 - 4 * (i % 16)) & 0xF];
  }
  return out;
}

}  // namespace sefaca
