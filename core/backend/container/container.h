// A container engine's command line for a policy: podman's or docker's. The specification's
// `docker run` is its base.
#pragma once

#include "core/backend/backend.h"

namespace sefaca {

Result<Enclosure> make_container(const EnclosureInputs& inputs);

// The words that ask an engine about itself, after its program, and what its answer says.
std::vector<std::string> facts_question(Backend backend);
EngineFacts parse_facts(Backend backend, std::string_view answer);

// The words that ask how the container `name` ended, and the answer. `found` is false when there is
// no such container: the engine did not get so far.
std::vector<std::string> state_question(const std::string& name);
struct ContainerState {
  bool found = false;
  bool started = false;
  bool out_of_memory = false;
  int exit_code = 0;
};
ContainerState parse_state(std::string_view answer);

}  // namespace sefaca
