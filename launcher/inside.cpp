#include "launcher/inside.h"

#include "launcher/run.h"
#include "launcher/session.h"

namespace sefaca {

int inside_command(std::span<const std::string> words, const Surroundings& surroundings) {
  if (words.empty()) {
    return refuse({Error{.what = "this name of sefaca is for inside of a container",
                         .remedy = "sefaca run --backend=podman -- COMMAND"}},
                  surroundings);
  }
  auto request = parse_run_words(words.subspan(1), surroundings);
  if (!request) return refuse(request.errors(), surroundings);
  if (!request->command) return refuse({Error{.what = "no command was given"}}, surroundings);
  request->id = words.front();
  request->door = "inside";
  request->contained = true;
  request->quiet = true;  // what was denied is said outside
  PolicyBuilder builder(surroundings);
  for (const Assignment& assignment : request->assignments) builder.set(assignment);
  auto policy = builder.build(*request->command);
  if (!policy) return refuse(policy.errors(), surroundings);
  auto prepared = prepare_session(std::move(*request), std::move(*policy), surroundings,
                                  Supervision::supervised);
  if (!prepared) return refuse(prepared.errors(), surroundings);
  return run_session(*prepared, surroundings);
}

}  // namespace sefaca
