// The notified calls as a table: what each does, and where its arguments stand.
#pragma once

#include <cstdint>

namespace sefaca {

enum class Deed : std::uint8_t {
  open,      // by its flags: read, write, create
  make,      // a new name: mkdir, mknod, symlink
  remove,    // unlink, rmdir
  rename,    // from the first path to the second
  link,      // the second path is the new name
  truncate,  // by path
  execute,
  metadata,  // mode, owner, times, extended attributes
  connect,
  bind,
  listen,
  signal,
  send  // with an address, or one may stand in its message
};

struct CallShape {
  long number;
  const char* operation;  // as it stands in the record
  Deed deed;
  // Which argument it is; -1: there is none.
  int directory = -1;  // a directory's descriptor; none: the working directory
  int path = -1;       // none: the directory argument is the object itself
  int flags = -1;
  int second_directory = -1;
  int second_path = -1;
  bool follows = true;  // a link in the last place of the path, unless a flag says otherwise
};

// nullptr: not in the table.
const CallShape* call_shape(long number);

}  // namespace sefaca
