// Where a record goes besides the log: syslog, and the spool of an endpoint.
#pragma once

#include <string>

#include "core/policy/surroundings.h"
#include "launcher/session.h"

namespace sefaca {

// Gives `record` (this run's, or that of a run inside) and its finished line to what the policy
// names; nothing where it names nothing. What goes wrong is said once a build: the record is in the
// log.
void hand_to_sinks(const Session& session, const Record& record, const std::string& line,
                   const Surroundings& surroundings);

// Starts to send what waits, when there is an endpoint. For when the command's tree is gone.
void start_shipping(const Session& session, const Surroundings& surroundings);

}  // namespace sefaca
