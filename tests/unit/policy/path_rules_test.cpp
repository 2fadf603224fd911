// From the layers' paths to rules: grants, ties, baseline, protected paths, and exact errors.
#include "core/policy/path_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using testing::access_of;
using testing::assign;
using testing::build;
using ::testing::ElementsAre;
using testing::errors_of;
using testing::flag;
using testing::Host;
using ::testing::IsEmpty;
using testing::rule_of;

TEST(AccessAt, LongestThenNarrower) {
  const std::vector<PathRule> rules{
      {.path = "/", .access = Access::read},    {.path = "/a", .access = Access::write},
      {.path = "/a/b", .access = Access::hide}, {.path = "/a/b/c", .access = Access::write},
      {.path = "/t", .access = Access::write},  {.path = "/t", .access = Access::read},
  };
  EXPECT_EQ(access_at(rules, "/x", Access::hide), Access::read);
  EXPECT_EQ(access_at(rules, "/a/x", Access::hide), Access::write);
  EXPECT_EQ(access_at(rules, "/ab", Access::hide), Access::read);
  EXPECT_EQ(access_at(rules, "/a/b/x", Access::hide), Access::hide);
  EXPECT_EQ(access_at(rules, "/a/b/c/x", Access::hide), Access::write);
  EXPECT_EQ(access_at(rules, "/t/x", Access::hide), Access::read);
  EXPECT_EQ(access_at({}, "/x", Access::read), Access::read);
}

TEST(PathRules, Levels) {
  struct Row {
    const char* level;
    Access root, cwd, tmp, shm;
  };
  const Row rows[] = {
      {"strict", Access::read, Access::read, Access::read, Access::read},
      {"default", Access::read, Access::write, Access::read, Access::write},
      {"permissive", Access::write, Access::write, Access::write, Access::write},
  };
  for (const Row& row : rows) {
    Host host;
    const auto policy = build(host, {flag("level", {row.level})});
    ASSERT_TRUE(policy.ok()) << errors_of(policy);
    EXPECT_EQ(access_of(*policy, "/usr/x"), row.root) << row.level;
    EXPECT_EQ(access_of(*policy, "/home/u/p/x"), row.cwd) << row.level;
    EXPECT_EQ(access_of(*policy, "/tmp/x"), row.tmp) << row.level;
    EXPECT_EQ(access_of(*policy, "/dev/shm/x"), row.shm) << row.level;
    EXPECT_EQ(access_of(*policy, "/dev/null"), Access::write) << row.level;
    EXPECT_EQ(access_of(*policy, "/dev/pts/3"), Access::write) << row.level;
  }
}

TEST(PathRules, WhatADoorReadsIsNotNarrowed) {
  Host host;
  host.files.directory("/home/u/p/out/bin").directory("/srv/lib");
  PolicyBuilder builder(host.surroundings);
  builder.set(flag("preset", {"compiler"}));
  builder.add_paths({.write = {"/home/u/p"}, .read = {"/home/u/p/out", "/srv/lib"}});
  const auto policy = builder.build({.argv = {"true"}});
  ASSERT_TRUE(policy.ok()) << errors_of(policy);
  EXPECT_EQ(access_of(*policy, "/home/u/p/out/share"), Access::write);
  EXPECT_EQ(access_of(*policy, "/srv/lib/x"), Access::read);
}

TEST(PathRules, PresetsReadOnlyWhatIsListed) {
  Host host;
  host.files.directory("/home/u/other").directory("/srv").directory("/home/u/.cache");
  struct Row {
    const char* preset;
    Access other, cwd, tmp, cache;
  };
  const Row rows[] = {
      {"compiler", Access::hide, Access::write, Access::write, Access::hide},
      {"network-client", Access::hide, Access::read, Access::write, Access::hide},
      {"development", Access::read, Access::write, Access::write, Access::write},
      {"testing", Access::read, Access::write, Access::write, Access::read},
  };
  for (const Row& row : rows) {
    const auto policy = build(host, {flag("preset", {row.preset})});
    ASSERT_TRUE(policy.ok()) << errors_of(policy);
    EXPECT_EQ(access_of(*policy, "/home/u/other/x"), row.other) << row.preset;
    EXPECT_EQ(access_of(*policy, "/srv/x"), row.other) << row.preset;
    EXPECT_EQ(access_of(*policy, "/home/u/p/x"), row.cwd) << row.preset;
    EXPECT_EQ(access_of(*policy, "/tmp/x"), row.tmp) << row.preset;
    EXPECT_EQ(access_of(*policy, "/home/u/.cache/x"), row.cache) << row.preset;
    for (const char* path : {"/usr/bin/cc", "/etc/x", "/proc/self/status"})
      EXPECT_EQ(access_of(*policy, path), Access::read) << row.preset << " " << path;
  }
}

