// Fence: a Landlock layer for scopes around the supervisor, so that kill(-1) reaches exactly the
// processes that it starts, atomically against fork. Unproved it would end everything that the user
// (or, as root, the machine) runs, so nothing calls it before the proof.
#pragma once

#include "core/base/result.h"
#include "core/enforce/capabilities.h"

namespace sefaca {

class Fence {
 public:
  // Puts this process (and all it starts) into the layer where the kernel has signal scopes, and
  // takes no_new_privs for that (landlock_restrict_self(2)). Irreversible.
  // With `abstract` abstract unix sockets that were made outside can't be connected to either.
  // A layer denies renaming and linking across directories unless it handles and grants that
  // (LANDLOCK_ACCESS_FS_REFER in the kernel's landlock.rst: the one right that is denied by
  // default), and one that handles a file right denies mounting. With `mounts` what is started will
  // mount, so there the layer is for scopes alone, and such renames fail with EXDEV.
  static Fence raise(const Capabilities& capabilities, bool abstract = false, bool mounts = false);

  // True when the layer is in force, proved or not.
  [[nodiscard]] bool in_force() const { return in_force_; }

  // True when a process outside was shown to be out of reach: the parent could be signalled before
  // the layer and can't be any more. A parent that was never in reach proves nothing.
  [[nodiscard]] bool proved() const { return proved_; }

  // Sends `signal` to every process in the layer but this one. Does nothing and says false when the
  // fence is not proved, or no longer holds.
  bool signal_all(int signal) const;

 private:
  bool in_force_ = false, proved_ = false;
  int witness_ = 0;  // the parent's pid
};

}  // namespace sefaca
