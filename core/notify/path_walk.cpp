#include "core/notify/path_walk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <iterator>
#include <string_view>

#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr int kMostLinks = 40;  // as the kernel's own walk (path_resolution(7))

std::string below(const std::string& directory, std::string_view name) {
  return directory == "/" ? concat("/", name) : concat(directory, "/", name);
}

// The last name of a path, and what stands before it: "/a/b/" -> "/a/", "b".
struct Split {
  std::string directory, name;
};
Split split_last(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  return {std::string(path.substr(0, slash + 1)), std::string(path.substr(slash + 1))};
}

WalkedPath parent_from(const Target& target, bool its_root, const std::string& path) {
  const Split parts = split_last(path);
  WalkedPath out;
  out.error = ENOENT;
  if (parts.name.empty() || parts.name == "." || parts.name == "..") return out;
  out.fd = target.open_path(parts.directory, O_DIRECTORY, its_root);
  if (!out.fd) out.error = errno;
  if (!out.fd) return out;
  const std::string directory = path_of_descriptor(out.fd.get());
  if (directory.empty()) out.error = EACCES;  // what can't be named can't be judged
  if (directory.empty()) return out;
  out.end = WalkedPath::End::missing;
  out.path = below(directory, parts.name);
  return out;
}

WalkedPath existing_from(const Target& target, bool its_root, const std::string& path,
                         bool follow) {
  WalkedPath out;
  out.fd = target.open_path(path, follow ? 0 : O_NOFOLLOW, its_root);
  if (!out.fd) {
    out.error = errno;
    return out;
  }
  out.path = path_of_descriptor(out.fd.get());
  if (out.path.empty()) {
    out.error = EACCES;
  } else {
    out.end = WalkedPath::End::found;
  }
  return out;
}

WalkedPath walk_from(const Target& target, bool its_root, const std::string& path, bool follow) {
  std::string at = path;
  for (int links = 0; links < kMostLinks; ++links) {
    WalkedPath out = existing_from(target, its_root, at, follow);
    if (out.fd || out.error != ENOENT) return out;
    out = parent_from(target, its_root, at);
    if (out.end == WalkedPath::End::nowhere || !follow) return out;
    // A link that leads to what is not there: created is what it names.
    std::array<char, PATH_MAX> text;
    const std::string name(base_name(out.path));
    const ssize_t n = ::readlinkat(out.fd.get(), name.c_str(), text.data(), text.size());
    if (n <= 0) return out;
    const std::string_view link(text.data(), static_cast<std::size_t>(n));
    at =
        link.starts_with('/') ? std::string(link) : below(std::string(parent_path(out.path)), link);
  }
  WalkedPath out;
  out.error = ELOOP;
  return out;
}

std::optional<int> descriptor_number(std::string_view digits) {
  int fd = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), fd);
  return error == std::errc() && end == digits.data() + digits.size() && fd >= 0 ? std::optional(fd)
                                                                                 : std::nullopt;
}

// Both views show the same but for the target's own places and what its mounts take away. So a path
// is looked at from our root, where what is taken away can still be named, and from the target's
// where it leads to one of those places; never there from ours.
template <class Walk>
WalkedPath from_the_right_root(const Target& target, const std::string& path, Walk&& from) {
  bool its_root = target.is_own(path);
  WalkedPath out = from(its_root, path);
  if (out.end == WalkedPath::End::nowhere || target.is_own(out.path) == its_root) return out;
  its_root = !its_root;
  out = from(its_root, std::string(out.path));
  if (out.end != WalkedPath::End::nowhere && target.is_own(out.path) != its_root) {
    out = {};
    out.error = EACCES;  // changed under our eyes
  }
  return out;
}

}  // namespace

std::string absolute_in_target(const Target& target, int directory, const std::string& path) {
  if (path.starts_with('/')) return path;
  const std::string base =
      directory == AT_FDCWD ? target.working_directory() : target.descriptor(directory);
  if (!base.starts_with('/')) return {};
  return path.empty() ? base : below(base, path);
}

bool is_process_relative(std::string_view path) {
  const auto starts_with_part = [&](std::string_view prefix) {
    return path == prefix || (path.starts_with(prefix) && path[prefix.size()] == '/');
  };
  if (starts_with_part("/proc/sys")) return false;
  return starts_with_part("/proc") || starts_with_part("/dev/fd") || path == "/dev/stdin" ||
         path == "/dev/stdout" || path == "/dev/stderr";
}

std::optional<int> own_descriptor(std::string_view path) {
  constexpr std::string_view kStandard[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
  for (int fd = 0; fd <= 2; ++fd)
    if (path == kStandard[fd]) return fd;
  for (const std::string_view links : {"/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/"}) {
    if (!path.starts_with(links)) continue;
    if (const auto fd = descriptor_number(path.substr(links.size()))) return fd;
  }
  return {};
}

std::string without_own_links(const Target& target, std::string_view path) {
  std::string inside;  // "fd/3/x"
  for (std::string_view prefix : {"/proc/self/", "/proc/thread-self/", "/dev/"}) {
    if (inside.empty() && path.starts_with(prefix)) inside = path.substr(prefix.size());
  }
  const std::size_t end = inside.find('/');
  const std::string link = inside.substr(0, end);
  std::string rest = end == std::string::npos ? std::string() : inside.substr(end + 1);
  std::string out;
  if (link == "root") {
    out = "/";
  } else if (link == "cwd") {
    out = target.working_directory();
  } else if (link == "fd") {
    const std::size_t after = std::min(rest.find('/'), rest.size());
    const auto number = descriptor_number(std::string_view(rest).substr(0, after));
    // Without more it is the descriptor's own: see own_descriptor().
    if (!number || after == rest.size()) return {};
    out = target.descriptor(*number);
    rest.erase(0, after + 1);
  }
  if (!out.starts_with('/') || out.ends_with(" (deleted)")) return {};
  if (!rest.empty()) out = below(out, rest);
  return is_process_relative(out) ? std::string() : out;
}

WalkedPath walk(const Target& target, const std::string& path, bool follow) {
  return from_the_right_root(target, path, [&](bool its_root, const std::string& at) {
    return walk_from(target, its_root, at, follow);
  });
}

WalkedPath walk_to_existing(const Target& target, const std::string& path, bool follow) {
  return from_the_right_root(target, path, [&](bool its_root, const std::string& at) {
    return existing_from(target, its_root, at, follow);
  });
}

WalkedPath walk_to_parent(const Target& target, const std::string& path) {
  return from_the_right_root(target, path, [&](bool its_root, const std::string& at) {
    return parent_from(target, its_root, at);
  });
}

}  // namespace sefaca
