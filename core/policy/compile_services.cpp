// The table of compile services, and the variables and words that name one.
#include "core/policy/compile_services.h"

#include <algorithm>

#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr CompileService kServices[] = {
    {"sccache", "SCCACHE_*", "its daemon on 127.0.0.1:4226 is", Network::host_loopback},
    {"distcc", "DISTCC_*", "its other hosts are", Network::allow},
};

// Variables that hold a compiler or what stands before one.
constexpr std::string_view kWrappers[] = {
    "CC",
    "CXX",
    "CCACHE_PREFIX",
    "CMAKE_*_COMPILER_LAUNCHER",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
};

// Whether one of the words in `text` is the program `name`, with or without its directory.
bool has_word(std::string_view text, std::string_view name) {
  constexpr std::string_view kEnds = " \t\n;&|()<>'\"`=,:/";
  constexpr std::string_view kAfter = " \t\n;&|()<>'\"`,:";  // not '/': a directory of that name
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || kEnds.find(text[at - 1]) != std::string_view::npos) &&
        (end == text.size() || kAfter.find(text[end]) != std::string_view::npos))
      return true;
  }
  return false;
}

bool names_service(std::string_view entry, const CompileService& service) {
  const std::size_t equals = entry.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = entry.substr(0, equals);
  if (wildcard_match(service.own, name)) return true;
  return has_word(entry.substr(equals + 1), service.name) &&
         std::any_of(std::begin(kWrappers), std::end(kWrappers),
                     [&](std::string_view wrapper) { return wildcard_match(wrapper, name); });
}

}  // namespace

std::span<const CompileService> compile_services() {
  return kServices;
}

std::vector<std::string> compile_service_notes(std::span<const std::string> argv,
                                               std::span<const std::string> environment,
                                               Network network) {
  std::vector<std::string> notes;
  for (const CompileService& service : kServices) {
    if (network >= service.network) continue;
    const bool named =
        std::any_of(argv.begin(), argv.end(),
                    [&](const std::string& word) { return has_word(word, service.name); }) ||
        std::any_of(environment.begin(), environment.end(),
                    [&](const std::string& entry) { return names_service(entry, service); });
    if (named) {
      notes.push_back(concat(service.name, ": ", service.where, " out of reach with network ",
                             name_of(network), "; use --network=allow, or ccache"));
    }
  }
  return notes;
}

}  // namespace sefaca
