#include "launcher/launch_log.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "core/audit/log_file.h"
#include "core/audit/record.h"
#include "core/base/path.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/enforce/degradations.h"
#include "launcher/diagnostics.h"

namespace sefaca {
namespace {

constexpr off_t kLargestTestLog = off_t{1} << 20;

// "Use --readwrite=/x if …" -> " READWRITE /x"; empty: there is no such flag in it.
std::string keywords_of(const std::string& suggestion) {
  const std::size_t dashes = suggestion.find("--");
  if (dashes == std::string::npos) return {};
  const std::string_view rest = std::string_view(suggestion).substr(dashes + 2);
  const std::size_t end = rest.find_first_of("= ");
  std::string out = " ";
  for (const char c : rest.substr(0, end))
    out += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (end == std::string_view::npos || rest[end] != '=') return out;
  std::string_view value = rest.substr(end + 1);
  if (value.starts_with('\'')) {
    value = value.substr(0, value.find('\'', 1) + 1);
  } else {
    value = value.substr(0, value.find(' '));
  }
  if (value.starts_with('\'') && value.ends_with('\'') && value.size() > 1)
    return concat(out, " \"", value.substr(1, value.size() - 2), "\"");
  return concat(out, " ", value);
}

std::string denied_text(const Violation& violation) {
  std::string out = name_of(violation.kind);
  if (!violation.path.empty()) out += concat(": ", printable(violation.path));
  if (!violation.attempted_host.empty()) out += concat(": ", printable(violation.attempted_host));
  if (!violation.operation.empty()) out += concat(" (", violation.operation, ")");
  return out;
}

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

std::vector<std::string> denied_lines(const BuildStep& step, const Policy& policy,
                                      const Outcome& outcome, const std::string& source) {
  std::vector<std::string> out;
  const std::string subject = policy_subject(step);
  for (const Violation& violation : outcome.violations) {
    std::string line = denied_text(violation);
    std::string words = keywords_of(violation.suggestion);
    const bool among_sources = violation.kind == ViolationKind::filesystem_write_denied &&
                               !source.empty() && is_within(violation.path, source);
    if (words.empty() && among_sources)
      words = concat(" READWRITE \"", parent_path(violation.path), "\"");
    if (!words.empty()) line += concat("; to allow it: sefaca_policy(", subject, words, ")");
    if (among_sources && (step.role == StepRole::custom || step.role == StepRole::test))
      line += concat(", or -DSEFACA_SOURCE_WRITABLE=", parent_path(violation.path));
    if (std::find(out.begin(), out.end(), line) == out.end()) out.push_back(std::move(line));
  }
  // A fixture's server, say, which other tests then miss.
  if (step.role == StepRole::test && !outcome.left_running.empty())
    out.push_back(concat(
        "left running, and ended with the test: ", printable(join(outcome.left_running, ", ")),
        "; to let it run on: sefaca_policy(", subject, " KEEP_BACKGROUND)"));
  if (exit_code_of(outcome) != 0 && !policy->withheld.empty())
    out.push_back(concat("withheld from the environment: ", join(policy->withheld, ", "),
                         "; to pass one: sefaca_policy(", subject, " ENV NAME)"));
  return out;
}

void append_test_log(const std::string& build, const BuildStep& step,
                     const std::vector<std::string>& lines, int exit_code) {
  if (lines.empty() || build.empty()) return;
  const UniqueFd top(::open(build.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!top) return;
  ::mkdirat(top.get(), "Testing", 0777);
  ::mkdirat(top.get(), "Testing/Temporary", 0777);
  open_how how{};
  how.flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.mode = 0666;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const UniqueFd log(static_cast<int>(
      ::syscall(SYS_openat2, top.get(), "Testing/Temporary/Sefaca.log", &how, sizeof how)));
  struct stat info {};
  if (!log || ::fstat(log.get(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_nlink != 1)
    return;
  if (info.st_size > kLargestTestLog && ::ftruncate(log.get(), 0) != 0) return;
  std::string text = concat(format_timestamp(now_ms()), " test ", printable(step.target),
                            ", exit code ", std::to_string(exit_code), "\n");
  for (const std::string& line : lines) text += concat("  ", line, "\n");
  // One write, so that tests at one time don't mix; a full disk loses it, the record has it.
  if (::write(log.get(), text.data(), text.size()) < 0) return;
}

void record_unsandboxed(const RunRequest& request, const Policy& policy, const std::string& why,
                        const Surroundings& surroundings) {
  Record record;
  record.id = new_record_id();
  record.start_ms = now_ms();
  record.user = surroundings.user;
  record.cwd = surroundings.cwd;
  record.command = request.command->argv;
  record.door = request.door;
  record.target = request.target;
  record.level = name_of(policy->level);
  record.preset = policy->preset;
  record.network = name_of(Network::allow);
  record.timeout = record.memory = "none";
  record.pid = ::getpid();
  record.not_enforced.push_back(gap_of(Lack::exempted, {Capabilities{}, *surroundings.files}, why));
  const std::string path = log_path(policy, surroundings);
  if (path.empty()) return;
  auto log = LogFile::open(path);
  auto written = log ? log->append(to_json(record)) : Status(log.errors());
  if (!written) print_errors(stderr, written.errors(), use_colour(stderr, surroundings));
}

}  // namespace sefaca
