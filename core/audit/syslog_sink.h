// Records to the local syslog, as the JSON that rsyslog's mmjsonparse and journald's readers know.
#pragma once

#include <string>

#include "core/audit/record.h"
#include "core/base/result.h"

namespace sefaca {

// The datagram for a record whose line of the log is `line`: "<PRI>Nov 25 14:00:00 sefaca[PID]:
// @cee: {…}" as syslog(3) writes it, the time local. Facility user; severity warning (4) with
// something blocked, notice (5) when the command failed, else info (6). At most kMostSyslogBytes:
// of a longer record members are left out, origins first, violations last, and `shortened` is true
// then; the log has it whole, by `id`.
inline constexpr std::size_t kMostSyslogBytes = 8000;  // rsyslog cuts at 8 KiB as it comes
std::string syslog_message(const Record& record, const std::string& line);

// Sends it to the unix socket at `socket`, a datagram or a stream one; waits a second at most for
// one whose queue is full. Nothing stays open.
Status send_to_syslog(const std::string& socket, const std::string& message);

}  // namespace sefaca
