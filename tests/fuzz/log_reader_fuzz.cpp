// libFuzzer target over the reader of the log: whatever the file holds, it is read to its end, and
// what it gives out can be written again and shown on a terminal.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/audit/bytes.h"
#include "core/audit/reader.h"
#include "launcher/log_text.h"

namespace {

using namespace sefaca;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_record(const Record& record) {
  const std::string line = to_json(record);
  require(is_utf8(line));
  require(line.find('\n') == std::string::npos);
  for (const char c : record_text(record)) {
    const auto byte = static_cast<unsigned char>(c);
    require(c == '\n' || (byte >= 0x20 && byte != 0x7F));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const UniqueFd file(memfd_create("log", MFD_CLOEXEC));
  require(file.get() >= 0 && write(file.get(), data, size) == static_cast<ssize_t>(size));
  auto reader = LogReader::open("/proc/self/fd/" + std::to_string(file.get()));
  require(reader.ok());
  LogStatistics statistics;
  while (auto stored = reader->next()) {
    check_record(stored->record);
    statistics.add(stored->record);
  }
  require(is_utf8(statistics.json()));
  require(!statistics.text().empty());
  return 0;
}
