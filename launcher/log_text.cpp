// How records of the log are shown to a person, and what they add up to.
#include "launcher/log_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::size_t kLongestCommand = 200;  // bytes shown; --json has all
constexpr std::size_t kMostDenials = 10;

template <class... Values>
std::string format(const char* pattern, Values... values) {
  std::array<char, 128> buffer{};
  static_cast<void>(std::snprintf(buffer.data(), buffer.size(), pattern, values...));
  return buffer.data();
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}
std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string command_text(const Record& record) {
  // A shell line is shown as it was given.
  const auto& words = record.command;
  const bool shell_line = words.size() == 3 && words[0] == "/bin/sh" && words[1] == "-c";
  return cut_to(printable(shell_line ? words[2] : shell_join(words)), kLongestCommand);
}

std::string limit_text(const Violation& violation, std::uint64_t value) {
  if (violation.kind == ViolationKind::memory_limit_exceeded) return bytes_text(value);
  if (violation.kind == ViolationKind::timeout_exceeded) return duration_text(value);
  return number(value);
}

std::string violation_text(const Violation& violation) {
  std::string out =
      concat("    ", violation.blocked ? "blocked " : "logged  ", name_of(violation.kind));
  const std::string subject = violation_subject(violation);
  if (!subject.empty()) out += concat("  ", printable(subject));
  std::string details;
  const auto add = [&](const std::string& detail) {
    details += concat(details.empty() ? "" : ", ", detail);
  };
  if (!violation.operation.empty() && violation.operation != subject)
    add(printable(violation.operation));
  if (!violation.program.empty()) add("by " + printable(violation.program));
  if (violation.limit) add("limit " + limit_text(violation, *violation.limit));
  if (violation.peak) add("reached " + limit_text(violation, *violation.peak));
  if (violation.count > 1) add(number(violation.count) + " times");
  if (!details.empty()) out += concat(" (", details, ")");
  out += '\n';
  if (!violation.suggestion.empty()) out += concat("      ", printable(violation.suggestion), "\n");
  return out;
}

std::uint64_t quantile(const std::vector<std::uint64_t>& sorted, std::size_t percent) {
  return sorted.empty() ? 0 : sorted[(sorted.size() - 1) * percent / 100];
}

std::string line(const std::string& name, const std::string& text) {
  constexpr std::size_t kNameColumn = 14;
  return concat(padded(name, kNameColumn), text, "\n");
}

}  // namespace

std::string duration_text(std::uint64_t ms) {
  const auto seconds = static_cast<unsigned long long>(ms / 1000);
  if (ms < 1000) return format("%llums", static_cast<unsigned long long>(ms));
  if (seconds < 60)
    return format("%llu.%llus", seconds, static_cast<unsigned long long>(ms % 1000 / 100));
  if (seconds < 3600) return format("%llum%02llus", seconds / 60, seconds % 60);
  return format("%lluh%02llum", seconds / 3600, seconds / 60 % 60);
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"", "k", "m", "g", "t"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? number(bytes) : format("%.1f%s", value, kUnits.at(unit));
}

std::string result_text(const Record& record) {
  if (!record.outcome) return "-";
  for (const Violation& violation : record.violations) {
    if (violation.kind == ViolationKind::timeout_exceeded) return "timed out";
    if (violation.kind == ViolationKind::memory_limit_exceeded) return "memory";
  }
  if (!record.outcome->exit_code) return printable(record.outcome->signal);
  return *record.outcome->exit_code == 0 ? "ok" : format("exit %d", *record.outcome->exit_code);
}

bool has_failed(const Record& record) {
  return record.outcome && record.outcome->exit_code != std::optional<int>(0);
}

std::string violation_subject(const Violation& violation) {
  const std::string port = violation.port ? format(":%u", unsigned{*violation.port}) : "";
  if (!violation.attempted_host.empty()) return violation.attempted_host + port;
  if (!violation.path.empty()) return violation.path;
  if (!violation.address.empty()) {
    const bool is_v6 = violation.address.find(':') != std::string::npos && !port.empty();
    return is_v6 ? concat("[", violation.address, "]", port) : violation.address + port;
  }
  return violation.operation;
}

std::string record_text(const Record& record) {
  const bool ended = record.outcome.has_value();
  std::string out =
      concat(format_timestamp(record.start_ms), "  ", padded(result_text(record), 9), " ",
             right(ended ? duration_text(record.outcome->duration_ms) : "-", 7), " ",
             right(ended ? bytes_text(record.outcome->max_memory_bytes) : "-", 7), "  ",
             padded(printable(record.preset.empty() ? record.level : record.preset), 10), "  ",
             command_text(record), "\n");
  for (const Violation& violation : record.violations) out += violation_text(violation);
  return out;
}

