#include "launcher/log_request.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string_view>

#include "core/base/text.h"
#include "core/policy/units.h"
#include "launcher/help_tables.h"
#include "launcher/log_text.h"

namespace sefaca {
namespace {

constexpr std::size_t kShortestId = 8;
constexpr std::uint64_t kWaitMs = 60'000;  // a bare --wait

std::int64_t now_ms() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

// "7d" and "2w" are days and weeks; the other units are those of every duration.
Result<std::int64_t> parse_since(const std::string& text) {
  constexpr std::uint64_t kDayMs = 86'400'000;
  constexpr std::uint64_t kLongest = 1'000'000 * kDayMs;
  if (const auto timestamp = parse_timestamp(text)) return *timestamp;
  std::uint64_t ago = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, ago);
  const std::string_view unit(end, static_cast<std::size_t>(last - end));
  if (error == std::errc() && (unit == "d" || unit == "w") && ago < 1'000'000) {
    ago *= unit == "d" ? kDayMs : 7 * kDayMs;
    return now_ms() - static_cast<std::int64_t>(ago);
  }
  const auto duration = parse_duration(text);
  if (!duration || !*duration || **duration > kLongest) {
    return Error{.what = concat("'", printable(text), "' is neither a duration nor a timestamp"),
                 .where = "--since",
                 .remedy = "90s, 1h, 7d, 2025-07-27 or 2025-07-27T19:30:00Z"};
  }
  return now_ms() - static_cast<std::int64_t>(**duration);
}

Status take_id(LogRequest& request, const std::string& value) {
  const bool good = value.size() >= kShortestId && value.size() <= 36 &&
                    value.find_first_not_of("0123456789abcdef-") == std::string::npos;
  if (!good) {
    return Error{.what = concat("'", printable(value), "' is no id of a record"),
                 .where = "--id",
                 .remedy =
                     "the id of a record, or its first 8 or more characters: "
                     "sefaca log show --json"};
  }
  request.id = value;
  return Done{};
}

Status take_format(LogRequest& request, const std::string& value) {
  constexpr std::string_view kFormats[] = {"markdown", "annotations", "errors", "outputs"};
  if (std::find(std::begin(kFormats), std::end(kFormats), value) == std::end(kFormats))
    return Error{.what = concat("'", printable(value), "' is no format of a summary"),
                 .where = "--format",
                 .remedy = spelling_hint(value, kFormats)};
  request.format = value;
  return Done{};
}

Status take_value(LogRequest& request, const std::string& name, const std::string& value) {
  if (value.empty()) return Error{.what = "a value is missing", .where = name};
  if (name == "--since") {
    SEFACA_TRY(since, parse_since(value));
    request.since_ms = since;
  } else if (name == "--preset") {
    request.preset = value;
  } else if (name == "--format") {
    return take_format(request, value);
  } else if (name == "--id") {
    return take_id(request, value);
  } else if (name == "--log") {
    request.log = value;
  } else if (name == "--wait") {
    const auto wait = parse_duration(value);
    if (!wait || !*wait)
      return Error{.what = concat("'", printable(value), "' is no duration"),
                   .where = name,
                   .remedy = "90s, 5m"};
    request.wait_ms = **wait;
  } else {
    constexpr std::uint64_t kMostLines = 1'000'000;
    const auto lines = parse_count(value);
    if (!lines || !*lines || **lines > kMostLines)
      return Error{.what = concat("'", printable(value), "' is no number of lines"), .where = name};
    request.lines = **lines;
  }
  return Done{};
}

struct Flag {
  std::string_view name;
  bool LogRequest::*field;
};
constexpr Flag kFlags[] = {
    {"--violations", &LogRequest::violations},
    {"--failed", &LogRequest::failed},
    {"--json", &LogRequest::json},
    {"--follow", &LogRequest::follow},
    {"-f", &LogRequest::follow},
    {"--command", &LogRequest::command},
    {"--help", &LogRequest::help},
    {"-h", &LogRequest::help},
};

constexpr std::string_view kWithValue[] = {"--since", "--preset", "--id",     "--log",
                                           "--lines", "--wait",   "--format", "-n"};

// False: there is no such flag.
bool take_flag(LogRequest& request, const std::string& word) {
  for (const Flag& flag : kFlags) {
    if (word != flag.name) continue;
    request.*flag.field = true;
    return true;
  }
  return false;
}

Status check_action(const LogRequest& request) {
  std::vector<std::string_view> actions;
  for (const CommandHelp& action : log_action_table()) actions.push_back(action.name);
  if (std::find(actions.begin(), actions.end(), request.action) == actions.end()) {
    return Error{.what = concat("unknown action '", printable(request.action), "' of 'log'"),
                 .remedy = spelling_hint(request.action, actions)};
  }
  if (request.follow && request.action != "tail")
    return Error{.what = "--follow goes with 'log tail' alone", .remedy = "sefaca log tail -f"};
  if (request.lines && request.action != "tail")
    return Error{.what = "--lines goes with 'log tail' alone", .remedy = "sefaca log tail -n N"};
  if (request.command && request.action != "suggest") {
    return Error{.what = "--command goes with 'log suggest' alone",
                 .remedy = "sefaca log suggest --command"};
  }
  if (!request.format.empty() && request.action != "summary")
    return Error{.what = "--format goes with 'log summary' alone",
                 .remedy = "sefaca log summary --format=markdown"};
  if (request.json && request.action == "summary")
    return Error{.what = "'log summary' has no --json", .remedy = "sefaca log show --json"};
  if (request.wait_ms && request.action != "ship")
    return Error{.what = "--wait goes with 'log ship' alone", .remedy = "sefaca log ship --wait"};
  if (request.action == "ship" && (request.filters() || request.json || !request.log.empty()))
    return Error{.what = "'log ship' sends all that waits, and takes --wait alone",
                 .remedy = "sefaca log ship --wait=5m"};
  return Done{};
}

// The first operand is the action; `last` may follow it.
Status take_operand(LogRequest& request, const std::string& word) {
  if (request.action.empty()) {
    request.action = word;
  } else if (word == "last" && (request.action == "show" || request.action == "suggest")) {
    request.last = true;
  } else {
    return Error{.what = concat("'", printable(word), "' is one word too many"),
                 .remedy = "sefaca log --help"};
  }
  return Done{};
}

Error unknown_option(const std::string& word, const std::string& name) {
  std::vector<std::string_view> known;
  for (const std::string_view with_value : kWithValue) known.push_back(with_value);
  for (const Flag& flag : kFlags) known.push_back(flag.name);
  std::erase_if(known, [](std::string_view option) { return !option.starts_with("--"); });
  return Error{.what = concat("unknown option '", printable(word), "'"),
               .remedy = spelling_hint(name, known)};
}

}  // namespace

