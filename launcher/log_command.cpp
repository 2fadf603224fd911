// The words after `log`: which records, and what is done with them.
#include "launcher/log_command.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <deque>
#include <optional>

#include "core/audit/log_file.h"
#include "core/audit/reader.h"
#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/configuration.h"
#include "core/policy/builder.h"
#include "core/policy/units.h"
#include "launcher/diagnostics.h"
#include "launcher/log_text.h"

namespace sefaca {
namespace {

constexpr int kGood = 0;
constexpr int kNegative = 1;
constexpr int kWrongUsage = 2;
constexpr std::uint64_t kLinesOfTail = 10;

constexpr const char* kUsage =
    "Usage: sefaca log ACTION [options]\n"
    "\n"
    "Actions:\n"
    "  show    the records, oldest first\n"
    "  tail    the last records; -f: and those that come, until interrupted\n"
    "  stats   runs, time, memory peaks, most frequent denials\n"
    "\n"
    "Which records:\n"
    "  --since=DURATION|TIMESTAMP  not older: 90s, 1h, 7d, 2025-07-27, 2025-07-27T19:30:00Z\n"
    "  --violations                with violations only\n"
    "  --failed                    that ended with another code than 0, or of a signal\n"
    "  --preset=NAME               of that preset\n"
    "  --log=FILE                  of that log, in the default one's place\n"
    "\n"
    "How:\n"
    "  --json                      as they stand in the log, one a line\n"
    "  -n N, --lines=N             tail: how many (10)\n"
    "  -f, --follow                tail: go on\n"
    "\n"
    "Exit codes: 0; 1 when there is no record to show; 2 for wrong usage.\n";

std::int64_t now_ms() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

struct LogRequest {
  std::string action;
  std::optional<std::int64_t> since_ms;  // Unix time
  bool violations = false;
  bool failed = false;
  bool json = false;
  bool follow = false;
  bool help = false;
  std::uint64_t lines = kLinesOfTail;
  std::optional<std::string> preset;
  std::string log;  // as given

  [[nodiscard]] bool wants(const Record& record) const {
    return (!since_ms || record.start_ms >= *since_ms) &&
           (!violations || !record.violations.empty()) && (!failed || has_failed(record)) &&
           (!preset || record.preset == *preset);
  }
};

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

Status take_value(LogRequest& request, const std::string& name, const std::string& value) {
  if (value.empty()) return Error{.what = "a value is missing", .where = name};
  if (name == "--since") {
    SEFACA_TRY(since, parse_since(value));
    request.since_ms = since;
  } else if (name == "--preset") {
    request.preset = value;
  } else if (name == "--log") {
    request.log = value;
  } else {
    constexpr std::uint64_t kMostLines = 1'000'000;
    const auto lines = parse_count(value);
    if (!lines || !*lines || **lines > kMostLines)
      return Error{.what = concat("'", printable(value), "' is no number of lines"), .where = name};
    request.lines = **lines;
  }
  return Done{};
}

// False: there is no such flag.
bool take_flag(LogRequest& request, const std::string& word) {
  if (word == "--violations") {
    request.violations = true;
  } else if (word == "--failed") {
    request.failed = true;
  } else if (word == "--json") {
    request.json = true;
  } else if (word == "--follow" || word == "-f") {
    request.follow = true;
  } else if (word == "--help" || word == "-h") {
    request.help = true;
  } else {
    return false;
  }
  return true;
}

Status check_action(const LogRequest& request) {
  constexpr std::string_view kActions[] = {"show", "tail", "stats"};
  if (request.action == "suggest" || request.action == "ship") {
    return Error{.what = concat("'log ", request.action, "' is not supported in this build"),
                 .remedy = "sefaca log show --violations"};
  }
  if (std::find(std::begin(kActions), std::end(kActions), request.action) == std::end(kActions)) {
    return Error{.what = concat("unknown action '", printable(request.action), "' of 'log'"),
                 .remedy = spelling_hint(request.action, kActions)};
  }
  if (request.follow && request.action != "tail")
    return Error{.what = "--follow goes with 'log tail' alone", .remedy = "sefaca log tail -f"};
  return Done{};
}

Result<LogRequest> read_request(std::span<const std::string> words) {
  constexpr std::string_view kWithValue[] = {"--since", "--preset", "--log", "--lines", "-n"};
  constexpr std::string_view kKnown[] = {"--since", "--preset",     "--log",
                                         "--lines", "--violations", "--failed",
                                         "--json",  "--follow",     "--help"};
  LogRequest request;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const std::string name = word.substr(0, equals);
    const bool has_value =
        std::find(std::begin(kWithValue), std::end(kWithValue), name) != std::end(kWithValue);
    if (has_value && equals != std::string::npos) {
      SEFACA_CHECK(take_value(request, name, word.substr(equals + 1)));
    } else if (has_value) {
      SEFACA_CHECK(take_value(request, name, i + 1 < words.size() ? words[i + 1] : ""));
      ++i;
    } else if (word.starts_with('-')) {
      if (take_flag(request, word)) continue;
      return Error{.what = concat("unknown option '", printable(word), "'"),
                   .remedy = spelling_hint(name, kKnown)};
    } else if (request.action.empty()) {
      request.action = word;
    } else {
      return Error{.what = concat("'", printable(word), "' is one word too many"),
                   .remedy = "sefaca log --help"};
    }
  }
  if (!request.help && !request.action.empty()) SEFACA_CHECK(check_action(request));
  return request;
}

// The log that a run here would write to.
Result<std::string> place_of_log(const LogRequest& request, const Surroundings& surroundings) {
  if (!request.log.empty()) return absolute_path(request.log, surroundings.cwd);
  SEFACA_TRY(layers, load_layers(surroundings, std::nullopt));
  PolicyBuilder builder(surroundings);
  for (auto& preset : layers.presets) builder.define(std::move(preset));
  for (auto& assignment : layers.assignments) builder.set(std::move(assignment));
  for (auto& bound : layers.bounds) builder.enforce(std::move(bound));
  SEFACA_TRY(policy, builder.build(Command{.argv = {"true"}}));
  return log_path(policy, surroundings);
}

class LogCommand {
 public:
  LogCommand(LogRequest request, const Surroundings& surroundings, FILE* out, FILE* err)
      : request_(std::move(request)), surroundings_(surroundings), out_(out), err_(err) {}

