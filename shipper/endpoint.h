// The endpoint: one HTTPS address that takes records, by libcurl.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace sefaca {

struct EndpointSettings {
  std::string url;         // https://…
  std::string token;       // from SEFACA_LOG_TOKEN; empty: what token_file holds
  std::string token_file;  // read anew for each request, since tokens are renewed; empty: none
  std::string ca_file;     // PEM, in place of the system's authorities; empty: those
};

// What became of a request.
struct Answer {
  enum class Kind : std::uint8_t {
    taken,    // 2xx
    refused,  // this batch will never be taken: 400, 413, 422 …
    not_now,  // another time may do: no connection, a bad certificate or token, 429, 5xx
  };
  Kind kind = Kind::not_now;
  long status = 0;                           // 0: no answer
  std::string why;                           // in words; empty when taken
  bool token_is_bad = false;                 // and it is not read from a file that is renewed
  std::optional<std::uint64_t> retry_after;  // seconds, when the endpoint said so
};

class Endpoint {
 public:
  // `settings` must outlive it.
  static Result<Endpoint> open(const EndpointSettings& settings);

  // Sends `body` (NDJSON) as one POST. Certificate and name are verified, nothing below TLS 1.2, no
  // redirect is followed, no .netrc is read. The token is in the request's header and nowhere else.
  Answer post(const std::string& body);

 private:
  struct Closer {
    void operator()(void* handle) const;
  };
  Endpoint(const EndpointSettings& settings, void* handle) : settings_(settings), handle_(handle) {}

  const EndpointSettings& settings_;
  std::unique_ptr<void, Closer> handle_;
};

}  // namespace sefaca
