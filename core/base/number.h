// Numbers in texts that nobody has to explain when they are wrong.
#pragma once

#include <charconv>
#include <string_view>
#include <system_error>

namespace sefaca {

// True: all of `text` is one number, decimal, that `out` can hold.
template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace sefaca
