// Runs that another backend holds: a container, a jail, macOS's sandbox. What launcher/session.h
// prepares for the host's own kernel, and the run itself.
#pragma once

#include <functional>
#include <string_view>

#include "core/supervise/supervisor.h"
#include "launcher/session.h"

namespace sefaca {

// Whether the door is one whose whole run another backend may hold; steps of builds are not.
bool is_enclosable(const RunRequest& request);

// As prepare_session(), for `backend`: the engine is asked about itself, its command made. With
// --dry-run on any host, engine or none.
Result<Session> prepare_enclosed(RunRequest request, Policy policy, Backend backend,
                                 const Surroundings& surroundings, Supervision supervision);

// Runs the session's enclosure to its end and removes it. `finish` puts it on record, here or in
// the guardian; `take_record` gets the lines of runs inside of this one.
Supervised run_enclosed(Session& session, const std::function<void(const Supervised&)>& finish,
                        const std::function<void(std::string_view)>& take_record);

}  // namespace sefaca
