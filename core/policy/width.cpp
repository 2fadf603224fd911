// The order of values, from narrow to wide, for each type of key.
#include "core/policy/width.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "core/policy/units.h"

namespace sefaca {
namespace {

// Enumerated values from narrow to wide.
std::span<const std::string_view> order_of(const Key& key) {
  static constexpr std::string_view kLevels[] = {"strict", "default", "permissive"};
  static constexpr std::string_view kNetworks[] = {"deny", "localhost", "host-loopback", "allow"};
  static constexpr std::string_view kReads[] = {"listed", "all"};
  static constexpr std::string_view kTmps[] = {"private", "host"};
  static constexpr std::string_view kOnUnavailable[] = {"fail", "warn"};
  static constexpr std::string_view kReports[] = {"full", "summary", "off"};
  static constexpr std::string_view kFlags[] = {"false", "true"};
  static constexpr std::string_view kReversedFlags[] = {"true", "false"};
  switch (key.type) {
    case KeyType::level:
      return kLevels;
    case KeyType::network:
      return kNetworks;
    case KeyType::read_scope:
      return kReads;
    case KeyType::tmp:
      return kTmps;
    case KeyType::on_unavailable:
      return kOnUnavailable;
    case KeyType::report:
      return kReports;
    // An empty environment is narrower; every other flag permits something.
    case KeyType::flag:
      if (key.name == "clean_env") return kReversedFlags;
      return kFlags;
    default:
      return {};
  }
}

std::uint64_t number(const Result<std::optional<std::uint64_t>>& parsed) {
  constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();
  return parsed ? (*parsed).value_or(kUnlimited) : kUnlimited;
}

}  // namespace

bool is_wider(const Key& key, std::string_view value, std::string_view bound) {
  switch (key.type) {
    case KeyType::duration:
      return number(parse_duration(value)) > number(parse_duration(bound));
    case KeyType::bytes:
      return number(parse_bytes(value)) > number(parse_bytes(bound));
    case KeyType::count:
      return number(parse_count(value)) > number(parse_count(bound));
    default:
      break;
  }
  const auto order = order_of(key);
  if (order.empty()) return value != bound;
  return std::find(order.begin(), order.end(), value) >
         std::find(order.begin(), order.end(), bound);
}

}  // namespace sefaca
