#include "launcher/launch_resolve.h"

#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <set>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/write_file.h"
#include "core/enforce/capabilities.h"
#include "core/enforce/launch_plan.h"
#include "core/supervise/outcome.h"
#include "launcher/build_id.h"
#include "launcher/diagnostics.h"
#include "launcher/run.h"
#include "launcher/step_policies.h"

namespace sefaca {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kLargestManifest = std::size_t{64} << 20U;
constexpr const char* kOwner = "/build";  // in a plan directory: whose plans these are

// The plans of build directories that are not there any more.
void prune(const std::string& plans_of_all) {
  std::error_code failed;
  const RealFileSystem files;
  for (const std::string& name : files.list(plans_of_all)) {
    const std::string directory = concat(plans_of_all, "/", name);
    constexpr std::size_t kLongestPath = 65536;
    const auto build = files.read(concat(directory, kOwner), kLongestPath);
    if (build && build->starts_with('/') && !files.exists(*build))
      fs::remove_all(directory, failed);
  }
}

Status write_all(const std::string& directory, ResolvedBuild& build, const std::string& owner,
                 bool unsafe) {
  SEFACA_CHECK(write_file(concat(directory, kOwner), owner));
  ::chmod(directory.c_str(), S_IRWXU);
  const std::string id = build_id();
  std::set<std::string> written;
  for (NamedPlan& named : build.plans) {
    if (unsafe) named.plan.notes["unsafe_place"] = {"true"};
    SEFACA_CHECK(write_plan(concat(directory, "/", named.name, ".plan"), named.plan, id));
    written.insert(concat(named.name, ".plan"));
  }
  std::error_code failed;
  for (const std::string& name : RealFileSystem().list(directory)) {
    if (name.ends_with(".plan") && !written.contains(name))
      fs::remove(concat(directory, "/", name), failed);
  }
  return Done{};
}

// What this host can't hold of each role, once; an error where the policy says that it must.
void add_gaps(ResolvedBuild& build, const Surroundings& surroundings, Errors& errors) {
  const Capabilities host = probe_capabilities();
  std::set<std::string> said;
  for (const NamedPlan& named : build.plans) {
    BuildStep step{.role = named.role, .directory = named.plan.notes.at("build").front()};
    PolicyFields fields = named.plan.policy;
    add_step_rights(fields, step, named.plan, surroundings);
    const Policy policy = PolicyBuilder::restored(std::move(fields));
    const LaunchPlan plan = make_launch_plan({.policy = policy,
                                              .command = {.argv = {"true"}},
                                              .program = "/bin/true",
                                              .capabilities = host,
                                              .supervision = Supervision::supervised,
                                              .private_directory = {},
                                              .keep_fds = {}},
                                             surroundings);
    const bool must =
        policy->level == Level::strict || policy->on_unavailable == OnUnavailable::fail;
    for (const Gap& gap : plan.gaps) {
      if (gap.effect != Gap::Effect::weaker || !said.insert(gap.what).second) continue;
      if (must)
        errors.push_back({.what = concat("can't enforce ", gap.what, ": ", gap.why),
                          .where = concat(name_of(named.role), " steps must not run then"),
                          .remedy = gap.remedy});
      build.notes.push_back(concat("not enforced on this host: ", gap.what, " (", gap.why, ")"));
    }
  }
}

Result<std::string> keep(ResolvedBuild& build, const Manifest& manifest,
                         const Surroundings& surroundings) {
  const std::string own = plan_directory(manifest.build, surroundings);
  if (!own.empty()) {
    prune(std::string(parent_path(own)));
    if (auto fine = write_all(own, build, manifest.build, false)) return own;
  }
  const std::string beside = concat(manifest.build, "/CMakeFiles/sefaca");
  SEFACA_CHECK(write_all(beside, build, manifest.build, true));
  build.notes.push_back(
      concat("the plans lie in ", beside,
             ", where custom steps and tests can write: sefaca's own directory in "
             "the home can't be written"));
  return beside;
}

}  // namespace

int resolve_command(const std::string& manifest_file, const Surroundings& surroundings) {
  const auto text =
      surroundings.files->read(absolute_path(manifest_file, surroundings.cwd), kLargestManifest);
  if (!text) return refuse(text.errors(), surroundings);
  auto manifest = parse_manifest(*text);
  if (!manifest) return refuse(manifest.errors(), surroundings);
  for (std::string* path : {&manifest->source, &manifest->build})
    *path = surroundings.files->real_path(*path).value_or(*path);
  Surroundings there = surroundings;
  there.cwd = manifest->source;
  auto build = resolve_build(*manifest, there);
  if (!build) return refuse(build.errors(), surroundings);
  Errors errors;
  add_gaps(*build, there, errors);
  if (!errors.empty()) return refuse(errors, surroundings);
  auto directory = keep(*build, *manifest, there);
  if (!directory) return refuse(directory.errors(), surroundings);
  std::printf("plans\t%s\n", directory->c_str());
  for (const std::string& file : build->files) std::printf("file\t%s\n", file.c_str());
  for (const std::string& note : build->notes) std::printf("note\t%s\n", note.c_str());
  return 0;
}

int check_policy_command(std::span<const std::string> words, const Surroundings& surroundings) {
  if (words.size() < 2)
    return refuse({Error{.what = "--check-policy BASE ORIGIN …"}}, surroundings);
  auto call = parse_policy_call(words.subspan(2), words[0], words[1]);
  if (!call) return refuse(call.errors(), surroundings);
  return 0;
}

}  // namespace sefaca
