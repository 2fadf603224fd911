// The spool: records that wait to be sent to an endpoint, in a directory of one endpoint's own.
//
//   waiting.ndjson   what runs append
//   sending.ndjson   what is being sent: renamed from `waiting`, then read on to its end
//   sending.done     how much of that was taken by the endpoint
//   refused.ndjson   what the endpoint takes from nobody (400, 422 …): kept for a person
//   dropped          one byte for each record that found the spool full
//   lock             held by the one sefaca-ship that is at work (fcntl: its pid can be asked)
//   last-error       why the last attempt failed, in words
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace sefaca {

enum class Spooled : std::uint8_t { kept, full };

// Appends `line` in `directory`, made owner-only if missing, unless half of `max_bytes` wait there
// already: the other half is for what is being sent. Any number of processes at once.
Result<Spooled> append_to_spool(const std::string& directory, const std::string& line,
                                std::uint64_t max_bytes);

// The pid of the process that ships from `directory` now; nullopt: none does.
std::optional<pid_t> shipper_of(const std::string& directory);

// The lock of the one who ships, until the descriptor is closed; an empty one: another holds it.
Result<UniqueFd> lock_spool(const std::string& directory);

// Reads what waits, in the order it came in. For the holder of lock_spool() alone.
class SpoolReader {
 public:
  explicit SpoolReader(std::string directory) : directory_(std::move(directory)) {}

  struct Batch {
    std::string text;               // NDJSON: whole lines, each a JSON object
    std::vector<std::size_t> ends;  // of each line in `text`
    std::uint64_t skipped = 0;      // lines that are no JSON: torn by a crash
  };
  // The next lines, at most `lines` and about `bytes`, but at least one; an empty batch: nothing
  // waits. The same again until done() or set_aside() says what became of it.
  Result<Batch> next(std::size_t lines, std::size_t bytes);

  Status done();       // the batch was taken
  Status set_aside();  // the batch is moved into refused.ndjson

 private:
  Result<bool> open_sending();
  Status keep_offset(std::uint64_t offset);

  std::string directory_;
  UniqueFd sending_;
  std::uint64_t size_ = 0;
  std::uint64_t offset_ = 0;       // of `sending`: taken by the endpoint
  std::uint64_t batch_bytes_ = 0;  // of the last batch, in the file
  std::string batch_text_;
};

struct SpoolState {
  std::uint64_t waiting_bytes = 0;  // of both files, less what was taken
  std::uint64_t dropped = 0;        // records
  std::uint64_t refused_bytes = 0;
};
SpoolState state_of_spool(const std::string& directory);

}  // namespace sefaca
