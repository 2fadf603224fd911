// A configuration file's text and the places in it, for errors that show the line and a caret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace sefaca {

struct Position {
  std::uint32_t line = 0;    // from 1; 0: unknown
  std::uint32_t column = 0;  // from 1, in code points
  friend auto operator<=>(const Position&, const Position&) = default;
};

// The byte at `position`, or the end of the text when it lies beyond it.
std::size_t offset_of(std::string_view text, Position position);
// The place of the byte at `offset`.
Position position_of(std::string_view text, std::size_t offset);

// "PATH:LINE:COLUMN".
std::string origin_of(std::string_view path, Position position);
// The line at `position`, made printable and cut to a terminal's width, and a caret below it.
std::string excerpt_of(std::string_view text, Position position);

// An Error that points there.
Error error_at(std::string_view path, std::string_view text, Position position, std::string what,
               std::string remedy);

}  // namespace sefaca
