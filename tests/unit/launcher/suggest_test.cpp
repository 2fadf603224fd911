// From violations to a proposal: what is taken over, what is left out, and that the file it makes
// is read as configuration.
#include "launcher/suggest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "core/config/toml_file.h"
#include "tests/unit/audit/samples.h"
#include "tests/unit/audit/temporary_directory.h"

namespace sefaca {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(NamedOption, IsTakenOutOfTheSentence) {
  const auto path = named_option("Use --readwrite=/var/cache/x if it must be written");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->option, "readwrite");
  EXPECT_EQ(path->value, "/var/cache/x");
  const auto quoted = named_option("Use --readonly='/a b'\\''s' if it must be read");
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->value, "/a b's");
  const auto bare = named_option("Use --network flag if network access needed");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->option, "network");
  EXPECT_EQ(bare->value, "");
  EXPECT_EQ(named_option("Use --keep-background")->option, "keep-background");
  EXPECT_FALSE(named_option(""));
  EXPECT_FALSE(named_option("nothing -- at all, a--b"));
}

class Suggest : public ::testing::Test {
 protected:
  Suggest() {
    mkdir(home_.c_str(), 0700);
    mkdir((home_ + "/work").c_str(), 0700);
    mkdir((home_ + "/.ssh").c_str(), 0700);
    std::ofstream(home_ + "/.ssh/id_ed25519") << "key";
    surroundings_.cwd = home_ + "/work";
    surroundings_.home = home_;
    surroundings_.files = &files_;
    record_ = specification_record();
    record_.cwd = home_ + "/work";
  }

  void add(ViolationKind kind, const std::string& path, const std::string& suggestion) {
    Violation violation;
    violation.kind = kind;
    violation.path = path;
    violation.operation = "open";
    violation.suggestion = suggestion;
    record_.violations.push_back(violation);
  }
  void add_write(const std::string& path) {
    add(ViolationKind::filesystem_write_denied, path,
        "Use --readwrite=" + path + " if it must be written");
  }
  std::string make(const std::string& name) {
    std::ofstream(directory_.at(name)) << "x";
    return directory_.at(name);
  }

  std::string toml() {
    Proposal proposal(surroundings_);
    proposal.add(record_);
    proposal.finish();
    std::string text = proposal.toml();
    const auto parsed =
        parse_file(text, {directory_.at("x.toml"), directory_.path(), Layer::project_file});
    EXPECT_TRUE(parsed) << text << (parsed ? "" : parsed.error().what);
    return text;
  }
  std::string command() {
    Proposal proposal(surroundings_);
    proposal.add(record_);
    proposal.finish();
    return proposal.command();
  }

  TemporaryDirectory directory_;
  RealFileSystem files_;
  std::string home_ = directory_.at("home");
  Surroundings surroundings_;
  Record record_;
};

TEST_F(Suggest, TakesWhatTheSentencesName) {
  record_.violations = full_record().violations;
  record_.violations.erase(record_.violations.begin() + 1);  // a logged one
  const std::string text = toml();
  EXPECT_THAT(text, HasSubstr("[default]\n# memory_limit_exceeded\nmemory = \"2g\"\n"
                              "# network_access_denied malicious.example.com:443\n"
                              "network = \"allow\"\n"));
  EXPECT_EQ(command(), "sefaca run --memory=2g --network=allow -- python script.py\n");
}

TEST_F(Suggest, FiguresAreMadeFromTheLimit) {
  record_.origins.clear();
  add(ViolationKind::timeout_exceeded, "", "Use --timeout=DURATION if it needs longer than 90s");
  record_.violations.back().limit = 90'000;
  record_.violations.back().peak = 90'007;
  add(ViolationKind::process_limit_exceeded, "", "Use --pids=N if it needs more than 64 processes");
  record_.violations.back().limit = 64;
  record_.violations.back().peak = 65;
  EXPECT_EQ(command(), "sefaca run --pids=130 --timeout=3m -- python script.py\n");
}

TEST_F(Suggest, APresetsValuesGoToItsTable) {
  record_.preset = "compiler";
  const std::string path = make("cache");
  add_write(path);
  EXPECT_THAT(toml(), HasSubstr("[presets.compiler]\nreadwrite_add = [\n  \"" + path +
                                "\",  # filesystem_write_denied " + path + "\n]\n"));
  record_.preset = "my own";
  EXPECT_THAT(toml(), HasSubstr("[presets.\"my own\"]\n"));
  EXPECT_EQ(command(),
            "sefaca run '--preset=my own' --readwrite=" + path + " -- python script.py\n");
}

TEST_F(Suggest, SecretsHomesAndOurOwnAreNeverProposed) {
  const auto read = ViolationKind::filesystem_read_denied;
  const std::string key = home_ + "/.ssh/id_ed25519";
  const std::string log = home_ + "/.sefaca/log";
  add(read, key, "Use --readonly=" + key + " if it must be read");
  add(read, log, "Use --readonly=" + log + " if it must be read");
  add(read, home_, "Use --readonly=" + home_ + " if it must be read");
  add(read, "/x", "Use --readonly=/x/[redacted] if it must be read");
  add(ViolationKind::syscall_denied, "", "Use --env=TOKEN=hunter22 if it needs that");
  mkdir((home_ + "/.sefaca").c_str(), 0700);
  mkdir(log.c_str(), 0700);
  const std::string text = toml();
  EXPECT_THAT(text, Not(HasSubstr("readonly_add")));
  EXPECT_THAT(text, HasSubstr(key + ": a secret (ssh keys); a person has to name it"));
  EXPECT_THAT(text, HasSubstr(log + ": that is sefaca's own"));
  EXPECT_THAT(text, HasSubstr(home_ + ": that is a whole home; name what is needed in it"));
  EXPECT_THAT(text, HasSubstr("it holds what was redacted"));
  EXPECT_THAT(text, Not(HasSubstr("hunter22")));
  EXPECT_THAT(text, HasSubstr("env_add = [\n  \"TOKEN\""));
}

