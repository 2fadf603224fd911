#include "launcher/summary.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "core/base/path.h"
#include "core/base/text.h"
#include "launcher/log_text.h"

namespace sefaca {
namespace {

constexpr std::size_t kMostBytes = 900'000;    // of the whole summary
constexpr std::size_t kMostOfTable = 400'000;  // of one table: three of them and the rest fit
constexpr std::size_t kLongestText = 300;      // bytes shown of one command, path or sentence
constexpr std::size_t kMostAnnotations = 10;
constexpr std::size_t kLongestMessage = 3'500;  // bytes; GitHub cuts at 4096 characters

// What can't begin Markdown or HTML.
bool is_plain(char c) {
  const char small = static_cast<char>(c | 0x20);
  constexpr std::string_view kHarmless = " /.-,=+";
  return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0 ||
         kHarmless.find(c) != std::string_view::npos;
}

// As it is, in a cell of a table: neither Markdown nor HTML can begin in it.
std::string shown(const std::string& text) {
  std::string out;
  for (const char c : cut_to(printable(text), kLongestText)) {
    out += is_plain(c) ? std::string(1, c)
                       : concat("&#", std::to_string(static_cast<unsigned char>(c)), ";");
  }
  return out;
}

std::string code(const std::string& text) {
  return text.empty() ? "" : concat("<code>", shown(text), "</code>");
}

// A shell's line is what the person wrote; the shell around it is not.
std::string command_shown(const Record& record) {
  const auto& words = record.command;
  const bool line = words.size() >= 3 && words[words.size() - 2] == "-c";
  std::string text = line ? words.back() : shell_join(words);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

bool weaker(const Gap& gap) {
  return gap.effect == Gap::Effect::weaker;
}

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
  return concat(std::to_string(count), " ", count == 1 ? one : many);
}

// A table whose rows beyond its size are counted.
class Table {
 public:
  explicit Table(std::string head) : text_(std::move(head)) {}
  void row(const std::string& row) {
    if (text_.size() + row.size() > kMostOfTable) {
      ++left_out_;
    } else {
      text_ += row;
    }
  }
  [[nodiscard]] std::string text() const {
    if (left_out_ == 0) return text_ + "\n";
    return concat(text_, "\n", plural(left_out_, "row is", "rows are"),
                  " left out here; the log has them.\n\n");
  }

