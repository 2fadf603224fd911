// The lock of a log: flock(2), and where a file system has none, a lock file beside the log.
#pragma once

#include <cstdint>
#include <string>

namespace sefaca {

enum class LogLock : std::uint8_t {
  none,       // somebody held it for too long, or there is no place for a lock file
  by_kernel,  // flock on the log itself: ends with the process
  by_file,    // FILE.lock, made by link(2): the one way that NFS without a lock daemon has
};

// Takes the lock of the open log `fd` at `path`, waiting for some seconds at most. flock on NFS is
// a byte-range lock of the server (flock(2), since Linux 2.6.12) and brings fresh contents; where
// it fails with anything but "held" (ENOLCK, EOPNOTSUPP …) a lock file does it (open(2), O_EXCL:
// a unique file and link(2)). A lock file that is older than ten seconds by the file system's own
// clock is of a process that was killed, and is taken away.
//
// With `by_file` the lock is that of the name: the caller opens the log again, since only that
// makes an NFS client look at the server's contents.
LogLock take_log_lock(int fd, const std::string& path);

// Gives it back. `fd` may be another than the one it was taken with when it is `by_file`.
void release_log_lock(int fd, const std::string& path, LogLock lock);

}  // namespace sefaca
