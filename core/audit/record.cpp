// to_json(): a record, or one violation, as one line of JSON. docs/log-format.md says what each
// field is.
#include "core/audit/record.h"

#include <array>
#include <cstddef>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/audit/bytes.h"
#include "core/audit/redact.h"
#include "core/policy/units.h"

namespace sefaca {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

// Seconds as a decimal: 45200 -> "45.2", 120000 -> "120.0", or "120" with no `least_decimals`.
std::string seconds(std::uint64_t milliseconds, std::size_t least_decimals) {
  std::array<char, 32> buffer{};
  static_cast<void>(std::snprintf(buffer.data(), buffer.size(), "%llu.%03llu",
                                  static_cast<unsigned long long>(milliseconds / 1000),
                                  static_cast<unsigned long long>(milliseconds % 1000)));
  std::string out = buffer.data();
  std::size_t decimals = 3;
  while (decimals > least_decimals && out.back() == '0') {
    out.pop_back();
    --decimals;
  }
  if (decimals == 0) out.pop_back();
  return out;
}

// A limit in seconds or bytes, whatever unit a person wrote it in; null when it is unset.
Json timeout_field(const std::string& text) {
  if (text.empty()) return nullptr;
  const auto parsed = parse_duration(text);
  if (!parsed) return text;
  return parsed.value() ? Json(seconds(*parsed.value(), 0)) : Json(nullptr);
}
Json memory_field(const std::string& text) {
  if (text.empty()) return nullptr;
  const auto parsed = parse_bytes(text);
  if (!parsed) return text;
  return parsed.value() ? Json(std::to_string(*parsed.value())) : Json(nullptr);
}

Json violation_object(const Violation& violation, std::span<const std::string> secrets) {
  const auto safe = [&](const std::string& text) { return redact_text(text, secrets); };
  Json out;
  out["violation"] = name_of(violation.kind);
  out["attempted_host"] = text_or_null(safe(violation.attempted_host));
  out["action"] = violation.blocked ? "blocked" : "logged";
  out["suggestion"] = text_or_null(safe(violation.suggestion));
  if (!violation.path.empty()) out["path"] = safe(violation.path);
  if (!violation.operation.empty()) out["operation"] = violation.operation;
  if (violation.port) out["port"] = *violation.port;
  if (!violation.address.empty()) out["address"] = safe(violation.address);
  if (violation.pid) out["pid"] = *violation.pid;
  if (!violation.program.empty()) out["program"] = safe(violation.program);
  out["count"] = violation.count;
  if (violation.limit) out["limit"] = *violation.limit;
  if (violation.peak) out["peak"] = *violation.peak;
  return out;
}

Json resources_object(const std::optional<Record::Outcome>& outcome) {
  Json out;
  out["max_memory"] = outcome ? Json(std::to_string(outcome->max_memory_bytes)) : Json(nullptr);
  out["cpu_time"] = outcome ? Json(seconds(outcome->cpu_time_ms, 1)) : Json(nullptr);
  return out;
}

Json result_object(const std::optional<Record::Outcome>& outcome) {
  if (!outcome) return nullptr;
  Json out;
  out["exit_code"] = outcome->exit_code ? Json(*outcome->exit_code) : Json(nullptr);
  out["duration"] = seconds(outcome->duration_ms, 1);
  out["signal"] = text_or_null(outcome->signal);
  return out;
}

Json gap_objects(const std::vector<Gap>& gaps, std::span<const std::string> secrets) {
  Json out = Json::array();
  for (const Gap& gap : gaps) {
    Json one;
    one["what"] = gap.what;
    one["effect"] = gap.effect == Gap::Effect::narrower ? "narrower" : "weaker";
    one["why"] = redact_text(gap.why, secrets);
    one["remedy"] = text_or_null(redact_text(gap.remedy, secrets));
    if (!gap.instead.empty()) one["instead"] = gap.instead;
    out.push_back(std::move(one));
  }
  return out;
}

Json map_object(const std::map<std::string, std::string>& map,
                std::span<const std::string> secrets) {
  Json out = Json::object();
  for (const auto& [key, value] : map) out[replace_invalid_utf8(key)] = redact_text(value, secrets);
  return out;
}

// JSON holds only UTF-8: strings with other bytes get replacement characters, and `raw` their bytes
// by JSON Pointer. Keys of ours need no escape in a pointer but '~' and '/'.
void make_utf8(Json& value, const std::string& pointer, Json& raw) {
  if (value.is_string()) {
    auto& text = value.get_ref<std::string&>();
    if (is_utf8(text)) return;
    raw[pointer] = to_base64(text);
    text = replace_invalid_utf8(text);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      make_utf8(value[i], pointer + '/' + std::to_string(i), raw);
  } else if (value.is_object()) {
    for (auto& [key, member] : value.items()) {
      std::string step = "/";
      for (const char c : key) step += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
      make_utf8(member, pointer + step, raw);
    }
  }
}

Json fixed_part(const Record& record) {
  const std::span<const std::string> secrets = record.secret_values;
  Json out;
  out["timestamp"] = format_timestamp(record.start_ms);
  out["pid"] = nullptr;
  out["user"] = record.user;
  out["command"] = redact_words(record.command, secrets);
  Json& config = out["config"];
  config["level"] = record.level;
  config["network"] = record.network;
  config["timeout"] = timeout_field(record.timeout);
  config["memory"] = memory_field(record.memory);
  out["resources"] = nullptr;
  out["result"] = nullptr;
  out["violations"] = Json::array();
  out["id"] = record.id;
  out["parent"] = text_or_null(record.parent);
  out["cwd"] = redact_text(record.cwd, secrets);
  out["door"] = record.door;
  out["target"] = text_or_null(redact_text(record.target, secrets));
  out["preset"] = text_or_null(record.preset);
  out["backend"] = record.backend;
  out["enforced"] = map_object(record.enforced, secrets);
  out["not_enforced"] = gap_objects(record.not_enforced, secrets);
  out["withheld_env"] = record.withheld_env;
  out["origins"] = map_object(record.origins, secrets);
  return out;
}

}  // namespace

std::string to_json(const Violation& violation, std::span<const std::string> secret_values) {
  Json value = violation_object(violation, secret_values);
  Json raw = Json::object();
  make_utf8(value, "", raw);
  if (!raw.empty()) value["raw"] = std::move(raw);
  return value.dump();
}

struct RecordDraft::Parts {
  Json line;
  Json raw = Json::object();
};

RecordDraft::RecordDraft(const Record& record) : parts_(std::make_unique<Parts>()) {
  parts_->line = fixed_part(record);
  make_utf8(parts_->line, "", parts_->raw);
}
RecordDraft::RecordDraft(RecordDraft&&) noexcept = default;
RecordDraft& RecordDraft::operator=(RecordDraft&&) noexcept = default;
RecordDraft::~RecordDraft() = default;

std::string RecordDraft::finish(const Record& record) && {
  Json& line = parts_->line;
  line["pid"] = record.pid;
  line["resources"] = resources_object(record.outcome);
  line["result"] = result_object(record.outcome);
  Json& violations = line["violations"];
  for (const Violation& violation : record.violations)
    violations.push_back(violation_object(violation, record.secret_values));
  make_utf8(violations, "/violations", parts_->raw);
  if (!parts_->raw.empty()) line["raw"] = std::move(parts_->raw);
  return line.dump();
}

std::string to_json(const Record& record) {
  return RecordDraft(record).finish(record);
}

}  // namespace sefaca
