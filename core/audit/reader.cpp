// LogReader: the records of a log and of its rotated files.
#include "core/audit/reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/audit/log_file.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::size_t kChunk = std::size_t{64} * 1024;
constexpr std::size_t kLongestLine = std::size_t{16} * 1024 * 1024;

Error log_read_error(const std::string& path, int errno_value) {
  Error error;
  error.what = concat("can't read the log '", printable(path), "': ", errno_text(errno_value));
  error.remedy = "name another log with --log=FILE";
  error.errno_value = errno_value;
  return error;
}

}  // namespace

Result<LogReader::File> LogReader::open_one(const std::string& path) {
  File file;
  file.fd.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat info {};
  if (!file.fd || fstat(file.fd.get(), &info) != 0) return log_read_error(path, errno);
  if (!S_ISREG(info.st_mode)) {
    Error error = log_read_error(path, EINVAL);
    error.what = concat("the log '", printable(path), "' is not a regular file");
    return error;
  }
  file.device = info.st_dev;
  file.inode = info.st_ino;
  return file;
}

Result<LogReader> LogReader::open(const std::string& path, unsigned rotated) {
  LogReader reader(path, rotated);
  // The youngest first: a rotation in between then shows a file twice, and hides none.
  for (unsigned number = 0; number <= rotated; ++number) {
    auto file = open_one(rotated_path(path, number));
    if (!file) {
      if (file.error().errno_value == ENOENT) continue;
      return file.errors();
    }
    const bool known = !reader.files_.empty() && reader.files_.front().inode == file->inode &&
                       reader.files_.front().device == file->device;
    if (!known) reader.files_.insert(reader.files_.begin(), std::move(file).value());
  }
  if (reader.files_.empty()) return log_read_error(path, ENOENT);
  return reader;
}

void LogReader::look_for_rotation() {
  if (files_.size() != 1) return;
  std::vector<File> younger;
  for (unsigned number = 0; number <= rotated_; ++number) {
    auto file = open_one(rotated_path(path_, number));
    if (!file) continue;
    if (file->inode == files_.front().inode && file->device == files_.front().device) break;
    younger.insert(younger.begin(), std::move(file).value());
    // Not among the rotated ones any more: only the youngest is surely new.
    if (number == rotated_) younger.erase(younger.begin(), younger.end() - 1);
  }
  for (File& file : younger) files_.push_back(std::move(file));
}

bool LogReader::fill() {
  buffer_.erase(0, given_out_);
  searched_ -= given_out_;
  given_out_ = 0;
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kChunk);
  ssize_t count = 0;
  do {
    count = pread(files_.front().fd.get(), buffer_.data() + before, kChunk,
                  static_cast<off_t>(offset_));
  } while (count < 0 && errno == EINTR);
  const std::size_t got = count > 0 ? static_cast<std::size_t>(count) : 0;
  buffer_.resize(before + got);
  offset_ += got;
  return got > 0;
}

void LogReader::drop_buffer() {
  buffer_.clear();
  given_out_ = 0;
  searched_ = 0;
}

// A writer whose disk was full takes back what it wrote: then the start of that line, which was
// read already, is not in the file any more.
void LogReader::forget_cut_line() {
  struct stat info {};
  if (fstat(files_.front().fd.get(), &info) != 0) return;
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size >= offset_) return;
  offset_ = std::min(offset_ - (buffer_.size() - given_out_), size);
  drop_buffer();
}

std::optional<std::string> LogReader::next_line() {
  for (;;) {
    const std::size_t newline = buffer_.find('\n', searched_);
    if (newline != std::string::npos) {
      std::string line = buffer_.substr(given_out_, newline - given_out_);
      given_out_ = searched_ = newline + 1;
      if (!std::exchange(skipping_, false)) return line;
      continue;
    }
    searched_ = buffer_.size();
    if (buffer_.size() - given_out_ > kLongestLine) {
      if (!std::exchange(skipping_, true)) ++torn_;
      drop_buffer();
    }
    if (fill()) continue;
    if (files_.size() == 1) {
      forget_cut_line();
      return std::nullopt;
    }
    // An old file that ends in the middle of a line.
    if (!buffer_.empty() && !std::exchange(skipping_, false)) ++torn_;
    drop_buffer();
    offset_ = 0;
    files_.erase(files_.begin());
  }
}

std::optional<StoredRecord> LogReader::next() {
  while (auto line = next_line()) {
    if (line->empty()) continue;
    if (auto record = parse_record(*line))
      return StoredRecord{std::move(*record), std::move(*line)};
    ++torn_;
  }
  return std::nullopt;
}

}  // namespace sefaca
