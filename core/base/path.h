// Paths as bytes: lexical only, nothing here asks the kernel.
#pragma once

#include <string>
#include <string_view>

namespace sefaca {

// `path` made absolute on `base` (absolute), without "." and empty parts, ".." taken lexically,
// no trailing slash but for "/" itself.
std::string absolute_path(std::string_view path, std::string_view base);

// True when `path` is `ancestor` or lies below it. Both absolute and clean.
bool is_within(std::string_view path, std::string_view ancestor);

std::string_view parent_path(std::string_view path);  // "/a/b" -> "/a", "/a" -> "/", "/" -> "/"
std::string_view base_name(std::string_view path);    // "/a/b" -> "b"; "/" -> ""

}  // namespace sefaca