TEST(PathRules, BaselineFollowsTheEnvironment) {
  Host host;
  host.set("PATH",
           "/usr/bin:rel/bin:/home/u/.pyenv/shims:/home/u/bin:/opt2/x/bin:/home/u:/:"
           "/nowhere/bin:");
  host.set("CPATH", "/inc");
  host.set("LD_LIBRARY_PATH", "/home:/libs");
  for (const char* path : {"/home/u/.pyenv/shims", "/home/u/.pyenv/lib", "/home/u/bin",
                           "/opt2/x/bin", "/opt2/x/lib", "/inc", "/libs", "/home/u/p/rel/bin"})
    host.files.directory(path);
  const auto policy = build(host, {flag("preset", {"compiler"})});
  for (const char* path :
       {"/home/u/.pyenv/lib/x", "/home/u/bin/x", "/opt2/x/lib/x", "/inc/x", "/libs/x"})
    EXPECT_EQ(access_of(*policy, path), Access::read) << path;
  for (const char* path : {"/home/u/x", "/x", "/opt2/y", "/home/v/x"})
    EXPECT_EQ(access_of(*policy, path), Access::hide) << path;
}

TEST(PathRules, TheRepositoryIsReadableAndACheckoutInTheHomeOpensNoHome) {
  Host host;
  host.files.file("/home/u/p/.git/HEAD");
  host.surroundings.cwd = "/home/u/p/src";
  const auto inside = build(host, {flag("preset", {"compiler"})});
  EXPECT_EQ(access_of(*inside, "/home/u/p/x"), Access::read);
  EXPECT_EQ(access_of(*inside, "/home/u/p/src/x"), Access::write);

  Host dotfiles;
  dotfiles.files.file("/home/u/.git/HEAD");
  const auto policy = build(dotfiles, {flag("preset", {"compiler"})});
  EXPECT_EQ(access_of(*policy, "/home/u/x"), Access::hide);
}

TEST(PathRules, GrantsAddUpAndLinksAreResolved) {
  Host host;
  host.files.directory("/data/real/sub").link("/data/link", "real").file("/home/u/notes");
  const auto policy = build(host, {flag("readwrite", {"/data/link/sub"}),
                                   flag("readonly", {"./src"}), flag("hide", {"~/notes"})});
  ASSERT_TRUE(policy.ok()) << errors_of(policy);
  EXPECT_EQ(access_of(*policy, "/data/real/sub/x"), Access::write);
  EXPECT_EQ(access_of(*policy, "/home/u/p/src/x"), Access::read);
  EXPECT_EQ(access_of(*policy, "/home/u/p/x"), Access::write);
  EXPECT_EQ(access_of(*policy, "/home/u/notes"), Access::hide);
  const PathRule* cwd = rule_of(*policy, "/home/u/p");
  EXPECT_EQ(cwd->reason, "the working directory");
  EXPECT_EQ(cwd->origin, "level default (built-in)");
  EXPECT_EQ(rule_of(*policy, "/data/real/sub")->origin, "--readwrite");
}

TEST(PathRules, ALinkIsHiddenWithWhatItLeadsTo) {
  Host host;
  host.files.file("/home/u/p/real").link("/home/u/p/alias", "real");
  const auto policy = build(host, {flag("hide", {"alias"})});
  EXPECT_EQ(access_of(*policy, "/home/u/p/real"), Access::hide);
  EXPECT_EQ(access_of(*policy, "/home/u/p/alias"), Access::hide);
}

TEST(PathRules, Ties) {
  Host host;
  host.files.directory("/a");
  // Of two that a person wrote the narrower; a person's before a table's.
  EXPECT_EQ(access_of(*build(host, {flag("readwrite", {"/a"}), flag("readonly", {"/a"})}), "/a"),
            Access::read);
  EXPECT_EQ(access_of(*build(host, {flag("readonly", {"."})}), "/home/u/p"), Access::read);
  EXPECT_EQ(access_of(*build(host, {flag("preset", {"network-client"}), flag("readwrite", {"."})}),
                      "/home/u/p"),
            Access::write);
  EXPECT_EQ(access_of(*build(host, {flag("level", {"permissive"}), flag("readonly", {"/"})}),
                      "/home/u/x"),
            Access::read);
  EXPECT_EQ(access_of(*build(host, {flag("readwrite", {"/usr"})}), "/usr/x"), Access::write);
}

TEST(PathRules, ReadonlyRootLeavesTheWorkingDirectory) {
  Host host;
  const auto policy = build(host, {flag("readonly", {"/"})});
  EXPECT_EQ(access_of(*policy, "/test"), Access::read);
  EXPECT_EQ(access_of(*policy, "/home/u/p/x"), Access::write);
}