bool LogRequest::wants(const Record& record) const {
  return (!since_ms || record.start_ms >= *since_ms) &&
         (!violations || !record.violations.empty()) && (!failed || has_failed(record)) &&
         (!preset || record.preset == *preset) && (!id || record.id.starts_with(*id));
}

Result<LogRequest> read_log_request(std::span<const std::string> words) {
  LogRequest request;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const std::string name = word.substr(0, equals);
    const bool has_value =
        std::find(std::begin(kWithValue), std::end(kWithValue), name) != std::end(kWithValue);
    if (word == "--wait") {
      request.wait_ms = kWaitMs;
    } else if (has_value && equals != std::string::npos) {
      SEFACA_CHECK(take_value(request, name, word.substr(equals + 1)));
    } else if (has_value) {
      SEFACA_CHECK(take_value(request, name, i + 1 < words.size() ? words[i + 1] : ""));
      ++i;
    } else if (word.starts_with('-')) {
      if (!take_flag(request, word)) return unknown_option(word, name);
    } else {
      SEFACA_CHECK(take_operand(request, word));
    }
  }
  if (!request.help && !request.action.empty()) SEFACA_CHECK(check_action(request));
  return request;
}

std::string log_usage() {
  const auto row = [](std::string_view name, std::string_view text) {
    constexpr std::size_t kColumn = 30;
    std::string out = concat("  ", name);
    if (out.size() < kColumn) out.append(kColumn - out.size(), ' ');
    return concat(out, text, "\n");
  };
  std::string out = "Usage: sefaca log ACTION [options]\n\nActions:\n";
  for (const CommandHelp& action : log_action_table()) out += row(action.name, action.summary);
  out += "\nOptions:\n";
  for (const Fact& option : log_option_table()) out += row(option.name, option.meaning);
  return out + "\nExit codes: 0; 1 when there is no record to show; 2 for wrong usage.\n";
}

}  // namespace sefaca
