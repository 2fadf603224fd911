// Backend: what holds a policy where the host's own kernel does not: a container engine, a FreeBSD
// jail, macOS's sandbox. From a Policy to an Enclosure: what to run, what is thereby enforced, what
// is not. Each backend is a folder below; a plain value comes out, nothing of it has happened yet,
// and each can be made on any host.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/policy/builder.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// What a container engine says of itself.
struct EngineFacts {
  bool rootless = false;  // container ids are the user's own, in a user namespace
  // Which limits it holds: without control groups, or those of version 1 without root, none.
  bool memory = true;
  bool tasks = true;
};

struct EnclosureInputs {
  const Policy& policy;
  const Command& command;
  const Surroundings& surroundings;
  Backend backend = Backend::podman;  // never automatic or linux_kernel
  std::string id;                     // the run's: names what is made
  std::string directory;  // absolute: a directory of the run's own, for the enclosure's files
  std::string engine;     // the container engine's program
  std::string self;       // sefaca's own static program, to be run inside; empty: it is not
  EngineFacts facts;
  // The caller's own limits (RLIMIT_NOFILE, RLIMIT_NPROC) as "SOFT:HARD", -1 for none: engines
  // would raise them, which an ordinary caller can't. Empty: the engine's.
  std::string open_files, processes;
  bool terminal = false;     // standard input, output and error are one
  bool interactive = false;  // a shell for a person
};

struct Enclosure : Claims {
  Backend backend = Backend::podman;
  std::string name;  // of the container or jail
  struct File {
    std::string name;  // below the run's own directory
    std::string text;
  };
  std::vector<File> files;               // to be written, owner-only, before
  std::vector<std::string> directories;  // to be made, owner-only, below the run's own directory
  std::vector<std::string> argv;         // runs the command; its exit code is the command's
  std::vector<std::string> end;          // ends and removes what is left of it, at any time
  std::vector<std::string> environment;  // NAME=VALUE, of the program that argv starts
  // Where sefaca runs inside too: its record, below the run's own directory. Empty: it does not.
  std::string record;
};

// Errors: what the backend can't do at all, and a person asked for.
Result<Enclosure> make_enclosure(const EnclosureInputs& inputs);

// The program of `backend` where the policy names no other: "podman", "docker"; empty: no engine.
std::string engine_name(Backend backend, const ContainerSettings& settings);
bool is_container(Backend backend);
// The kernel that it needs, as uname(2) says it: "Linux", "FreeBSD", "Darwin".
const char* system_of(Backend backend);

// The name by which sefaca's own program is called inside of a container.
inline constexpr const char* kInsideName = "sefaca-inside";

}  // namespace sefaca