void LogStatistics::add(const Record& record) {
  first_ms_ = runs_ == 0 ? record.start_ms : std::min(first_ms_, record.start_ms);
  last_ms_ = runs_ == 0 ? record.start_ms : std::max(last_ms_, record.start_ms);
  ++runs_;
  ++presets_[record.preset];
  if (has_failed(record)) ++failed_;
  if (!record.violations.empty()) ++with_violations_;
  if (record.outcome) {
    const auto keep_larger = [&](Extreme& extreme, std::uint64_t value) {
      if (value > extreme.value) extreme = {value, command_text(record)};
    };
    time_ms_ += record.outcome->duration_ms;
    cpu_time_ms_ += record.outcome->cpu_time_ms;
    peaks_.push_back(record.outcome->max_memory_bytes);
    keep_larger(longest_, record.outcome->duration_ms);
    keep_larger(largest_, record.outcome->max_memory_bytes);
  } else {
    ++without_result_;
  }
  for (const Violation& violation : record.violations) {
    Denial& denial = denials_[{name_of(violation.kind), violation_subject(violation)}];
    denial.count += violation.count;
    ++denial.runs;
    if (!violation.suggestion.empty()) denial.suggestion = violation.suggestion;
  }
}

std::vector<std::pair<LogStatistics::Subject, LogStatistics::Denial>> LogStatistics::most_frequent()
    const {
  std::vector<std::pair<Subject, Denial>> out(denials_.begin(), denials_.end());
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  if (out.size() > kMostDenials) out.resize(kMostDenials);
  return out;
}

std::string LogStatistics::text() const {
  std::vector<std::uint64_t> peaks = peaks_;
  std::sort(peaks.begin(), peaks.end());
  std::string out = line(
      "runs", concat(number(runs_), " (", number(failed_), " failed, ", number(with_violations_),
                     " with violations, ", number(without_result_), " without a result)"));
  out += line("period", concat(format_timestamp(first_ms_), " to ", format_timestamp(last_ms_)));
  out += line("time", concat(duration_text(time_ms_), " in all, longest ",
                             duration_text(longest_.value), "  ", longest_.command));
  out += line("cpu time", duration_text(cpu_time_ms_));
  out += line("memory peak", concat("median ", bytes_text(quantile(peaks, 50)), ", 95 % below ",
                                    bytes_text(quantile(peaks, 95)), ", largest ",
                                    bytes_text(largest_.value), "  ", largest_.command));
  std::string presets;
  for (const auto& [name, count] : presets_) {
    presets += concat(presets.empty() ? "" : ", ", name.empty() ? "none" : printable(name), " ",
                      number(count));
  }
  out += line("presets", presets);
  if (denials_.empty()) return out;
  out += "\nMost frequent denials:\n";
  for (const auto& [subject, denial] : most_frequent()) {
    const std::string about = subject.second.empty() ? "" : "  " + printable(subject.second);
    out += concat(right(number(denial.count), 7), "  ", subject.first, about, " (",
                  number(denial.runs), denial.runs == 1 ? " run)\n" : " runs)\n");
    if (!denial.suggestion.empty()) out += concat("         ", printable(denial.suggestion), "\n");
  }
  return out;
}

std::string LogStatistics::json() const {
  using Json = nlohmann::ordered_json;
  std::vector<std::uint64_t> peaks = peaks_;
  std::sort(peaks.begin(), peaks.end());
  Json presets = Json::object();
  for (const auto& [name, count] : presets_) presets[name.empty() ? "none" : name] = count;
  Json denials = Json::array();
  for (const auto& [subject, denial] : most_frequent()) {
    denials.push_back(
        {{"violation", subject.first},
         {"subject", subject.second},
         {"count", denial.count},
         {"runs", denial.runs},
         {"suggestion", denial.suggestion.empty() ? Json() : Json(denial.suggestion)}});
  }
  const Json out = {{"runs", runs_},
                    {"failed", failed_},
                    {"with_violations", with_violations_},
                    {"without_result", without_result_},
                    {"first", format_timestamp(first_ms_)},
                    {"last", format_timestamp(last_ms_)},
                    {"duration_ms", time_ms_},
                    {"cpu_time_ms", cpu_time_ms_},
                    {"longest_ms", longest_.value},
                    {"max_memory",
                     {{"median", quantile(peaks, 50)},
                      {"p95", quantile(peaks, 95)},
                      {"largest", largest_.value}}},
                    {"presets", presets},
                    {"denials", denials}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sefaca
