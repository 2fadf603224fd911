// Whole enclosures against committed ones: SEFACA_UPDATE_GOLDEN=1 writes them anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/backend/backend.h"
#include "tests/unit/backend/enclosed_host.h"

namespace sefaca::testing {
namespace {

std::string written_out(const Enclosure& made) {
  std::string out = "runs:\n";
  for (const std::string& word : made.argv) out += concat("  ", shell_quote(word), "\n");
  out += concat("ends with: ", shell_join(made.end), "\n");
  for (const Enclosure::File& file : made.files)
    out += concat("file ", file.name, ":\n", file.text);
  out += "enforced:\n";
  for (const auto& [what, how] : made.enforced) out += concat("  ", what, ": ", how, "\n");
  out += "not enforced:\n";
  for (const Gap& gap : made.gaps)
    out += concat("  ", gap.what,
                  gap.effect == Gap::Effect::weaker ? ", weaker: " : ", narrower: ", gap.why,
                  gap.remedy.empty() ? "" : "; ", gap.remedy, "\n");
  return out;
}

struct Case {
  const char* name;
  Wish wish;
};

class Golden : public ::testing::TestWithParam<Case> {};

TEST_P(Golden, IsAsCommitted) {
  const EnclosedHost host;
  const auto made = host.enclose(GetParam().wish);
  ASSERT_TRUE(made.ok()) << text_of(made.errors());
  const std::string path = concat(SEFACA_GOLDEN, "/", GetParam().name, ".txt");
  const std::string text = written_out(*made);
  if (std::getenv("SEFACA_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ostringstream committed;
  committed << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, committed.str()) << "SEFACA_UPDATE_GOLDEN=1 writes it anew";
}

const Case kCases[] = {
    {"podman-default", {}},
    {"podman-rootless-strict",
     {.assignments = {flag("level", {"strict"})},
      .facts = {.rootless = true, .memory = false, .tasks = false}}},
    {"docker-compiler",
     {.backend = Backend::docker, .assignments = {flag("preset", {"compiler"})}, .self = ""}},
    {"docker-shell",
     {.backend = Backend::docker,
      .command = {.argv = {"/bin/bash", "-i"}},
      .interactive = true,
      .terminal = true}},
    {"podman-permissive", {.assignments = {flag("level", {"permissive"})}}},
    {"jail-default", {.backend = Backend::jail}},
    {"jail-strict", {.backend = Backend::jail, .assignments = {flag("level", {"strict"})}}},
    {"jail-network-client",
     {.backend = Backend::jail, .assignments = {flag("preset", {"network-client"})}}},
    {"seatbelt-default", {.backend = Backend::seatbelt}},
    {"seatbelt-strict", {.backend = Backend::seatbelt, .assignments = {flag("level", {"strict"})}}},
    {"seatbelt-network-client",
     {.backend = Backend::seatbelt, .assignments = {flag("preset", {"network-client"})}}},
    {"seatbelt-permissive",
     {.backend = Backend::seatbelt, .assignments = {flag("level", {"permissive"})}}},
};
INSTANTIATE_TEST_SUITE_P(All, Golden, ::testing::ValuesIn(kCases), [](const auto& one) {
  std::string name = one.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace sefaca::testing
