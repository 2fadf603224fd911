// sefaca-ship: sends what waits in a spool to its endpoint. A program of its own, so that the
// launcher links no TLS. `sefaca run` starts it in the background, `sefaca log ship` in front.
//
// What it needs comes on the standard input, since a command line can be read by every user:
// lines "NAME VALUE", NAME one of spool, endpoint, token, token_file, ca_file, mode
// (once, background, or wait MILLISECONDS).
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <exception>
#include <string>

#include "core/base/text.h"
#include "shipper/ship.h"

namespace sefaca {
namespace {

constexpr int kGood = 0, kNegative = 1, kWrongUsage = 2;

std::string read_all(int fd) {
  constexpr std::size_t kMost = std::size_t{256} * 1024;
  std::string out;
  std::array<char, 4096> buffer{};
  while (out.size() < kMost) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    out.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return out;
}

bool read_mode(std::string_view text, ShipRequest& request) {
  if (text == "once") return true;
  if (text == "background") {
    request.mode = ShipRequest::Mode::background;
    return true;
  }
  if (!text.starts_with("wait ")) return false;
  text.remove_prefix(5);
  request.mode = ShipRequest::Mode::wait;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), request.wait_ms);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_request(const std::string& text, ShipRequest& request) {
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) continue;
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) return false;
    const std::string name = line.substr(0, space);
    const std::string value = line.substr(space + 1);
    if (name == "spool")
      request.spool = value;
    else if (name == "endpoint")
      request.endpoint.url = value;
    else if (name == "token")
      request.endpoint.token = value;
    else if (name == "token_file")
      request.endpoint.token_file = value;
    else if (name == "ca_file")
      request.endpoint.ca_file = value;
    else if (name != "mode" || !read_mode(value, request))
      return false;
  }
  return !request.spool.empty() && request.endpoint.url.starts_with("https://");
}

int report(const Shipped& shipped, bool quiet) {
  if (quiet) return shipped.failure.empty() ? kGood : kNegative;
  std::printf("%llu %s sent\n", static_cast<unsigned long long>(shipped.records),
              shipped.records == 1 ? "record" : "records");
  if (shipped.refused > 0)
    std::fprintf(stderr,
                 "sefaca: note: the endpoint refused %llu: they lie in refused.ndjson in "
                 "the spool\n",
                 static_cast<unsigned long long>(shipped.refused));
  if (shipped.skipped > 0)
    std::fprintf(stderr, "sefaca: note: %llu torn lines were passed over\n",
                 static_cast<unsigned long long>(shipped.skipped));
  if (shipped.failure.empty()) return kGood;
  std::fprintf(stderr,
               "sefaca: not all was sent: %s\n  -> what waits stays in the spool; nothing "
               "is lost\n",
               printable(shipped.failure).c_str());
  return kNegative;
}

int start() {
  ShipRequest request;
  if (::isatty(STDIN_FILENO) == 1 || !read_request(read_all(STDIN_FILENO), request)) {
    std::fprintf(stderr, "sefaca-ship is started by sefaca\n  -> sefaca log ship\n");
    return kWrongUsage;
  }
  const bool background = request.mode == ShipRequest::Mode::background;
  if (background && ::nice(10) == -1) errno = 0;  // it is in nobody's way, or as it was
  const auto shipped = ship(request);
  if (shipped) return report(*shipped, background);
  for (const Error& error : shipped.errors())
    std::fprintf(stderr, "sefaca: %s\n", error.what.c_str());
  return kNegative;
}

}  // namespace
}  // namespace sefaca

int main() {
  try {
    return sefaca::start();
  } catch (const std::exception& error) {  // out of memory: what waits stays
    std::fprintf(stderr, "sefaca-ship: %s\n", error.what());
    return 1;
  }
}
