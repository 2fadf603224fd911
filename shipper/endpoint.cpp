#include "shipper/endpoint.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kRequestSeconds = 60;
constexpr const char* kUserAgent = "sefaca-ship";

std::size_t throw_away(char* /*data*/, std::size_t size, std::size_t count, void* /*unused*/) {
  return size * count;
}

// One line, without the white space around it.
Result<std::string> read_token(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  std::array<char, 16 * 1024> text{};
  const ssize_t count = fd ? ::read(fd.get(), text.data(), text.size()) : -1;
  if (count < 0)
    return Error{.what = concat("the token's file '", printable(path),
                                "' can't be read: ", errno_text(errno)),
                 .errno_value = errno};
  const std::string_view token = trim({text.data(), static_cast<std::size_t>(count)});
  const bool plain = !token.empty() && std::all_of(token.begin(), token.end(),
                                                   [](char c) { return c > ' ' && c < 0x7F; });
  if (!plain)
    return Error{.what = concat("the token's file '", printable(path),
                                "' holds no token: one line "
                                "without spaces is wanted")};
  return std::string(token);
}

Answer::Kind kind_of(long status) {
  if (status >= 200 && status < 300) return Answer::Kind::taken;
  // What another time, another token or another address may change is no refusal of the batch.
  constexpr std::array<long, 7> kMayChange = {401, 403, 404, 405, 408, 425, 429};
  const bool refused = status >= 400 && status < 500 &&
                       std::find(kMayChange.begin(), kMayChange.end(), status) == kMayChange.end();
  return refused ? Answer::Kind::refused : Answer::Kind::not_now;
}

bool is_about_the_token(long status) {
  return status == 401 || status == 403;
}

std::string why_of(long status) {
  std::string out = concat("the endpoint answers ", std::to_string(status));
  if (is_about_the_token(status)) out += ": the token is missing or not good";
  if (status >= 300 && status < 400) out += ": it is moved; name its final address";
  return out;
}

// Frees a list of headers.
struct Headers {
  curl_slist* list = nullptr;
  Headers() = default;
  Headers(const Headers&) = delete;
  Headers& operator=(const Headers&) = delete;
  ~Headers() { curl_slist_free_all(list); }
  bool add(const std::string& header) {
    curl_slist* longer = curl_slist_append(list, header.c_str());
    if (longer == nullptr) return false;
    list = longer;
    return true;
  }
};

}  // namespace

void Endpoint::Closer::operator()(void* handle) const {
  curl_easy_cleanup(handle);
}

Result<Endpoint> Endpoint::open(const EndpointSettings& settings) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return Error{.what = "libcurl can't be initialised"};
  CURL* curl = curl_easy_init();
  if (curl == nullptr) return Error{.what = "libcurl gives no handle"};
  Endpoint endpoint(settings, curl);
  bool good = true;
  const auto set = [&](CURLoption option, auto value) {
    good = good && curl_easy_setopt(curl, option, value) == CURLE_OK;
  };
  set(CURLOPT_URL, settings.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  set(CURLOPT_TIMEOUT, kRequestSeconds);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, kUserAgent);
  set(CURLOPT_WRITEFUNCTION, throw_away);
  if (!settings.ca_file.empty()) {
    set(CURLOPT_CAINFO, settings.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
  if (!good)
    return Error{.what = "this libcurl can't verify HTTPS, or is older than 7.85",
                 .remedy = "install a libcurl with TLS: libcurl4 (Debian)"};
  return endpoint;
}

Answer Endpoint::post(const std::string& body) {
  Answer answer;
  std::string token = settings_.token;
  if (token.empty() && !settings_.token_file.empty()) {
    auto read = read_token(settings_.token_file);
    if (!read) {
      answer.why = read.error().what;
      return answer;
    }
    token = std::move(*read);
  }
  Headers headers;
  bool good = headers.add("Content-Type: application/x-ndjson") && headers.add("Expect:");
  if (!token.empty()) good = good && headers.add(concat("Authorization: Bearer ", token));
  std::array<char, CURL_ERROR_SIZE> words{};
  CURL* curl = handle_.get();
  good = good && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.list) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                          static_cast<curl_off_t>(body.size())) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data()) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words.data()) == CURLE_OK;
  const CURLcode code = good ? curl_easy_perform(curl) : CURLE_OUT_OF_MEMORY;
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  if (code != CURLE_OK) {
    answer.why = words[0] != '\0' ? words.data() : curl_easy_strerror(code);
    return answer;
  }
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  answer.kind = kind_of(answer.status);
  if (answer.kind != Answer::Kind::taken) answer.why = why_of(answer.status);
  answer.token_is_bad = is_about_the_token(answer.status) && settings_.token_file.empty();
  curl_off_t retry_after = 0;
  if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after) == CURLE_OK && retry_after > 0)
    answer.retry_after = static_cast<std::uint64_t>(retry_after);
  return answer;
}

}  // namespace sefaca
