// Lexical work on paths: cleaning, containment and parts.
#include "core/base/path.h"

#include <cstddef>

namespace sefaca {
namespace {

void append_part(std::string& out, std::string_view part) {
  if (part.empty() || part == ".") return;
  if (part == "..") {
    out.erase(out.rfind('/') == std::string::npos ? 0 : out.rfind('/'));
    return;
  }
  out.push_back('/');
  out.append(part);
}

void append_parts(std::string& out, std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    append_part(out, path.substr(0, slash));
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string absolute_path(std::string_view path, std::string_view base) {
  std::string out;
  out.reserve(path.size() + base.size() + 1);
  if (path.empty() || path.front() != '/') append_parts(out, base);
  append_parts(out, path);
  if (out.empty()) out.push_back('/');
  return out;
}

bool is_within(std::string_view path, std::string_view ancestor) {
  if (!path.starts_with(ancestor)) return false;
  return path.size() == ancestor.size() || ancestor == "/" || path[ancestor.size()] == '/';
}

std::string_view parent_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return path.substr(0, 0);
  return path.substr(0, slash == 0 ? 1 : slash);
}

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace sefaca
