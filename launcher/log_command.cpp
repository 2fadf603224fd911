// What each action of `log` does with the records that are meant.
#include "launcher/log_command.h"

#include <cerrno>
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
#include "launcher/diagnostics.h"
#include "launcher/log_request.h"
#include "launcher/log_text.h"
#include "launcher/shipping.h"
#include "launcher/suggest.h"
#include "launcher/summary.h"

namespace sefaca {
namespace {

constexpr int kGood = 0;
constexpr int kNegative = 1;
constexpr int kWrongUsage = 2;
constexpr std::uint64_t kLinesOfTail = 10;

// The policy that a run here would have.
Result<Policy> policy_here(const Surroundings& surroundings) {
  SEFACA_TRY(layers, load_layers(surroundings, std::nullopt));
  PolicyBuilder builder(surroundings);
  apply_layers(builder, layers);
  return builder.build(Command{.argv = {"true"}});
}

// The log that a run here would write to.
Result<std::string> place_of_log(const LogRequest& request, const Surroundings& surroundings) {
  if (!request.log.empty()) return absolute_path(request.log, surroundings.cwd);
  SEFACA_TRY(policy, policy_here(surroundings));
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
    const std::uint64_t shown = act(*reader);
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
    if (shown > 0) return said_nothing_ ? kNegative : kGood;
    print_note(err_, concat("no record in '", printable(*path), "' fits"),
               use_colour(err_, surroundings_));
    return kNegative;
  }

 private:
  int fail(const Errors& errors, int code) const {
    print_errors(err_, errors, use_colour(err_, surroundings_));
    return code;
  }

  std::uint64_t act(LogReader& reader) {
    if (request_.action == "stats") return statistics(reader);
    if (request_.action == "tail") return tail(reader);
    if (request_.action == "suggest") return suggest(reader);
    if (request_.action == "summary") return summary(reader);
    return show(reader);
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

  void put(const std::string& text) const {
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), out_));
  }

  std::optional<StoredRecord> youngest(LogReader& reader) const {
    std::optional<StoredRecord> last;
    while (auto stored = next(reader)) last = std::move(stored);
    return last;
  }

  std::uint64_t show(LogReader& reader) const {
    if (request_.last) {
      const auto stored = youngest(reader);
      if (stored) print(*stored);
      return stored ? 1 : 0;
    }
    std::uint64_t shown = 0;
    for (; auto stored = next(reader); ++shown) print(*stored);
    return shown;
  }

  std::uint64_t tail(LogReader& reader) const {
    std::deque<StoredRecord> last;
    while (auto stored = next(reader)) {
      last.push_back(std::move(*stored));
      if (last.size() > request_.lines.value_or(kLinesOfTail)) last.pop_front();
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
    put(request_.json ? statistics.json() : statistics.text());
    return statistics.runs();
  }

  std::uint64_t summary(LogReader& reader) const {
    JobSummary summary;
    while (auto stored = next(reader)) summary.add(std::move(stored->record));
    if (summary.runs() == 0) return 0;
    if (request_.format == "outputs") {
      put(summary.outputs());
    } else if (request_.format == "annotations" || request_.format == "errors") {
      put(summary.annotations(surroundings_.variable("GITHUB_WORKSPACE"),
                              request_.format == "errors"));
    } else {
      put(summary.markdown());
    }
    return summary.runs();
  }

  // Without a word on which records: of the last run that was stopped in something.
  std::uint64_t suggest(LogReader& reader) {
    const bool unsaid = !request_.last && !request_.filters();
    request_.violations = request_.violations || unsaid;
    Proposal proposal(surroundings_);
    if (unsaid || request_.last) {
      if (const auto stored = youngest(reader)) proposal.add(stored->record);
    } else {
      while (const auto stored = next(reader)) proposal.add(stored->record);
    }
    if (proposal.runs() == 0) return 0;
    proposal.finish();
    put(request_.json ? proposal.json() : request_.command ? proposal.command() : proposal.toml());
    said_nothing_ = proposal.empty();
    if (said_nothing_)
      print_note(err_, "nothing of this can be allowed by configuration, or nothing was denied",
                 use_colour(err_, surroundings_));
    return proposal.runs();
  }

  LogRequest request_;
  const Surroundings& surroundings_;
  FILE* out_;
  FILE* err_;
  bool said_nothing_ = false;  // suggest: records there were, and nothing to propose
};

}  // namespace

int log_command(std::span<const std::string> words, const Surroundings& surroundings, FILE* out,
                FILE* err) {
  auto request = read_log_request(words);
  if (!request) {
    print_errors(err, request.errors(), use_colour(err, surroundings));
    return kWrongUsage;
  }
  if (request->help || request->action.empty()) {
    static_cast<void>(std::fputs(log_usage().c_str(), request->help ? out : err));
    return request->help ? kGood : kWrongUsage;
  }
  if (request->action == "ship") {
    const auto policy = policy_here(surroundings);
    if (policy) return ship_now((*policy)->sinks, request->wait_ms, surroundings, out, err);
    print_errors(err, policy.errors(), use_colour(err, surroundings));
    return kWrongUsage;
  }
  return LogCommand(std::move(*request), surroundings, out, err).run();
}

}  // namespace sefaca
