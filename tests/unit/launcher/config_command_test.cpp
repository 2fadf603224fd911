// `sefaca config` on a home of its own on the real file system: exit codes, texts, files.
#include "launcher/config_command.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/text.h"
#include "core/policy/surroundings.h"

namespace sefaca {
namespace {

namespace fs = std::filesystem;

// The kernel's, but for this machine's own system file.
class WithoutSystemFile final : public FileSystem {
 public:
  std::optional<FileInfo> info(const std::string& path) const override {
    return hidden(path) ? std::nullopt : real_.info(path);
  }
  std::optional<FileInfo> link_info(const std::string& path) const override {
    return hidden(path) ? std::nullopt : real_.link_info(path);
  }
  std::optional<std::string> real_path(const std::string& path) const override {
    return real_.real_path(path);
  }
  Result<std::string> read(const std::string& path, std::size_t max_bytes) const override {
    return real_.read(path, max_bytes);
  }
  std::vector<std::string> list(const std::string& path) const override { return real_.list(path); }
  bool executable(const std::string& path) const override { return real_.executable(path); }

 private:
  static bool hidden(const std::string& path) { return path == "/etc/sefaca/config.toml"; }
  RealFileSystem real_;
};

std::string text_of(FILE* stream) {
  std::string out;
  std::rewind(stream);
  for (int c = std::fgetc(stream); c != EOF; c = std::fgetc(stream)) out += static_cast<char>(c);
  return out;
}

class ConfigCommand : public ::testing::Test {
 protected:
  struct Outcome {
    int code = 0;
    std::string out;
    std::string err;
  };

  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "sefaca-config-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    home_ = fs::canonical(name);
    fs::create_directories(home_ / "project/.git");
    surroundings_.cwd = home_ / "project";
    surroundings_.home = home_;
    surroundings_.user = "u";
    surroundings_.uid = ::getuid();
    surroundings_.gid = ::getgid();
    surroundings_.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", home_.string()}};
    surroundings_.machine_memory_bytes = std::uint64_t{8} << 30U;
    surroundings_.files = &files_;
  }
  void TearDown() override { fs::remove_all(home_); }

