// The manifest: what Sefaca.cmake tells about a project when it is configured, as a file of lines
// with tabs between the words; %09, %0A and %25 stand for a tab, a newline and a percent sign.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "launcher/policy_call.h"

namespace sefaca {

struct Manifest {
  struct Place {  // a directory, target or test, and the build directory that it belongs to
    std::string name;
    std::string directory;
  };
  std::string source;                  // CMAKE_SOURCE_DIR
  std::string build;                   // CMAKE_BINARY_DIR
  std::array<std::string, 4> presets;  // by StepRole
  std::string on_unavailable;          // empty: as the configuration says
  std::vector<std::string> programs;   // cmake, ctest, cpack, ccmake
  std::vector<std::string> generated;  // files that this configure run makes, and what else stays
  // Of each of these directories the entries of these names are generated too: a line for each file
  // would make plans, which each step reads, of megabytes.
  std::vector<std::string> target_directories, target_files;
  std::vector<std::string> readable;         // prefixes of found packages, directories of sources
  std::vector<std::string> writable;         // build directories outside of `build`
  std::vector<std::string> source_writable;  // SEFACA_SOURCE_WRITABLE
  std::vector<Place> directories;            // by source directory
  std::vector<Place> targets, tests;
  std::vector<PolicyCall> calls;  // in the order of the calls
};

// Every error at once.
Result<Manifest> parse_manifest(std::string_view text);

}  // namespace sefaca
