// A step of a CMake build: what CMake's rule says about it, and the rights that follow from that.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/config/plan_file.h"
#include "core/policy/policy.h"

namespace sefaca {

enum class StepRole : std::uint8_t { compile, link, custom, test };
inline constexpr StepRole kStepRoles[] = {StepRole::compile, StepRole::link, StepRole::custom,
                                          StepRole::test};
const char* name_of(StepRole);  // "compile" …: the word in --role= and the plan file's name

struct BuildStep {
  StepRole role = StepRole::custom;
  std::string plans{};     // the directory of the plan files, absolute
  std::string target{};    // a target's name, for tests the test's; empty: not known
  std::string language{};  // compile: "C", "Fortran" …
  std::string object{};    // compile: the object, as the compiler is told
  std::string output{};    // link: the target's file; custom: the first output, or a comma list
  std::string
      directory{};       // the build directory of the CMakeLists.txt that it comes from, absolute
  std::string bypass{};  // a reason to run it unsandboxed; empty: none
  std::vector<std::string> argv{};  // never empty
};

// `words` are those after the program's name: --plan=, --role=, … -- COMMAND [ARG…]. A placeholder
// that this CMake does not know arrives as its bare name, which counts as not said. A launcher
// inside the launcher (an emulator's) is taken off.
Result<BuildStep> parse_step(std::span<const std::string> words);

// Whether it is one of CMake's own targets (install, test, package, edit_cache, rebuild_cache and
// their kin), which are no steps of the build, or another run of ctest, whose tests are launched
// each by itself. `tool`: the name of the CMake program that it runs, this build's own; else empty.
bool is_built_in(const BuildStep& step, std::string_view tool);

// The directories that the step writes besides what its plan grants, absolute: for compile and link
// those of its outputs, for a test its working directory. `cwd` is the step's.
std::vector<std::string> output_directories(const BuildStep& step, const std::string& cwd);

// The name of the plan file for the step: the role's, or that of a sefaca_policy() that is about it
// (plan.notes["override"]).
std::string plan_name(const BuildStep& step, const Plan& base);

// Adds to a plan's policy what this step writes, and keeps read-only what CMake generated there.
// Directories that are not there, a home or `/`, and for a test the source tree, are left out.
void add_step_rights(PolicyFields& fields, const BuildStep& step, const Plan& plan,
                     const Surroundings& surroundings);

// "TARGET hello", "TEST parses", "STEP gen.c" or "DIRECTORY /b/src": how sefaca_policy() is told
// about the step.
std::string policy_subject(const BuildStep& step);

}  // namespace sefaca