  Outcome run(const std::vector<std::string>& words) {
    FILE* out = std::tmpfile();
    FILE* err = std::tmpfile();
    Outcome outcome;
    outcome.code = config_command(words, surroundings_, out, err);
    outcome.out = shortened(text_of(out));
    outcome.err = shortened(text_of(err));
    std::fclose(out);
    std::fclose(err);
    return outcome;
  }
  // With HOME written as ~.
  [[nodiscard]] std::string shortened(const std::string& text) const {
    const std::string home = home_;
    std::string out;
    std::size_t from = 0;
    for (auto at = text.find(home); at != std::string::npos; at = text.find(home, from)) {
      out.append(text, from, at - from).push_back('~');
      from = at + home.size();
    }
    return out.append(text, from);
  }
  [[nodiscard]] std::string read(const std::string& path) const {
    std::ifstream in(home_ / path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((home_ / path).parent_path());
    std::ofstream(home_ / path) << text;
    ::chmod((home_ / path).c_str(), 0644);
  }

  WithoutSystemFile files_;
  fs::path home_;
  Surroundings surroundings_;
};

TEST_F(ConfigCommand, WrongUsageIsTwo) {
  auto none = run({});
  EXPECT_EQ(none.code, 2);
  EXPECT_EQ(none.err,
            "sefaca: config wants an action\n  -> one of: show, get, set, init, check, presets, "
            "path, trust, untrust, trusted\n");
  auto typo = run({"shwo"});
  EXPECT_EQ(typo.code, 2);
  EXPECT_EQ(typo.err, "sefaca: unknown action 'shwo' of config\n  -> did you mean 'show'?\n");
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"get"},
                                             {"get", "memroy"},
                                             {"set", "memory"},
                                             {"set", "memory", "1gg"},
                                             {"set", "level", "strickt"},
                                             {"set", "memory", "1g", "--projct"},
                                             {"set", "memory", "1g", "--project", "--user"},
                                             {"init", "x"},
                                             {"check", "a", "b"},
                                             {"path", "x"},
                                             {"trusted", "x"},
                                             {"show", "x"},
                                             {"show", "--levl=strict"}}) {
    auto outcome = run(words);
    EXPECT_EQ(outcome.code, 2) << join(words, " ");
    EXPECT_NE(outcome.err, "") << join(words, " ");
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(ConfigCommand, SetThenGet) {
  EXPECT_EQ(run({"get", "memory"}).out, "4g\n");
  auto unset = run({"get", "log"});
  EXPECT_EQ(unset.code, 1);
  EXPECT_EQ(unset.out, "");
  EXPECT_EQ(run({"set", "memory", "2g"}).code, 0);
  EXPECT_EQ(run({"set", "log.file", "/var/log/x"}).code, 0);
  EXPECT_EQ(run({"set", "presets.mine.inherits_", "x"}).code, 2);
  EXPECT_EQ(run({"set", "presets.mine.timeout", "5m"}).code, 0);
  EXPECT_EQ(read(".sefaca/config.toml"),
            "[default]\nmemory = \"2g\"\n\n[log]\nfile = \"/var/log/x\"\n\n[presets.mine]\n"
            "timeout = \"5m\"\n");
  EXPECT_EQ(run({"get", "memory"}).out, "2g\n");
  EXPECT_EQ(run({"get", "log.file"}).out, "/var/log/x\n");
}

TEST_F(ConfigCommand, SetFollowsALinkedFileAndKeepsComments) {
  write("dotfiles/sefaca.toml", "# mine\n[default]\nmemory = \"1g\" # enough\n");
  fs::create_directory(home_ / ".sefaca");
  fs::create_symlink("../dotfiles/sefaca.toml", home_ / ".sefaca/config.toml");
  EXPECT_EQ(run({"set", "memory", "3g", "--user"}).code, 0);
  EXPECT_TRUE(fs::is_symlink(home_ / ".sefaca/config.toml"));
  EXPECT_EQ(read("dotfiles/sefaca.toml"), "# mine\n[default]\nmemory = \"3g\" # enough\n");
}

TEST_F(ConfigCommand, SetRefusesWhatTheTableRefuses) {
  auto outcome = run({"set", "log.file", "/x", "--project"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err,
            "sefaca: ~/project/.sefaca.toml:1:2: a project's file can't say where records go\n"
            "    [log]\n     ^\n  -> put it into ~/.sefaca/config.toml\n");
  EXPECT_FALSE(fs::exists(home_ / "project/.sefaca.toml"));
  write(".sefaca/config.toml", "[default]\nmemroy = 1\n");
  EXPECT_EQ(run({"set", "memory", "1g"}).code, 1);
  EXPECT_EQ(read(".sefaca/config.toml"), "[default]\nmemroy = 1\n");
}

TEST_F(ConfigCommand, InitWritesOnceAndTheFileIsValid) {
  auto first = run({"init"});
  EXPECT_EQ(first.code, 0);
  EXPECT_EQ(first.out, "~/.sefaca/config.toml\n");
  EXPECT_EQ(run({"init"}).code, 1);
  EXPECT_EQ(run({"init", "--project"}).out, "~/project/.sefaca.toml\n");
  auto check = run({"check"});
  EXPECT_EQ(check.code, 0) << check.err;
  EXPECT_EQ(check.out, "~/.sefaca/config.toml: ok\n~/project/.sefaca.toml: ok\n");
}

TEST_F(ConfigCommand, CheckNamesEveryErrorOfAFile) {
  EXPECT_EQ(run({"check"}).out, "no configuration file: the built-in values are in force\n");
  write("x.toml",
        "[presets.a]\ninherits = \"b\"\n[presets.b]\ninherits = \"a\"\n[default]\nreadonly = "
        "[\"/not/there\"]\npreset = \"compilr\"\n");
  auto outcome = run({"check", (home_ / "x.toml").string()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("inherits itself"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("unknown preset 'compilr'"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("did you mean 'compiler'?"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("/not/there"), std::string::npos) << outcome.err;
  EXPECT_EQ(run({"check", "/not/there.toml"}).code, 1);
}

TEST_F(ConfigCommand, CheckJudgesTheRulesOfMake) {
  write("good.toml",
        "[presets.mine]\ninherits = \"compiler\"\n[make.targets]\n\"bench-*\" = \"mine\"\n"
        "deploy = \"pass\"\n[make.programs]\n\"gen-*\" = \"compiler\"\n");
  auto good = run({"check", (home_ / "good.toml").string()});
  EXPECT_EQ(good.code, 0) << good.err;
  write(
      "x.toml",
      "[make.targets]\nbench = \"tesing\"\ndeploy = \"pas\"\n[make.programs]\ngen = \"compilr\"\n");
  auto outcome = run({"check", (home_ / "x.toml").string()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err,
            "sefaca: ~/x.toml:2:9: unknown preset 'tesing'\n    bench = \"tesing\"\n            ^\n"
            "  -> did you mean 'testing'?\n"
            "sefaca: ~/x.toml:3:10: unknown preset 'pas'\n    deploy = \"pas\"\n             ^\n"
            "  -> did you mean 'pass'?\n"
            "sefaca: ~/x.toml:5:7: unknown preset 'compilr'\n    gen = \"compilr\"\n          ^\n"
            "  -> did you mean 'compiler'?\n");
  write("y.toml",
        "[make.targets]\n\"a b\" = \"testing\"\n\"\" = \"testing\"\n"
        "[make.programs]\n\"sub/gen\" = \"compiler\"\ncc = \"pass\"\n");
  const std::string err = run({"check", (home_ / "y.toml").string()}).err;
  for (const char* part :
       {"y.toml:2:1: a rule is for one name", "y.toml:3:1: the rule names no target",
        "y.toml:5:1: a program is known by its last part", "-> gen = …",
        "y.toml:6:6: a program can't be passed through"})
    EXPECT_NE(err.find(part), std::string::npos) << part << "\n" << err;
}

// The files that are read are judged together: a rule of one may name a preset of another.
TEST_F(ConfigCommand, CheckJudgesTheRulesOfMakeInAllFiles) {
  write(".sefaca/config.toml", "[make.targets]\nbench = \"mien\"\n[presets.mine]\n");
  auto outcome = run({"check"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("~/.sefaca/config.toml:2:9: unknown preset 'mien'"), std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("did you mean 'mine'?"), std::string::npos) << outcome.err;
  write(".sefaca/config.toml", "[make.targets]\nbench = \"mine\"\n[presets.mine]\n");
  EXPECT_EQ(run({"check"}).code, 0);
}

TEST_F(ConfigCommand, TrustUntrustTrusted) {
  EXPECT_EQ(run({"trust"}).code, 1);
  write("project/.sefaca.toml", "[default]\nnetwork = \"allow\"\n");
  auto refused = run({"get", "network"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.err,
            "sefaca: ~/project/.sefaca.toml:2:1: this would widen network from localhost to allow\n"
            "    network = \"allow\"\n    ^\n"
            "  -> a project's file may only narrow until you trust it: sefaca config trust "
            "~/project/.sefaca.toml\n");
  auto trusted = run({"trust"});
  EXPECT_EQ(trusted.code, 0) << trusted.err;
  EXPECT_TRUE(trusted.out.starts_with("trusted: ~/project/.sefaca.toml (sha256 ")) << trusted.out;
  EXPECT_EQ(run({"get", "network"}).out, "allow\n");
  EXPECT_EQ(run({"trusted"}).out, "~/project/.sefaca.toml\ttrusted\n");

  // The user's own change keeps the trust, anybody else's ends it.
  EXPECT_EQ(run({"set", "network", "host-loopback", "--project"}).err, "");
  EXPECT_EQ(run({"get", "network"}).out, "host-loopback\n");
  write("project/.sefaca.toml", "[default]\nnetwork = \"allow\"\n#\n");
  EXPECT_EQ(run({"get", "network"}).code, 1);
  EXPECT_EQ(run({"trusted"}).out, "~/project/.sefaca.toml\tchanged since: not trusted\n");
  EXPECT_EQ(run({"untrust"}).code, 0);
  EXPECT_EQ(run({"untrust"}).code, 1);
  EXPECT_EQ(run({"trusted"}).out, "");
}

TEST_F(ConfigCommand, TrustRefusesWhatOthersCanWriteAndWhatIsWrong) {
  write("project/.sefaca.toml", "[default]\nnetwork = \"allow\"\n");
  ::chmod((home_ / "project/.sefaca.toml").c_str(), 0666);
  auto writable = run({"trust"});
  EXPECT_EQ(writable.code, 1);
  EXPECT_NE(writable.err.find("anybody can write to the file"), std::string::npos);
  write("project/.sefaca.toml", "[defualt]\n");
  auto wrong = run({"trust"});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_NE(wrong.err.find("did you mean 'default'?"), std::string::npos);
}

TEST_F(ConfigCommand, ShowNamesOriginsAndWhatLost) {
  write(".sefaca/config.toml", "[default]\nmemory = \"1g\"\n");
  auto text = run({"show", "--level=strict"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("memory           512m                       level strict (--level)\n"
                          "                   not 1g                   "
                          "~/.sefaca/config.toml:2:1\n"),
            std::string::npos)
      << text.out;
  auto json = run({"show", "--json", "--preset=compiler"});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_NE(json.out.find("\"origin\": \"preset compiler (--preset)\""), std::string::npos);
}

TEST_F(ConfigCommand, PresetsAndPath) {
  write(".sefaca/config.toml", "[presets.mine]\ninherits = \"compiler\"\n");
  EXPECT_EQ(run({"presets", "--names"}).out,
            "compiler\nnetwork-client\ndevelopment\ntesting\nmine\n");
  EXPECT_NE(run({"presets"}).out.find("mine\n  # ~/.sefaca/config.toml:1:10, inherits compiler\n"),
            std::string::npos);
  EXPECT_EQ(run({"path"}).out,
            "system\t/etc/sefaca/config.toml\tabsent\nuser\t~/.sefaca/config.toml\tpresent\n"
            "user\t~/.config/sefaca/config.toml\tabsent\n"
            "project\t~/project/.sefaca.toml\tabsent\n");
}

}  // namespace
}  // namespace sefaca
