#include "core/base/process_stat.h"

#include "core/base/number.h"
#include "core/base/slurp.h"
#include "core/base/text.h"

namespace sefaca {

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  // "PID (NAME) STATE PPID …": a name may hold anything, so the last ')' counts.
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open)
    return std::nullopt;
  const auto fields = split(trim(text.substr(close + 1)), ' ');
  constexpr std::size_t kStart = 19;  // field 22 of the page, counted from the state
  ProcessStat out;
  out.name = text.substr(open + 1, close - open - 1);
  const bool good = fields.size() > kStart && read_number(trim(text.substr(0, open)), out.pid) &&
                    read_number(fields[1], out.parent) && read_number(fields[2], out.group) &&
                    read_number(fields[3], out.session) && read_number(fields[4], out.terminal) &&
                    read_number(fields[kStart], out.started);
  return good ? std::optional(out) : std::nullopt;
}

std::optional<ProcessStat> process_stat(pid_t pid) {
  return parse_process_stat(slurp(concat("/proc/", std::to_string(pid), "/stat")));
}

}  // namespace sefaca