TEST(PathRules, MissingPathsThatAPersonNamed) {
  Host host;
  auto from_file = assign(Layer::user_file, "readwrite", {"/gone"}, "config.toml:5:14");
  from_file.excerpt = "readwrite = [\"/gone\"]\n             ^";
  from_file.add = true;
  const auto policy = build(
      host, {flag("readwrite", {"./it's"}), flag("readonly", {"/nope"}), flag("hide", {"~/x"}),
             from_file, assign(Layer::user_file, "hide", {"~/other-machine"})});
  EXPECT_EQ(errors_of(policy),
            "--readonly: '/nope' does not exist; mend the spelling, or leave it out\n"
            "config.toml:5:14: '/gone' does not exist; make it first: mkdir -p /gone\n"
            "--readwrite: './it's' does not exist (/home/u/p/it's); "
            "make it first: mkdir -p '/home/u/p/it'\\''s'\n"
            "--hide: '~/x' does not exist (/home/u/x); mend the spelling, or leave it out\n");
  EXPECT_EQ(policy.errors()[1].excerpt, from_file.excerpt);
}

TEST(PathRules, TheSpecificationsDevelopmentPresetWorksWithoutACacheDirectory) {
  Host host;
  const PresetDefinition preset{
      .name = "development",
      .values = {assign(Layer::user_file, "level", {"permissive"}, "f:1:1"),
                 assign(Layer::user_file, "readwrite", {".", "~/.cache"}, "f:2:1")},
      .origin = "f:1:1"};
  const auto policy = build(host, {flag("preset", {"development"})}, {preset});
  ASSERT_TRUE(policy.ok()) << errors_of(policy);
  EXPECT_THAT((*policy)->make_directories, ElementsAre("/home/u/.cache"));
  EXPECT_EQ(access_of(*policy, "/home/u/.cache/x"), Access::write);
}

TEST(PathRules, TemporaryDirectories) {
  Host host;
  host.files.directory("/scratch/real").link("/scratch/link", "real");
  host.set("TMPDIR", "/scratch/link");
  const auto on_host = build(host, {flag("preset", {"compiler"})});
  EXPECT_EQ((*on_host)->tmp_directory, "/scratch/real");
  EXPECT_EQ(access_of(*on_host, "/scratch/real/x"), Access::write);
  EXPECT_EQ(access_of(*on_host, "/tmp/x"), Access::hide);
  // A private one takes the place of the preset's $TMPDIR, not of a /tmp that is named.
  const auto own = build(host, {flag("preset", {"compiler"}), flag("tmp", {"private"})});
  EXPECT_EQ(access_of(*own, "/scratch/real/x"), Access::hide);
  const auto named = build(host, {flag("readwrite", {"/tmp"})});
  EXPECT_EQ(access_of(*named, "/tmp/x"), Access::write);
  host.set("TMPDIR", "/gone");
  EXPECT_EQ((*build(host, {flag("tmp", {"host"})}))->tmp_directory, "/tmp");
}

TEST(PathRules, RootAsWorkingDirectoryGrantsNothing) {
  Host host;
  host.surroundings.cwd = std::string("/");
  EXPECT_EQ(access_of(*build(host, {}), "/home/u/x"), Access::read);
  EXPECT_EQ(access_of(*build(host, {flag("preset", {"compiler"})}), "/home/u/x"), Access::hide);
  EXPECT_EQ(access_of(*build(host, {flag("readwrite", {"/"})}), "/home/u/x"), Access::write);
}

TEST(PathRules, HomeAsWorkingDirectory) {
  Host host;
  host.surroundings.cwd = "/home/u";
  host.files.file("/home/u/.bashrc").directory("/home/u/.local/bin").directory("/home/u/.cache");
  host.files.directory("/home/u/.ssh");
  const auto policy = build(host, {});
  EXPECT_EQ(access_of(*policy, "/home/u/new"), Access::write);
  EXPECT_EQ(access_of(*policy, "/home/u/.bashrc"), Access::read);
  EXPECT_EQ(access_of(*policy, "/home/u/.local/bin/x"), Access::read);
  EXPECT_EQ(access_of(*policy, "/home/u/.ssh/id"), Access::hide);
  // A grant of its own wins.
  const auto development = build(host, {flag("preset", {"development"})});
  EXPECT_EQ(access_of(*development, "/home/u/.cache/x"), Access::write);
}

