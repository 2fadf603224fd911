// Shipping: what waits in a spool, to its endpoint, in batches, until nothing waits.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "shipper/endpoint.h"

namespace sefaca {

struct ShipRequest {
  enum class Mode : std::uint8_t {
    once,        // each batch is tried once
    wait,        // tried again with back-off until `wait_ms` are over
    background,  // the same, for kBackgroundMs; stays a moment for what comes, gives way to others
  };
  Mode mode = Mode::once;
  std::uint64_t wait_ms = 0;
  std::string spool;  // a directory, see core/audit/spool.h
  EndpointSettings endpoint;
};

struct Shipped {
  std::uint64_t records = 0;  // taken by the endpoint
  std::uint64_t refused = 0;  // set aside
  std::uint64_t skipped = 0;  // torn lines
  std::string failure;        // why some still wait; empty: none do
};

// An error only where the spool or libcurl can't be used. One process ships from a spool at a time:
// in the background this one leaves at once when another does, else it ends one in the background
// and takes its place.
Result<Shipped> ship(const ShipRequest& request);

}  // namespace sefaca
