#include "core/notify/named_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string_view>

namespace sefaca {
namespace {

bool is_address(const std::string& text) {
  in6_addr room{};
  if (text == "0.0.0.0" || text == "::") return false;
  return ::inet_pton(AF_INET, text.c_str(), &room) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &room) == 1;
}

std::string host_of(std::string_view word) {
  if (const std::size_t scheme = word.find("://"); scheme != std::string_view::npos)
    word.remove_prefix(scheme + 3);
  word = word.substr(0, word.find('/'));
  if (const std::size_t user = word.rfind('@'); user != std::string_view::npos)
    word.remove_prefix(user + 1);
  if (word.starts_with('[')) return std::string(word.substr(1, word.find(']') - 1));
  if (std::count(word.begin(), word.end(), ':') == 1) word = word.substr(0, word.find(':'));
  return std::string(word);
}

}  // namespace

std::string address_among(std::span<const std::string> words) {
  for (const std::string& word : words) {
    std::string host = host_of(word);
    if (is_address(host)) return host;
  }
  return {};
}

}  // namespace sefaca