TEST(Protected, InsideWritableRoots) {
  Host host;
  host.files.file("/home/u/p/.git/HEAD")
      .directory("/home/u/p/.git/hooks")
      .file("/home/u/p/.git/config");
  host.files.file("/home/u/p/.envrc").file("/home/u/p/.sefaca.toml");
  host.files.directory("/home/u/p/.github/workflows").directory("/home/u/p/.vscode");
  host.files.directory("/other/.git/hooks").file("/other/.git/HEAD").file("/home/u/.bashrc");
  const auto policy = build(host, {flag("readwrite", {"/other"})});
  for (const char* path :
       {"/home/u/p/.git/hooks/pre-commit", "/home/u/p/.git/config", "/home/u/p/.envrc",
        "/home/u/p/.sefaca.toml", "/home/u/p/.github/workflows/ci.yml", "/home/u/p/.vscode/x",
        "/other/.git/hooks/x"}) {
    EXPECT_EQ(access_of(*policy, path), Access::read) << path;
  }
  EXPECT_EQ(rule_of(*policy, "/home/u/p/.git/hooks")->kind, PathRule::Kind::protected_);
  EXPECT_EQ(access_of(*policy, "/home/u/p/.git/index"), Access::write);
  EXPECT_EQ(rule_of(*policy, "/home/u/.bashrc"), nullptr);
  // Named, they are writable; at permissive nothing is protected.
  EXPECT_EQ(access_of(*build(host, {flag("readwrite", {".vscode"})}), "/home/u/p/.vscode/x"),
            Access::write);
  EXPECT_EQ(access_of(*build(host, {flag("level", {"permissive"})}), "/home/u/p/.envrc"),
            Access::write);
  // A larger root holds the home's start-up files and the project too.
  const auto wide = build(host, {flag("readwrite", {"/home"})});
  EXPECT_EQ(access_of(*wide, "/home/u/.bashrc"), Access::read);
  EXPECT_EQ(access_of(*wide, "/home/u/p/.envrc"), Access::read);
}

TEST(Protected, AWorktreeCommitsIntoItsRepository) {
  Host host;
  host.files.file("/main/.git/HEAD").directory("/main/.git/hooks").file("/main/.git/config");
  host.files.file("/main/.git/worktrees/p/HEAD").file("/main/.git/worktrees/p/commondir", "../..");
  host.files.file("/main/.git/worktrees/p/gitdir", "/home/u/p/.git");
  host.files.file("/home/u/p/.git", "gitdir: /main/.git/worktrees/p");
  const auto policy = build(host, {});
  EXPECT_EQ(access_of(*policy, "/main/.git/worktrees/p/index.lock"), Access::write);
  EXPECT_EQ(access_of(*policy, "/main/.git/objects/x"), Access::write);
  EXPECT_EQ(access_of(*policy, "/main/.git/hooks/x"), Access::read);
  EXPECT_EQ(access_of(*policy, "/main/.git/config"), Access::read);
  EXPECT_EQ(access_of(*policy, "/home/u/p/.git"), Access::read);
  EXPECT_EQ(access_of(*policy, "/main/src"), Access::read);
  // Where the worktree can't be written, neither can its repository.
  EXPECT_EQ(access_of(*build(host, {flag("level", {"strict"})}), "/main/.git/objects/x"),
            Access::read);
}

TEST(Protected, AGitFileThatLiesGrantsNothing) {
  Host host;
  host.files.file("/home/u/p/.git", "gitdir: /victim").directory("/victim");
  EXPECT_EQ(access_of(*build(host, {}), "/victim/x"), Access::read);
}

TEST(Protected, TheLogInsideTheTree) {
  Host host;
  const auto policy = build(host, {flag("log", {"audit.jsonl"})});
  EXPECT_EQ((*policy)->log_file, "/home/u/p/audit.jsonl");
  EXPECT_EQ(access_of(*policy, "/home/u/p/audit.jsonl"), Access::read);
  EXPECT_EQ(access_of(*build(host, {flag("log", {"/dev/null"})}), "/dev/null"), Access::write);
}

TEST(PathRules, SortedEachPathOnceAndNothingSaidTwice) {
  Host host;
  host.files.directory("/home/u/p/tmp").directory("/home/u/.ssh");
  for (const char* preset : {"compiler", "network-client", "development", "testing"}) {
    const auto policy = build(host, {flag("preset", {preset})});
    std::vector<std::string> paths;
    for (const PathRule& rule : (*policy)->paths) {
      paths.push_back(rule.path);
      EXPECT_FALSE(rule.reason.empty()) << rule.path;
      EXPECT_FALSE(rule.origin.empty()) << rule.path;
    }
    EXPECT_TRUE(std::is_sorted(paths.begin(), paths.end()));
    EXPECT_EQ(std::adjacent_find(paths.begin(), paths.end()), paths.end());
    EXPECT_EQ(rule_of(*policy, "/home/u/p/tmp"), nullptr) << preset;
    EXPECT_THAT((*policy)->make_directories, IsEmpty());
  }
}

}  // namespace
}  // namespace sefaca
