#include "launcher/violation_text.h"

#include <vector>

#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr const char* kRed = "\x1b[1;31m";
constexpr const char* kYellow = "\x1b[1;33m";
constexpr const char* kPlain = "\x1b[0m";

// The host by name, else the address; with the port. An IPv6 address stands in brackets.
std::string place_of(const Violation& v) {
  if (!v.path.empty()) return v.path;
  const bool bare_v6 = v.attempted_host.empty() && v.address.find(':') != std::string::npos;
  std::string out = v.attempted_host.empty() ? v.address : v.attempted_host;
  if (v.port && bare_v6) out = concat("[", out, "]");
  if (v.port) out += concat(":", std::to_string(*v.port));
  return out;
}

}  // namespace

std::string violation_line(const Violation& v, bool colour) {
  const char* code = v.blocked ? kRed : kYellow;
  std::string out = concat("sefaca: ", colour ? code : "", name_of(v.kind), colour ? kPlain : "");
  if (!v.blocked) out += " (logged)";
  std::vector<std::string> about;
  if (!v.operation.empty()) about.push_back(v.operation);
  if (!v.program.empty()) about.emplace_back(base_name(v.program));
  if (v.count > 1) about.push_back(concat(std::to_string(v.count), " times"));
  const std::string place = place_of(v);
  if (!place.empty()) {
    out += concat(": ", printable(place));
    if (!about.empty()) out += concat(" (", printable(join(about, ", ")), ")");
  } else if (!about.empty()) {
    out += concat(": ", printable(join(about, ", ")));
  }
  if (!v.suggestion.empty()) out += concat(": ", printable(v.suggestion));
  return out + "\n";
}

}  // namespace sefaca
