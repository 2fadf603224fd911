#include "core/notify/hosts_file.h"

#include <arpa/inet.h>

#include <array>

#include "core/base/text.h"

namespace sefaca {
namespace {

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> out;
  constexpr std::string_view kSpace = " \t\r";
  line = line.substr(0, line.find('#'));
  for (std::size_t at = 0; (at = line.find_first_not_of(kSpace, at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kSpace, at), line.size());
    out.push_back(line.substr(at, end - at));
    at = end;
  }
  return out;
}

bool add_address(const std::string& text, std::vector<HostAddress>& out) {
  for (const bool v6 : {false, true}) {
    std::array<char, 16> bytes{};
    if (::inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) != 1) continue;
    out.push_back({v6, std::string(bytes.data(), v6 ? 16 : 4)});
    return true;
  }
  return false;
}

}  // namespace

std::vector<HostAddress> addresses_in_hosts(std::string_view hosts, std::string_view name,
                                            std::string_view own_name) {
  std::string wanted = lower(name);
  if (wanted.ends_with('.')) wanted.pop_back();
  std::vector<HostAddress> out;
  while (!hosts.empty()) {
    const std::size_t end = std::min(hosts.find('\n'), hosts.size());
    const auto line = words(hosts.substr(0, end));
    hosts.remove_prefix(std::min(end + 1, hosts.size()));
    for (std::size_t i = 1; i < line.size(); ++i) {
      if (lower(line[i]) != wanted) continue;
      add_address(std::string(line[0]), out);
      break;
    }
  }
  const bool local = wanted == "localhost" || wanted.ends_with(".localhost") ||
                     (!own_name.empty() && wanted == lower(own_name));
  if (out.empty() && local) {
    add_address("127.0.0.1", out);
    add_address("::1", out);
  }
  return out;
}

}  // namespace sefaca