TEST_F(Suggest, WhatWouldRunLaterOrIsTheSystemsIsNotProposedForWriting) {
  std::ofstream(home_ + "/.bashrc") << "";
  add_write(home_ + "/.bashrc");
  add_write("/usr/bin");
  add(ViolationKind::filesystem_read_denied, "/usr/bin", "Use --readonly=/usr/bin if it reads");
  const std::string text = toml();
  EXPECT_THAT(text, HasSubstr(".bashrc: to write it is to run code later (shell start-up file)"));
  EXPECT_THAT(text, HasSubstr("/usr/bin: that is the system's; a person has to name it"));
  EXPECT_THAT(text, Not(HasSubstr("readwrite_add")));
  EXPECT_THAT(text, HasSubstr("readonly_add = [\n  \"/usr/bin\""));
}

TEST_F(Suggest, WhatNothingAllowsIsSaid) {
  add(ViolationKind::signal_denied, "", "");
  Proposal proposal(surroundings_);
  proposal.add(record_);
  proposal.finish();
  EXPECT_TRUE(proposal.empty());
  EXPECT_THAT(proposal.toml(),
              HasSubstr("# Not proposed:\n#   signal_denied open: nothing allows it"));
}

TEST_F(Suggest, APathThatIsGoneOrCantBeWrittenIsLeftOut) {
  add_write(directory_.at("gone"));
  add_write(make("a:b"));
  const std::string text = toml();
  EXPECT_THAT(text, HasSubstr("gone: it is not there: make it first"));
  EXPECT_THAT(text, HasSubstr("a:b: ':' and '$' in a path have a meaning of their own"));
  EXPECT_THAT(text, Not(HasSubstr("readwrite_add")));
}

TEST_F(Suggest, ManyOfOneDirectoryBecomeTheDirectory) {
  mkdir(directory_.at("d").c_str(), 0700);
  for (int i = 0; i < 8; ++i) add_write(make("d/" + std::to_string(i)));
  EXPECT_THAT(toml(), HasSubstr("d/7\""));
  add_write(make("d/8"));
  const std::string text = toml();
  EXPECT_THAT(text, HasSubstr("readwrite_add = [\n  \"" + directory_.at("d") +
                              "\",  # 9 paths in it\n]\n"));
}

TEST_F(Suggest, WhatLiesInAnotherIsLeftOut) {
  mkdir(directory_.at("d").c_str(), 0700);
  const std::string inner = make("d/inner");
  add_write(directory_.at("d"));
  add_write(inner);
  add(ViolationKind::filesystem_read_denied, inner,
      "Use --readonly=" + inner + " if it must be read");
  EXPECT_EQ(command(), "sefaca run --readwrite=" + directory_.at("d") + " -- python script.py\n");
}

TEST_F(Suggest, ThePlacesOfOptionsThatStandAboveFilesAreNamed) {
  record_.level = "strict";
  record_.origins = {{"level", "--level"}, {"network", "--no-network"}};
  add(ViolationKind::network_access_denied, "", "Use --network flag if network access needed");
  const std::string text = toml();
  EXPECT_THAT(text, HasSubstr("level = \"strict\"  # leave it out of the options"));
  EXPECT_THAT(text, HasSubstr("leave it out there: --no-network\n"));
  EXPECT_EQ(command(),
            "sefaca run --level=strict --network=allow -- python script.py\n"
            "# in place of: --no-network\n");
}

TEST_F(Suggest, WhatPermissiveLoggedBecomesLevelDefault) {
  record_.level = "permissive";
  record_.network = "allow";
  mkdir(directory_.at("d").c_str(), 0700);
  add(ViolationKind::filesystem_write_denied, make("d/file"), "");
  record_.violations.back().blocked = false;
  add(ViolationKind::filesystem_write_denied, directory_.at("d/renamed"), "");
  record_.violations.back().blocked = false;
  record_.violations.back().operation = "rename";
  EXPECT_EQ(command(), "sefaca run --level=default --network=allow --readwrite=" +
                           directory_.at("d") + " -- python script.py\n");
}

TEST_F(Suggest, TextOfTheLogDrivesNoTerminalAndNoFile) {
  record_.preset = "x\"]\n[enforce";
  add(ViolationKind::filesystem_write_denied, make("a\nlevel = \"permissive\""),
      "Use --readwrite='" + directory_.at("a\nlevel = \"permissive\"") + "' if it must be written");
  record_.command = {"a\x1b[2J"};
  const std::string text = toml();
  EXPECT_THAT(text, Not(HasSubstr("\nlevel = ")));
  EXPECT_THAT(text, Not(HasSubstr("\n[enforce")));
  EXPECT_THAT(command(), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace sefaca
