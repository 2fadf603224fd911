#include "core/notify/violations.h"

#include <algorithm>

#include "core/base/text.h"

namespace sefaca {
namespace {

// A socket that was refused as it was made: whither it should have led is not known.
bool is_anonymous(const Violation& v) {
  return v.kind == ViolationKind::network_access_denied && v.attempted_host.empty() &&
         v.address.empty();
}

}  // namespace

bool Violations::is_told_apart_by_program(const Violation& violation) {
  return is_anonymous(violation);
}

std::string Violations::key_of(const Violation& v) {
  const char separator[] = {'\0', '\0'};
  const std::string_view zero(separator, 1);
  return concat(name_of(v.kind), zero, v.blocked ? "b" : "l", zero, v.operation, zero, v.path, zero,
                v.attempted_host, zero, v.address, zero, v.port ? std::to_string(*v.port) : "",
                zero, is_anonymous(v) ? v.program : "");
}

bool Violations::count_again(const Violation& violation) {
  const std::lock_guard lock(mutex_);
  const auto known = index_.find(key_of(violation));
  if (known == index_.end()) return false;
  ++list_[known->second].count;
  return true;
}

bool Violations::add(Violation violation) {
  const std::lock_guard lock(mutex_);
  std::string key = key_of(violation);
  if (const auto known = index_.find(key); known != index_.end()) {
    list_[known->second].count += violation.count;
    return false;
  }
  if (list_.size() < kMostDistinct) {
    index_.emplace(std::move(key), list_.size());
    list_.push_back(std::move(violation));
    return true;
  }
  const auto same = std::find_if(rest_.begin(), rest_.end(), [&](const Violation& other) {
    return other.kind == violation.kind && other.blocked == violation.blocked;
  });
  if (same != rest_.end()) {
    same->count += violation.count;
    return false;
  }
  Violation sum;
  sum.kind = violation.kind;
  sum.blocked = violation.blocked;
  sum.operation = "further denials";
  sum.count = violation.count;
  rest_.push_back(std::move(sum));
  return true;
}

std::vector<Violation> Violations::take() {
  const std::lock_guard lock(mutex_);
  std::vector<Violation> out = std::move(list_);
  // A program that looked a name up and then was refused a socket has one violation, not two.
  const auto named_by = [&](const Violation& anonymous) {
    return std::any_of(out.begin(), out.end(), [&](const Violation& other) {
      return other.kind == ViolationKind::network_access_denied && !is_anonymous(other) &&
             other.program == anonymous.program;
    });
  };
  std::vector<Violation> kept;
  for (const Violation& v : out) {
    if (!is_anonymous(v) || !named_by(v)) kept.push_back(v);
  }
  kept.insert(kept.end(), rest_.begin(), rest_.end());
  list_.clear();
  index_.clear();
  rest_.clear();
  return kept;
}

bool Violations::empty() const {
  const std::lock_guard lock(mutex_);
  return list_.empty();
}

}  // namespace sefaca
