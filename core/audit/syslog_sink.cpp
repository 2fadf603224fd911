#include "core/audit/syslog_sink.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFacilityUser = 1;
constexpr int kWarning = 4, kNotice = 5, kInformational = 6;
constexpr int kLongestWaitMs = 1000;

int severity_of(const Record& record) {
  const auto blocks = [](const Violation& violation) { return violation.blocked; };
  if (std::any_of(record.violations.begin(), record.violations.end(), blocks)) return kWarning;
  const bool failed = record.outcome && record.outcome->exit_code != std::optional<int>(0);
  return failed ? kNotice : kInformational;
}

std::string header_of(const Record& record) {
  const time_t seconds = record.start_ms / 1000;
  tm local{};
  localtime_r(&seconds, &local);
  // In English whatever the locale is.
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 96> text{};
  static_cast<void>(std::snprintf(
      text.data(), text.size(), "<%d>%s %2d %02d:%02d:%02d sefaca[%d]: @cee: ",
      kFacilityUser * 8 + severity_of(record), kMonths.at(static_cast<std::size_t>(local.tm_mon)),
      local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec, static_cast<int>(record.pid)));
  return text.data();
}

// `line` with less in it, until it has at most `most` bytes.
std::string shortened(const std::string& line, std::size_t most) {
  Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return line.substr(0, most);
  object["shortened"] = true;
  const auto text = [&] { return object.dump(-1, ' ', false, Json::error_handler_t::replace); };
  std::string out = text();
  for (const char* name : {"origins", "raw", "enforced", "not_enforced", "withheld_env"}) {
    if (out.size() <= most) return out;
    object.erase(name);
    out = text();
  }
  // Half of the violations, then of the words of the command, that are left.
  for (const char* name : {"violations", "command"}) {
    Json& list = object[name];
    while (out.size() > most && list.is_array() && !list.empty()) {
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(list.size() / 2), list.end());
      out = text();
    }
  }
  return out.size() <= most ? out : Json{{"id", object["id"]}, {"shortened", true}}.dump();
}

Error failure(const std::string& socket, int errno_value) {
  Error error;
  error.what = concat("the record was not sent to syslog at '", printable(socket),
                      "': ", errno_text(errno_value));
  error.remedy =
      "start the syslog service, name its socket with SEFACA_LOG_SYSLOG_SOCKET, or "
      "leave SEFACA_LOG_SYSLOG out; the record is in the log";
  error.errno_value = errno_value;
  return error;
}

// 0, or the errno.
int send_all(int fd, std::string_view bytes) {
  for (int waited = 0; !bytes.empty();) {
    const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      constexpr int kNapMs = 20;
      if (waited >= kLongestWaitMs) return EAGAIN;
      pollfd wait{fd, POLLOUT, 0};
      // A full queue of datagrams may still poll as writable: then a nap.
      if (poll(&wait, 1, kNapMs) > 0) poll(nullptr, 0, kNapMs);
      waited += kNapMs;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

std::string syslog_message(const Record& record, const std::string& line) {
  const std::string header = header_of(record);
  if (header.size() + line.size() <= kMostSyslogBytes) return header + line;
  return header + shortened(line, kMostSyslogBytes - header.size());
}

Status send_to_syslog(const std::string& socket, const std::string& message) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof address.sun_path) return failure(socket, ENAMETOOLONG);
  std::memcpy(address.sun_path, socket.data(), socket.size());
  int error = 0;
  for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
    const UniqueFd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    if (!fd) return failure(socket, errno);
    if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      error = errno;
      if (error == EPROTOTYPE) continue;
      return failure(socket, error);
    }
    // On a stream each message ends with a NUL, as syslog(3) has it.
    error = send_all(fd.get(), type == SOCK_STREAM
                                   ? std::string_view(message.c_str(), message.size() + 1)
                                   : std::string_view(message));
    return error == 0 ? Status(Done{}) : failure(socket, error);
  }
  return failure(socket, error);
}

}  // namespace sefaca
