#include "launcher/sinks.h"

#include <cstdio>

#include "core/audit/first_of_build.h"
#include "core/audit/spool.h"
#include "core/audit/syslog_sink.h"
#include "core/base/text.h"
#include "core/policy/units.h"
#include "launcher/diagnostics.h"
#include "launcher/shipping.h"

namespace sefaca {
namespace {

// `what` is the memory's name: see first_of_build().
void say_once(const char* what, Error error, const Session& session,
              const Surroundings& surroundings) {
  if (session.request.quiet) return;
  if (!session.request.verbose && !first_of_build(what, surroundings)) return;
  print_errors(stderr, {std::move(error)}, use_colour(stderr, surroundings));
}

void spool(const Session& session, const std::string& line, const Surroundings& surroundings) {
  const LogSinks& sinks = session.policy->sinks;
  const std::string directory = spool_directory(sinks, surroundings);
  if (directory.empty())
    return say_once("spool",
                    {.what = concat("records are not sent to ", endpoint_name(sinks.endpoint),
                                    ": there is no home directory for the spool")},
                    session, surroundings);
  const auto spooled = append_to_spool(directory, line, sinks.spool_bytes);
  if (!spooled) {
    Error error = spooled.error();
    error.what =
        concat("records are not sent to ", endpoint_name(sinks.endpoint), ": ", error.what);
    say_once("spool", std::move(error), session, surroundings);
  } else if (*spooled == Spooled::full) {
    say_once("spool-full",
             {.what = concat("the spool for ", endpoint_name(sinks.endpoint), " is full (",
                             format_bytes(sinks.spool_bytes),
                             "): records from here on are in the log alone"),
              .remedy = "sefaca log ship --wait; it says why they are not taken"},
             session, surroundings);
  }
}

}  // namespace

void hand_to_sinks(const Session& session, const Record& record, const std::string& line,
                   const Surroundings& surroundings) {
  const LogSinks& sinks = session.policy->sinks;
  if (sinks.syslog) {
    const auto sent = send_to_syslog(sinks.syslog_socket, syslog_message(record, line));
    if (!sent) say_once("syslog", sent.error(), session, surroundings);
  }
  if (!sinks.endpoint.empty()) spool(session, line, surroundings);
}

void start_shipping(const Session& session, const Surroundings& surroundings) {
  const LogSinks& sinks = session.policy->sinks;
  if (sinks.endpoint.empty() || spool_directory(sinks, surroundings).empty()) return;
  if (const auto started = ship_in_background(sinks, surroundings); !started) {
    Error error = started.error();
    error.what = concat("records wait in the spool: ", error.what);
    say_once("ship", std::move(error), session, surroundings);
  }
}

}  // namespace sefaca
