// Degradations: the one table of what a missing feature takes from a run: what it takes away, what
// takes its place, what is then not enforced, and what would bring it. Every gap of the record, of
// `sefaca check` and of the warnings is a row of it; docs/degradation.md is made from it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/file_system.h"
#include "core/enforce/capabilities.h"
#include "core/enforce/remedies.h"
#include "core/policy/policy.h"

namespace sefaca {

enum class Lack : std::uint8_t {
  landlock_absent,
  landlock_off,
  landlock_refer,
  landlock_truncate,
  landlock_ioctls,
  scopes_guard,
  scopes_signals,
  scopes_sockets,
  landlock_tracing,
  narrower_below,
  no_own_tmp,
  own_tmp_without_mounts,
  own_tmp_open,
  host_shm,
  tmp_left_behind,
  log_writable,
  kept_places_open,
  new_names_open,
  covers_replaced,
  metadata_open,
  seccomp_absent,
  network_without_seccomp,
  sockets_without_seccomp,
  unnamed_background,
  unnamed_nested,
  unnamed_kernel,
  unnamed_killed,
  performing,
  sockets_undecided,
  loopback_shared,
  loopback_denied,
  host_loopback_denied,
  timeout_in_place,
  memory_in_place,
  processes_in_place,
  guard_by_signals,
  guard_unstarted,
  renames_in_mounts,
  ipc_namespaces,
  ipc_unasked,
  ipc_fakeroot,
  scheduling_namespaces,
  scheduling_unasked,
  scheduling_proc,
  scheduling_in_place,
  scheduling_signals,
  scheduling_fakeroot,
  inner_records_dropped,
  plan_in_build_tree,
  passed_through,
  exempted,
  enclosing_decides,
};

struct Degradation {
  Lack lack;
  const char* missing;  // the feature, as a person calls it
  const char* what;     // the mechanism, as the record names it
  const char* lost;     // what its absence takes away; unique
  const char* instead;  // what takes its place; empty: nothing
  const char* open;     // what is then not enforced; empty: nothing, it is only narrower
  Cure cure;
  const char* remedy = "";  // Cure::text: the remedy; Cure::kernel: the version

  [[nodiscard]] constexpr Gap::Effect effect() const {
    return *open == '\0' ? Gap::Effect::narrower : Gap::Effect::weaker;
  }
};

std::span<const Degradation> degradations();
const Degradation& degradation(Lack lack);

// The gap that the row is on this host. `detail`: which path, or why, in this very run.
Gap gap_of(Lack lack, const Situation& situation, const std::string& detail = {});

}  // namespace sefaca
