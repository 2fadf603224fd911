#include "core/enforce/job_server.h"

#include <sys/stat.h>

#include <charconv>
#include <string_view>

#include "core/base/text.h"

namespace sefaca {
namespace {

bool is_pipe(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode);
}

bool is_fifo(const std::string& path) {
  struct stat info {};
  return path.starts_with('/') && ::lstat(path.c_str(), &info) == 0 && S_ISFIFO(info.st_mode);
}

}  // namespace

JobServer find_job_server(const std::string& makeflags) {
  JobServer found;
  // The last one counts: a sub-make's is appended. --jobserver-fds is make's spelling before 4.2.
  std::string_view value;
  const std::vector<std::string> words = split(makeflags, ' ');
  for (const std::string& word : words) {
    for (std::string_view name : {"--jobserver-auth=", "--jobserver-fds="}) {
      if (word.starts_with(name)) value = std::string_view(word).substr(name.size());
    }
  }
  constexpr std::string_view kFifo = "fifo:";
  if (value.starts_with(kFifo)) {
    if (std::string path(value.substr(kFifo.size())); is_fifo(path)) found.fifo = std::move(path);
    return found;
  }
  for (const std::string& part : split(value, ',')) {
    int fd = -1;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), fd);
    if (error == std::errc() && end == part.data() + part.size() && fd > 2 && is_pipe(fd))
      found.descriptors.push_back(fd);
  }
  return found;
}

}  // namespace sefaca