 private:
  std::string text_;
  std::size_t left_out_ = 0;
};

struct Denied {
  bool blocked = true;
  std::uint64_t count = 0;
  std::set<std::string> programs;
  std::string suggestion;
};
using Subject = std::pair<std::string, std::string>;  // kind, what it was about

std::map<Subject, Denied> denied_in(const std::vector<Record>& records) {
  std::map<Subject, Denied> out;
  for (const Record& record : records) {
    for (const Violation& violation : record.violations) {
      Denied& denied = out[{name_of(violation.kind), violation_subject(violation)}];
      denied.blocked = denied.count == 0 ? violation.blocked : denied.blocked || violation.blocked;
      denied.count += violation.count;
      if (!violation.program.empty()) denied.programs.emplace(base_name(violation.program));
      if (!violation.suggestion.empty()) denied.suggestion = violation.suggestion;
    }
  }
  return out;
}

std::size_t blocked_in(const Record& record) {
  return static_cast<std::size_t>(std::count_if(record.violations.begin(), record.violations.end(),
                                                [](const Violation& v) { return v.blocked; }));
}

std::string headline(const std::vector<Record>& records) {
  std::size_t failed = 0, green = 0, blocked = 0;
  for (const Record& record : records) {
    const std::size_t here = blocked_in(record);
    blocked += here;
    failed += has_failed(record) ? 1 : 0;
    green += here > 0 && !has_failed(record) ? 1 : 0;
  }
  std::string out =
      concat("### sefaca: ", plural(records.size(), "run", "runs"), ", ", std::to_string(failed),
             " failed, ", plural(blocked, "thing", "things"), " blocked\n\n");
  if (green > 0)
    out += concat("> **Green, and yet blocked:** ", plural(green, "run", "runs"),
                  " succeeded although something was stopped. `fail-on-violation: true` makes "
                  "that a failure.\n\n");
  return out;
}

std::string runs_table(const std::vector<Record>& records) {
  Table table(
      "| run | result | time | memory | policy | enforced | not enforced | violations |\n"
      "|---|---|---|---|---|---|---|---|\n");
  for (const Record& record : records) {
    const auto gaps = std::count_if(record.not_enforced.begin(), record.not_enforced.end(), weaker);
    const bool ended = record.outcome.has_value();
    table.row(concat(
        "| ", code(record.target.empty() ? command_shown(record) : record.target), " | ",
        shown(result_text(record)), " | ", ended ? duration_text(record.outcome->duration_ms) : "-",
        " | ", ended ? bytes_text(record.outcome->max_memory_bytes) : "-", " | ",
        shown(record.preset.empty() ? record.level : record.preset), ", network ",
        shown(record.network), " | ", std::to_string(record.enforced.size()), " | ",
        std::to_string(gaps), " | ", std::to_string(record.violations.size()), " |\n"));
  }
  return table.text();
}

std::string denials_table(const std::vector<Record>& records) {
  const auto all = denied_in(records);
  if (all.empty()) return "Nothing was stopped.\n\n";
  Table table(
      "#### Violations\n\n| what | about | by | times | action | what would allow it |\n"
      "|---|---|---|---|---|---|\n");
  for (const auto& [subject, denied] : all) {
    const std::vector<std::string> programs(denied.programs.begin(), denied.programs.end());
    table.row(concat("| ", subject.first, " | ", code(subject.second), " | ",
                     shown(join(programs, ", ")), " | ", std::to_string(denied.count), " | ",
                     denied.blocked ? "blocked" : "logged", " | ",
                     denied.suggestion.empty() ? "nothing may" : shown(denied.suggestion), " |\n"));
  }
  return table.text();
}

std::string enforcement(const std::vector<Record>& records) {
  std::set<std::pair<std::string, std::string>> held;
  std::set<std::tuple<bool, std::string, std::string, std::string>> gaps;
  for (const Record& record : records) {
    held.insert(record.enforced.begin(), record.enforced.end());
    for (const Gap& gap : record.not_enforced)
      gaps.emplace(!weaker(gap), gap.what, gap.why, gap.remedy);
  }
  std::string out;
  if (!gaps.empty()) {
    Table table(
        "#### Not enforced\n\n| what | effect | why | what would bring it |\n|---|---|---|---|\n");
    for (const auto& [narrower, what, why, remedy] : gaps)
      table.row(concat("| ", shown(what), " | ", narrower ? "narrower than asked" : "not enforced",
                       " | ", shown(why), " | ", remedy.empty() ? "-" : code(remedy), " |\n"));
    out += table.text();
  }
  if (held.empty()) return out + "**Nothing was enforced: these commands ran unsandboxed.**\n\n";
  Table table("<details><summary>Enforced</summary>\n\n| what | how |\n|---|---|\n");
  for (const auto& [what, how] : held)
    table.row(concat("| ", shown(what), " | ", shown(how), " |\n"));
  return out + table.text() + "</details>\n\n";
}

// --- Annotations --------------------------------------------------------------------------------

// A workflow command's text; of a property `:` and `,` too.
std::string command_text(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      case ':':
        out += property ? "%3A" : ":";
        break;
      case ',':
        out += property ? "%2C" : ",";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// The key of the configuration that would have allowed it.
std::string_view key_of(ViolationKind kind) {
  switch (kind) {
    case ViolationKind::network_access_denied:
      return "network";
    case ViolationKind::filesystem_read_denied:
      return "readonly";
    case ViolationKind::filesystem_write_denied:
    case ViolationKind::socket_denied:
      return "readwrite";
    case ViolationKind::exec_denied:
      return "readonly";
    case ViolationKind::syscall_denied:
    case ViolationKind::signal_denied:
      return "allow";
    case ViolationKind::process_limit_exceeded:
      return "pids";
    case ViolationKind::memory_limit_exceeded:
      return "memory";
    case ViolationKind::timeout_exceeded:
      return "timeout";
  }
  return "level";
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// " file=F,line=N", from an origin "/workspace/F:N" or "/workspace/F:N:COLUMN"; else empty.
std::string place_of(const Record& record, ViolationKind kind, const std::string& workspace) {
  if (workspace.empty()) return {};
  auto origin = record.origins.find(std::string(key_of(kind)));
  if (origin == record.origins.end()) return {};
  // "preset strange (/w/.sefaca.toml:3:1)": the place stands in the parentheses.
  std::string_view text = origin->second;
  if (const auto open = text.find("(/"); open != std::string_view::npos && text.ends_with(')'))
    text = text.substr(open + 1, text.size() - open - 2);
  std::vector<std::string_view> numbers;
  for (auto at = text.rfind(':'); at != std::string_view::npos && numbers.size() < 2;
       at = text.rfind(':')) {
    if (!is_digits(text.substr(at + 1))) break;
    numbers.push_back(text.substr(at + 1));
    text = text.substr(0, at);
  }
  if (numbers.empty() || !text.starts_with(workspace + "/")) return {};
  return concat(" file=", command_text(text.substr(workspace.size() + 1), true),
                ",line=", numbers.back());
}

}  // namespace

std::string JobSummary::markdown() const {
  const std::string parts[] = {headline(records_), denials_table(records_), runs_table(records_),
                               enforcement(records_)};
  std::string out;
  for (const std::string& part : parts) {
    if (out.size() + part.size() <= kMostBytes) {
      out += part;
    } else {
      out += "A table is left out here: it would be too long. The log has it.\n\n";
    }
  }
  return out;
}

std::string JobSummary::annotations(const std::string& workspace, bool fatal) const {
  std::vector<std::string> errors, warnings;
  std::set<std::string> seen;
  const std::string root =
      workspace.ends_with('/') ? workspace.substr(0, workspace.size() - 1) : workspace;
  for (const Record& record : records_) {
    for (const Violation& violation : record.violations) {
      const bool error = violation.blocked && (fatal || has_failed(record));
      const std::string subject = violation_subject(violation);
      std::string message =
          concat(violation.blocked ? "blocked: " : "logged: ", name_of(violation.kind));
      if (!subject.empty()) message += concat(": ", subject);
      if (!violation.program.empty()) message += concat(" (", base_name(violation.program), ")");
      if (!violation.suggestion.empty()) message += concat(". ", violation.suggestion);
      const std::string place = place_of(record, violation.kind, root);
      const std::string text = concat(
          place.empty() ? " " : place + ",",
          "title=sefaca::", command_text(cut_to(printable(message), kLongestMessage), false));
      if (seen.insert(text).second) (error ? errors : warnings).push_back(text);
    }
    if (record.enforced.empty())
      errors.push_back(" title=sefaca::ran unsandboxed: nothing could be enforced on this host");
  }
  std::string out;
  const auto put = [&](std::string_view type, const std::vector<std::string>& texts) {
    const std::size_t shown = texts.size() > kMostAnnotations ? kMostAnnotations - 1 : texts.size();
    for (std::size_t i = 0; i < shown; ++i) out += concat("::", type, texts[i], "\n");
    if (shown < texts.size())
      out += concat("::", type, " title=sefaca::", std::to_string(texts.size() - shown),
                    " more; the job summary and the log have them\n");
  };
  put("error", errors);
  put("warning", warnings);
  return out;
}

std::string JobSummary::outputs() const {
  std::size_t violations = 0, blocked = 0;
  bool any = false, gaps = records_.empty();
  for (const Record& record : records_) {
    violations += record.violations.size();
    blocked += blocked_in(record);
    any = any || !record.enforced.empty();
    gaps = gaps || record.enforced.empty() ||
           std::any_of(record.not_enforced.begin(), record.not_enforced.end(), weaker);
  }
  return concat("violations=", std::to_string(violations), "\nblocked=", std::to_string(blocked),
                "\nenforced=",
                !any   ? "none"
                : gaps ? "partial"
                       : "full",
                "\n");
}

}  // namespace sefaca
