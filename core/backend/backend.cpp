#include "core/backend/backend.h"

#include "core/backend/container/container.h"
#include "core/backend/jail/jail.h"
#include "core/backend/seatbelt/seatbelt.h"
#include "core/base/path.h"

namespace sefaca {

bool is_container(Backend backend) {
  return backend == Backend::podman || backend == Backend::docker;
}

const char* system_of(Backend backend) {
  if (backend == Backend::jail) return "FreeBSD";
  return backend == Backend::seatbelt ? "Darwin" : "Linux";
}

std::string engine_name(Backend backend, const ContainerSettings& settings) {
  if (!is_container(backend)) return {};
  return settings.engine.empty() ? name_of(backend) : settings.engine;
}

Result<Enclosure> make_enclosure(const EnclosureInputs& inputs) {
  switch (inputs.backend) {
    case Backend::jail:
      return make_jail(inputs);
    case Backend::seatbelt:
      return make_seatbelt(inputs);
    default:
      return make_container(inputs);
  }
}

}  // namespace sefaca
