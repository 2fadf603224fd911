// The policies of one make, kept from line to line: when one is used again, and when it is not.
#include "launcher/make_cache.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/audit/first_of_build.h"
#include "core/base/text.h"
#include "core/config/plan_file.h"
#include "core/policy/builder.h"
#include "core/policy/environment.h"

namespace sefaca {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// A home of its own on the real file system, and this process in make's place.
class MakeCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "sefaca-make-cache-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    home_ = fs::canonical(name);
    fs::create_directories(home_ / "project");
    // Of the first plan of all the directories are made, which changes the home that it is made
    // from.
    fs::create_directories(home_ / ".local/state/sefaca");
    around_.cwd = home_ / "project";
    around_.home = around_.account_home = home_;
    around_.user = "u";
    around_.uid = ::getuid();
    around_.gid = ::getgid();
    around_.environment = {{"PATH", "/usr/bin:/bin"},
                           {"HOME", home_.string()},
                           {"API_TOKEN", "value-of-a-token"},
                           {"COLOUR", "value-of-a-colour"}};
    around_.machine_memory_bytes = std::uint64_t{8} << 30U;
    around_.files = &files_;
    caller_.process = process(::getpid());
    caller_.directory = around_.cwd;
    request_.door = "make";
    request_.door_limits = DoorLimits{};
    request_.door_paths.write = {around_.cwd};
    request_.assignments = {
        {.key = "preset", .values = {"compiler"}, .layer = Layer::door, .origin = "the make door"}};
  }
  void TearDown() override { fs::remove_all(home_); }

  static MakeProcess process(pid_t pid) {
    const auto stat = process_stat(pid);
    return {.pid = pid, .start = stat ? stat->started : 0};
  }

  [[nodiscard]] Policy made() const {
    PolicyBuilder builder(around_);
    for (const Assignment& each : request_.assignments) builder.set(each);
    builder.at_door(*request_.door_limits).add_paths(request_.door_paths);
    auto policy = builder.build({.argv = {"true"}});
    EXPECT_TRUE(policy);
    return *policy;
  }
  [[nodiscard]] MakeCache cache() const { return {caller_, request_, around_}; }
  void keep() const { cache().keep(made(), {}); }
  [[nodiscard]] bool found() const { return cache().find().has_value(); }

  [[nodiscard]] std::vector<std::string> plans() const {
    return files_.list(plan_directory("make", around_));
  }
  [[nodiscard]] std::string plan() const {
    return concat(plan_directory("make", around_), "/", plans().at(0));
  }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((home_ / name).parent_path());
    std::ofstream(home_ / name) << text;
  }

  RealFileSystem files_;
  Surroundings around_;
  fs::path home_;
  MakeCaller caller_;
  RunRequest request_;
};

TEST_F(MakeCacheTest, WhatIsKeptIsFoundAndTheSame) {
  EXPECT_FALSE(found());
  keep();
  const auto kept = cache().find();
  ASSERT_TRUE(kept);
  Plan before;
  Plan after;
  before.policy = *made();
  after.policy = **kept;
  EXPECT_EQ(plan_body(before), plan_body(after));
  EXPECT_EQ((*kept)->environment, made()->environment);
  EXPECT_EQ((*kept)->withheld, std::vector<std::string>{"API_TOKEN"});
}

TEST_F(MakeCacheTest, APlanHoldsNoValueOfTheEnvironmentAndIsTheOwnersAlone) {
  keep();
  ASSERT_THAT(plans(), SizeIs(1));
  std::ostringstream text;
  text << std::ifstream(plan()).rdbuf();
  EXPECT_THAT(text.str(), Not(HasSubstr("value-of-a")));
  struct stat info {};
  ASSERT_EQ(::stat(plan().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(MakeCacheTest, AValueThatWasGivenIsNotKept) {
  request_.assignments.push_back(
      {.key = "env", .values = {"KEY=secret"}, .layer = Layer::command_line, .origin = "--env"});
  keep();
  EXPECT_FALSE(found());
  EXPECT_THAT(plans(), SizeIs(0));
}

TEST_F(MakeCacheTest, AnotherQuestionIsAnotherPlan) {
  keep();
  ASSERT_TRUE(found());
  const auto differs = [this](const char* what, auto change) {
    const Surroundings around = around_;
    const MakeCaller caller = caller_;
    const RunRequest request = request_;
    change();
    EXPECT_FALSE(found()) << what;
    around_ = around;
    caller_ = caller;
    request_ = request;
    EXPECT_TRUE(found()) << what;
  };
  differs("a variable", [&] { around_.environment["COLOUR"] = "blue"; });
  differs("a new variable", [&] { around_.environment["SEFACA_NETWORK"] = "deny"; });
  differs("one less", [&] { around_.environment.erase("COLOUR"); });
  differs("the directory", [&] { around_.cwd = home_; });
  differs("the user", [&] { ++around_.uid; });
  differs("the make", [&] { ++caller_.process.start; });
  differs("the preset", [&] { request_.assignments[0].values = {"testing"}; });
  differs("who chose it", [&] { request_.assignments[0].origin = "somebody else"; });
  differs("limits", [&] { request_.door_limits->unlimited = true; });
  differs("a place to write", [&] { request_.door_paths.write.push_back(home_.string()); });
  differs("a place to read", [&] { request_.door_paths.read.push_back(home_.string()); });
  differs("a protected file", [&] { request_.door_paths.protect.push_back(home_ / "Makefile"); });
  // A list that moves from one place to the other comes to another name.
  differs("the other list",
          [&] { std::swap(request_.door_paths.write, request_.door_paths.read); });
}

TEST_F(MakeCacheTest, WhatItWasMadeFromMustBeAsItWas) {
  const auto outdates = [this](const char* what, auto change) {
    keep();
    ASSERT_TRUE(found()) << what;
    // The kernel's times of files go on in steps of up to 10 ms.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    change();
    EXPECT_FALSE(found()) << what;
  };
  outdates("a configuration", [&] { write(".config/sefaca/config.toml", "[default]\n"); });
  outdates("its change", [&] { write(".config/sefaca/config.toml", "[default]\npids = 9\n"); });
  outdates("a project's file", [&] { write("project/.sefaca.toml", "[default]\n"); });
  outdates("a secret in the home", [&] { write(".netrc", "machine x\n"); });
  outdates("a place for secrets", [&] { fs::create_directories(home_ / ".config/gh"); });
}

TEST_F(MakeCacheTest, ADamagedOrWritablePlanIsNoPlan) {
  keep();
  ASSERT_EQ(::chmod(plan().c_str(), 0666), 0);
  EXPECT_FALSE(found());
  keep();
  ASSERT_TRUE(found());
  {
    std::fstream file(plan(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(200);
    file.put('\xff');
  }
  EXPECT_FALSE(found());
}

TEST_F(MakeCacheTest, PlansOfMakesThatHaveEndedAreRemoved) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const MakeProcess own = caller_.process;
  caller_.process = process(child);
  keep();
  caller_.process = own;
  keep();
  EXPECT_THAT(plans(), SizeIs(2)) << "that of a living make stays";
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  request_.assignments[0].values = {"testing"};
  keep();
  EXPECT_THAT(plans(), SizeIs(2)) << "both of this process";
  EXPECT_TRUE(found());
}

TEST_F(MakeCacheTest, WithoutAHomeNothingIsKept) {
  around_.home = around_.account_home = "";
  around_.environment.erase("HOME");
  EXPECT_TRUE(plan_directory("make", around_).empty());
  cache().keep(made(), {});
  EXPECT_FALSE(found());
}

}  // namespace
}  // namespace sefaca
