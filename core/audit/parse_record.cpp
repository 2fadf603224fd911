// parse_record(): a line of the log back to a record. The line may be anything: it is checked
// field by field, and what is missing keeps its default.
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/audit/bytes.h"
#include "core/audit/record.h"

namespace sefaca {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDeepest = 8;  // a record nests four deep

const Json* member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::string text_of(const Json& object, const char* name) {
  const Json* value = member(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

template <class Integer>
std::optional<Integer> number_of(const Json& object, const char* name) {
  const Json* value = member(object, name);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  if (value->is_number_unsigned()) {
    const auto number = value->get<std::uint64_t>();
    if (!std::in_range<Integer>(number)) return std::nullopt;
    return static_cast<Integer>(number);
  }
  const auto number = value->get<std::int64_t>();
  if (!std::in_range<Integer>(number)) return std::nullopt;
  return static_cast<Integer>(number);
}

std::uint64_t bytes_of(const std::string& text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? out : 0;
}

// "45.2" -> 45200.
std::uint64_t milliseconds_of(const std::string& text) {
  constexpr double kMost = 1e15;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return 0;
  if (!(seconds > 0) || seconds > kMost) return 0;
  return static_cast<std::uint64_t>(std::llround(seconds * 1000));
}

std::vector<std::string> texts_of(const Json& object, const char* name) {
  std::vector<std::string> out;
  const Json* value = member(object, name);
  if (value == nullptr || !value->is_array()) return out;
  for (const Json& item : *value)
    if (item.is_string()) out.push_back(item.get<std::string>());
  return out;
}

std::map<std::string, std::string> map_of(const Json& object, const char* name) {
  std::map<std::string, std::string> out;
  const Json* value = member(object, name);
  if (value == nullptr || !value->is_object()) return out;
  for (const auto& [key, item] : value->items())
    if (item.is_string()) out.emplace(key, item.get<std::string>());
  return out;
}

std::optional<Record::Outcome> outcome_of(const Json& object) {
  const Json* result = member(object, "result");
  if (result == nullptr || !result->is_object()) return std::nullopt;
  Record::Outcome out;
  out.exit_code = number_of<int>(*result, "exit_code");
  out.signal = text_of(*result, "signal");
  out.duration_ms = milliseconds_of(text_of(*result, "duration"));
  if (const Json* resources = member(object, "resources"); resources != nullptr) {
    out.cpu_time_ms = milliseconds_of(text_of(*resources, "cpu_time"));
    out.max_memory_bytes = bytes_of(text_of(*resources, "max_memory"));
  }
  return out;
}

std::vector<Gap> gaps_of(const Json& object) {
  std::vector<Gap> out;
  const Json* value = member(object, "not_enforced");
  if (value == nullptr || !value->is_array()) return out;
  for (const Json& item : *value) {
    Gap gap;
    if (text_of(item, "effect") == "narrower") gap.effect = Gap::Effect::narrower;
    gap.what = text_of(item, "what");
    gap.why = text_of(item, "why");
    gap.remedy = text_of(item, "remedy");
    gap.instead = text_of(item, "instead");
    out.push_back(std::move(gap));
  }
  return out;
}

std::vector<Violation> violations_of(const Json& object) {
  std::vector<Violation> out;
  const Json* value = member(object, "violations");
  if (value == nullptr || !value->is_array()) return out;
  for (const Json& item : *value) {
    const auto kind = violation_kind(text_of(item, "violation"));
    if (!kind) continue;
    Violation violation;
    violation.kind = *kind;
    violation.blocked = text_of(item, "action") != "logged";
    violation.suggestion = text_of(item, "suggestion");
    violation.attempted_host = text_of(item, "attempted_host");
    violation.path = text_of(item, "path");
    violation.operation = text_of(item, "operation");
    violation.address = text_of(item, "address");
    violation.port = number_of<std::uint16_t>(item, "port");
    violation.pid = number_of<pid_t>(item, "pid");
    violation.program = text_of(item, "program");
    violation.count = number_of<std::uint64_t>(item, "count").value_or(1);
    violation.limit = number_of<std::uint64_t>(item, "limit");
    violation.peak = number_of<std::uint64_t>(item, "peak");
    out.push_back(std::move(violation));
  }
  return out;
}

// Puts the exact bytes back into the strings that `raw` names.
void restore_bytes(Json& object) {
  const Json* raw = member(object, "raw");
  if (raw == nullptr || !raw->is_object()) return;
  const Json names = *raw;
  for (const auto& [pointer, text] : names.items()) {
    if (!text.is_string()) continue;
    const auto bytes = from_base64(text.get_ref<const std::string&>());
    if (!bytes) continue;
    try {
      Json& place = object.at(Json::json_pointer(pointer));
      if (place.is_string()) place = *bytes;
    } catch (const Json::exception&) {
      continue;  // names nothing: the replacement characters stay
    }
  }
}

// An object, no deeper than a record can be, or nothing.
Json parse_object(std::string_view line) {
  bool too_deep = false;
  const auto watch_depth = [&](int depth, Json::parse_event_t event, Json&) {
    const bool opens =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (opens && depth >= static_cast<int>(kDeepest)) too_deep = true;
    return !too_deep;
  };
  Json out = Json::parse(line.begin(), line.end(), watch_depth, /*allow_exceptions=*/false);
  return too_deep || !out.is_object() ? Json() : out;
}

}  // namespace

std::optional<Record> parse_record(std::string_view line) {
  Json object = parse_object(line);
  const auto start = parse_timestamp(text_of(object, "timestamp"));
  if (!start || member(object, "command") == nullptr) return std::nullopt;
  restore_bytes(object);

  Record out;
  out.id = text_of(object, "id");
  out.start_ms = *start;
  out.pid = number_of<pid_t>(object, "pid").value_or(0);
  out.user = text_of(object, "user");
  out.cwd = text_of(object, "cwd");
  out.command = texts_of(object, "command");
  out.door = text_of(object, "door");
  out.target = text_of(object, "target");
  out.parent = text_of(object, "parent");
  out.preset = text_of(object, "preset");
  out.backend = text_of(object, "backend");
  if (const Json* config = member(object, "config"); config != nullptr) {
    out.level = text_of(*config, "level");
    out.network = text_of(*config, "network");
    out.timeout = text_of(*config, "timeout");
    out.memory = text_of(*config, "memory");
  }
  out.enforced = map_of(object, "enforced");
  out.not_enforced = gaps_of(object);
  out.withheld_env = texts_of(object, "withheld_env");
  out.origins = map_of(object, "origins");
  out.outcome = outcome_of(object);
  out.violations = violations_of(object);
  return out;
}

}  // namespace sefaca
