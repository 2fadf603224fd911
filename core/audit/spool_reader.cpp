// SpoolReader: what waits, in batches, and what became of it. Killed at any moment, it loses
// nothing: what was not said to be done is read again.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/audit/log_file.h"
#include "core/audit/spool.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::size_t kChunk = std::size_t{256} * 1024;

Error reader_error(const std::string& what, const std::string& path, int errno_value) {
  Error error;
  error.what = concat(what, " '", printable(path), "': ", errno_text(errno_value));
  error.errno_value = errno_value;
  return error;
}

// Reads on at `offset`; the end of the file gives fewer bytes.
std::string read_at(int fd, std::uint64_t offset, std::size_t count) {
  std::string out(count, '\0');
  ssize_t got = 0;
  do {
    got = pread(fd, out.data(), count, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return out;
}

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_record(std::string_view line) {
  return line.starts_with('{') && nlohmann::json::accept(line.begin(), line.end());
}

}  // namespace

// False: nothing waits.
Result<bool> SpoolReader::open_sending() {
  const std::string path = directory_ + "/sending.ndjson";
  sending_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!sending_) {
    if (errno != ENOENT) return reader_error("can't open", path, errno);
    const std::string waiting = directory_ + "/waiting.ndjson";
    struct stat info {};
    if (stat(waiting.c_str(), &info) != 0 || info.st_size == 0) return false;
    SEFACA_TRY(file, LogFile::open(waiting, {.max_bytes = UINT64_MAX, .keep = 1}));
    SEFACA_CHECK(file.move_to(path));
    sending_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  }
  struct stat info {};
  if (!sending_ || fstat(sending_.get(), &info) != 0)
    return reader_error("can't open", path, errno);
  size_ = static_cast<std::uint64_t>(info.st_size);
  offset_ = 0;
  const UniqueFd kept(
      ::open((directory_ + "/sending.done").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!kept) return true;
  const auto numbers = split(trim(read_at(kept.get(), 0, 64)), ' ');
  if (numbers.size() != 2) return true;
  const auto offset = number_in(numbers[1]);
  if (number_in(numbers[0]) == std::uint64_t{info.st_ino} && offset && *offset <= size_)
    offset_ = *offset;
  return true;
}

// One write of a fixed length: a reader sees the old or the new.
Status SpoolReader::keep_offset(std::uint64_t offset) {
  struct stat info {};
  if (fstat(sending_.get(), &info) != 0) return reader_error("can't look at", directory_, errno);
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), "%020llu %020llu\n",
                                   static_cast<unsigned long long>(info.st_ino),
                                   static_cast<unsigned long long>(offset));
  const std::string path = directory_ + "/sending.done";
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd || pwrite(fd.get(), text.data(), static_cast<std::size_t>(length), 0) != length)
    return reader_error("can't write", path, errno);
  offset_ = offset;
  return Done{};
}

Result<SpoolReader::Batch> SpoolReader::next(std::size_t lines, std::size_t bytes) {
  for (;;) {
    if (!sending_) {
      SEFACA_TRY(waits, open_sending());
      if (!waits) return Batch{};
    }
    Batch batch;
    std::string buffer;
    std::size_t read_to = 0;  // of `buffer`
    while (batch.ends.size() < lines && (batch.ends.empty() || batch.text.size() < bytes)) {
      std::size_t newline = buffer.find('\n', read_to);
      while (newline == std::string::npos) {
        const std::string more = read_at(sending_.get(), offset_ + buffer.size(), kChunk);
        if (more.empty()) break;
        const std::size_t from = buffer.size();
        buffer += more;
        newline = buffer.find('\n', from);
      }
      if (newline == std::string::npos && read_to == buffer.size()) break;
      const std::size_t end = std::min(newline, buffer.size());
      const std::string_view line(buffer.data() + read_to, end - read_to);
      // Not over the bound by more than the first line.
      if (!batch.ends.empty() && batch.text.size() + line.size() + 1 > bytes) break;
      read_to = std::min(end + 1, buffer.size());
      if (is_record(line)) {
        batch.text.append(line);
        batch.text += '\n';
        batch.ends.push_back(batch.text.size());
      } else if (!line.empty()) {
        ++batch.skipped;
      }
    }
    batch_bytes_ = read_to;
    batch_text_ = batch.text;
    if (!batch.ends.empty()) return batch;
    if (read_to > 0) {
      SEFACA_CHECK(keep_offset(offset_ + read_to));
      continue;
    }
    // All of it was taken. Its offset goes first: a new file may get the same inode.
    if (unlink((directory_ + "/sending.done").c_str()) != 0 && errno != ENOENT)
      return reader_error("can't remove", directory_ + "/sending.done", errno);
    if (unlink((directory_ + "/sending.ndjson").c_str()) != 0 && errno != ENOENT)
      return reader_error("can't remove", directory_ + "/sending.ndjson", errno);
    sending_.reset();
  }
}

Status SpoolReader::done() {
  return keep_offset(offset_ + batch_bytes_);
}

Status SpoolReader::set_aside() {
  SEFACA_TRY(refused, LogFile::open(directory_ + "/refused.ndjson",
                                    {.max_bytes = std::uint64_t{4} * 1024 * 1024, .keep = 1}));
  std::string text = batch_text_;
  if (text.ends_with('\n')) text.pop_back();
  SEFACA_CHECK(refused.append(text));
  return keep_offset(offset_ + batch_bytes_);
}

}  // namespace sefaca