  int run() {
    auto path = place_of_log(request_, surroundings_);
    if (!path) return fail(path.errors(), kWrongUsage);
    if (path->empty()) {
      return fail({Error{.what = "there is no home directory, and so no log",
                         .remedy = "name one with --log=FILE"}},
                  kNegative);
    }
    auto reader = LogReader::open(*path);
    while (!reader && request_.follow && reader.error().errno_value == ENOENT && pause())
      reader = LogReader::open(*path);
    if (!reader) {
      if (reader.error().errno_value != ENOENT) return fail(reader.errors(), kNegative);
      return fail({Error{.what = concat("there is no log at '", printable(*path), "' yet"),
                         .remedy = "name another with --log=FILE"}},
                  kNegative);
    }
    const std::uint64_t shown = request_.action == "stats"  ? statistics(*reader)
                                : request_.action == "tail" ? tail(*reader)
                                                            : show(*reader);
    static_cast<void>(std::fflush(out_));
    if (reader->torn_lines() > 0) {
      const bool one = reader->torn_lines() == 1;
      print_note(err_,
                 concat(std::to_string(reader->torn_lines()), one ? " line of '" : " lines of '",
                        printable(*path),
                        one ? "' is no record and was passed over"
                            : "' are no records and were passed over"),
                 use_colour(err_, surroundings_));
    }
    if (shown > 0) return kGood;
    print_note(err_, concat("no record in '", printable(*path), "' fits"),
               use_colour(err_, surroundings_));
    return kNegative;
  }

 private:
  int fail(const Errors& errors, int code) const {
    print_errors(err_, errors, use_colour(err_, surroundings_));
    return code;
  }

  // False when there is nobody left to print for.
  bool pause() const {
    constexpr timespec kPause{0, 200'000'000};
    static_cast<void>(std::fflush(out_));
    nanosleep(&kPause, nullptr);
    return std::ferror(out_) == 0;
  }

  void print(const StoredRecord& stored) const {
    const std::string text = request_.json ? stored.line + "\n" : record_text(stored.record);
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), out_));
  }

  std::optional<StoredRecord> next(LogReader& reader) const {
    while (auto stored = reader.next())
      if (request_.wants(stored->record)) return stored;
    return std::nullopt;
  }

  std::uint64_t show(LogReader& reader) const {
    std::uint64_t shown = 0;
    for (; auto stored = next(reader); ++shown) print(*stored);
    return shown;
  }

  std::uint64_t tail(LogReader& reader) const {
    std::deque<StoredRecord> last;
    while (auto stored = next(reader)) {
      last.push_back(std::move(*stored));
      if (last.size() > request_.lines) last.pop_front();
    }
    for (const StoredRecord& stored : last) print(stored);
    std::uint64_t shown = last.size();
    while (request_.follow && pause()) {
      shown += show(reader);
      reader.look_for_rotation();
      shown += show(reader);
    }
    return shown;
  }

  std::uint64_t statistics(LogReader& reader) const {
    LogStatistics statistics;
    while (auto stored = next(reader)) statistics.add(stored->record);
    if (statistics.runs() == 0) return 0;
    const std::string text = request_.json ? statistics.json() : statistics.text();
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), out_));
    return statistics.runs();
  }

  LogRequest request_;
  const Surroundings& surroundings_;
  FILE* out_;
  FILE* err_;
};

}  // namespace

int log_command(std::span<const std::string> words, const Surroundings& surroundings, FILE* out,
                FILE* err) {
  auto request = read_request(words);
  if (!request) {
    print_errors(err, request.errors(), use_colour(err, surroundings));
    return kWrongUsage;
  }
  if (request->help || request->action.empty()) {
    static_cast<void>(std::fputs(kUsage, request->help ? out : err));
    return request->help ? kGood : kWrongUsage;
  }
  return LogCommand(std::move(*request), surroundings, out, err).run();
}

}  // namespace sefaca
