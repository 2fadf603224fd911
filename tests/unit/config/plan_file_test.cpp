// Plans: kept and read back as they were, and refused when anything about them is not.
#include "core/config/plan_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/policy/narrow.h"
#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using namespace testing;
namespace fs = std::filesystem;

constexpr const char* kBuild = "0.1.0 cafe";

Plan sample(const Host& host, std::vector<Assignment> assignments) {
  auto policy = build(host, assignments);
  EXPECT_TRUE(policy.ok()) << errors_of(policy);
  Plan plan;
  plan.policy = **policy;
  plan.door = std::move(assignments);
  plan.policy.environment.clear();
  plan.policy.withheld.clear();
  plan.policy.given_values.clear();
  plan.notes["generated"] = {"build.ninja", "a\nb", ""};
  plan.notes["none"] = {};
  plan.door_limits = DoorLimits{.tool_time_ms = 5, .unlimited = true};
  return plan;
}

Assignment door(std::string key, std::vector<std::string> values) {
  return assign(Layer::door, std::move(key), std::move(values), "the door");
}

class PlanFile : public ::testing::Test {
 protected:
  PlanFile() {
    std::string place = ::testing::TempDir() + "plan.XXXXXX";
    directory_ = ::mkdtemp(place.data());
    path_ = directory_ + "/place/a.plan";
  }
  ~PlanFile() override { fs::remove_all(directory_); }

  std::string refusal() {
    const auto plan = read_plan(path_, kBuild);
    return plan ? "" : text_of(plan.errors());
  }

  Host host_;
  std::string directory_, path_;
};

TEST_F(PlanFile, ComesBackAsItWas) {
  host_.files.file("/home/u/.ssh/id", "key");
  const Plan plan = sample(host_, {door("preset", {"compiler"}), door("memory", {"3g"}),
                                   door("env", {"A=1,2"}), door("allow", {"signals"})});
  ASSERT_TRUE(write_plan(path_, plan, kBuild).ok());
  const auto read = read_plan(path_, kBuild);
  ASSERT_TRUE(read.ok()) << text_of(read.errors());
  EXPECT_EQ(plan_body(*read), plan_body(plan));
  EXPECT_EQ(read->policy.limits.memory_bytes, 3 * kGibi);
  EXPECT_EQ(read->policy.limits.cpu_time_ms, std::nullopt);
  ASSERT_TRUE(read->door_limits);
  EXPECT_EQ(read->door_limits->tool_time_ms, 5U);
  EXPECT_TRUE(read->door_limits->unlimited);
  EXPECT_EQ(read->policy.given, (std::vector<std::string>{"A=1,2"}));
  EXPECT_EQ(read->policy.paths.size(), plan.policy.paths.size());
  EXPECT_EQ(read->policy.paths.front().reason, plan.policy.paths.front().reason);
  EXPECT_EQ(read->policy.origins, plan.policy.origins);
  EXPECT_EQ(read->notes, plan.notes);
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0600U);
}

TEST_F(PlanFile, EveryChangedByteIsNoticed) {
  const std::string text = plan_text(sample(host_, {door("preset", {"testing"})}), kBuild);
  ASSERT_TRUE(parse_plan(text, kBuild).ok());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    ASSERT_FALSE(parse_plan(changed, kBuild).ok()) << i;
  }
  for (std::size_t size = 0; size < text.size(); ++size)
    ASSERT_FALSE(parse_plan(std::string_view(text).substr(0, size), kBuild).ok()) << size;
  EXPECT_FALSE(parse_plan(text + "x", kBuild).ok());
}

// What the reader takes for granted holds without the check sum as well.
TEST_F(PlanFile, ValuesOutOfRangeAreRefused) {
  Plan plan = sample(host_, {});
  plan.policy.network = static_cast<Network>(77);
  EXPECT_FALSE(parse_plan_body(plan_body(plan)).ok());
  plan.policy.network = Network::deny;
  EXPECT_TRUE(parse_plan_body(plan_body(plan)).ok());
  plan.policy.paths.front().path = "relative";
  EXPECT_FALSE(parse_plan_body(plan_body(plan)).ok());
}

TEST_F(PlanFile, AnotherBuildsIsRefused) {
  ASSERT_TRUE(write_plan(path_, sample(host_, {}), "0.1.0 beef").ok());
  EXPECT_NE(refusal().find("another build of sefaca"), std::string::npos) << refusal();
}

TEST_F(PlanFile, OneThatOthersCanWriteIsRefused) {
  ASSERT_TRUE(write_plan(path_, sample(host_, {}), kBuild).ok());
  EXPECT_EQ(refusal(), "");
  ::chmod(path_.c_str(), 0620);
  EXPECT_NE(refusal().find("others can write to it"), std::string::npos) << refusal();
  ::chmod(path_.c_str(), 0600);
  ::chmod((directory_ + "/place").c_str(), 0777);
  EXPECT_NE(refusal().find("others can write to it"), std::string::npos) << refusal();
  ::chmod((directory_ + "/place").c_str(), 0700);
  EXPECT_EQ(refusal(), "");
}

TEST_F(PlanFile, OneOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_TRUE(write_plan(path_, sample(host_, {}), kBuild).ok());
  ASSERT_EQ(::chown(path_.c_str(), 12345, 12345), 0);
  EXPECT_NE(refusal().find("belongs to user 12345"), std::string::npos) << refusal();
}

TEST_F(PlanFile, ALinkOrWhatIsNoFileIsRefused) {
  ASSERT_TRUE(write_plan(directory_ + "/place/b.plan", sample(host_, {}), kBuild).ok());
  fs::create_symlink("b.plan", path_);
  EXPECT_NE(refusal().find("can't be read"), std::string::npos) << refusal();
  fs::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_NE(refusal().find("not a regular file"), std::string::npos) << refusal();
  fs::remove(path_);
  EXPECT_NE(refusal().find("can't be read: ENOENT"), std::string::npos) << refusal();
}

TEST_F(PlanFile, AChangedConfigurationIsNoticed) {
  const std::string config = directory_ + "/config.toml", later = directory_ + "/later.toml";
  std::ofstream(config) << "level = \"default\"\n";
  Plan plan = sample(host_, {});
  plan.files = {stamp_of(config), stamp_of(later)};
  ASSERT_TRUE(plan.files[0].present);
  ASSERT_FALSE(plan.files[1].present);
  ASSERT_TRUE(write_plan(path_, plan, kBuild).ok());
  EXPECT_EQ(refusal(), "");
  std::ofstream(later) << "";
  EXPECT_NE(refusal().find("later.toml is not as it was"), std::string::npos) << refusal();
  fs::remove(later);
  EXPECT_EQ(refusal(), "");
  std::ofstream(config) << "level = \"strict\"\n";
  EXPECT_NE(refusal().find("config.toml is not as it was"), std::string::npos) << refusal();
}

TEST_F(PlanFile, TheEnvironmentIsThatOfTheStep) {
  host_.set("EARLIER", "1");
  const Plan plan = sample(host_, {door("preset", {"compiler"}), door("env", {"GIVEN=2"})});
  host_.surroundings.environment.erase("EARLIER");
  host_.set("LATER", "3");
  host_.set("AWS_SECRET_ACCESS_KEY", "secret");
  const auto policy = kept_policy(plan, host_.surroundings);
  ASSERT_TRUE(policy.ok()) << text_of(policy.errors());
  const auto& entries = (*policy)->environment;
  const auto has = [&](const char* entry) {
    return std::find(entries.begin(), entries.end(), entry) != entries.end();
  };
  EXPECT_TRUE(has("LATER=3"));
  EXPECT_TRUE(has("GIVEN=2"));
  EXPECT_FALSE(has("EARLIER=1"));
  EXPECT_FALSE(has("AWS_SECRET_ACCESS_KEY=secret"));
  EXPECT_EQ((*policy)->withheld, (std::vector<std::string>{"AWS_SECRET_ACCESS_KEY"}));
}

TEST_F(PlanFile, VariablesOfAStepOnlyNarrow) {
  host_.files.directory("/data");
  const Plan plan = sample(host_, {door("preset", {"testing"}), door("memory", {"2g"})});
  host_.set("SEFACA_NETWORK", "allow");
  host_.set("SEFACA_MEMORY", "4g");
  host_.set("SEFACA_READWRITE", "/data");
  host_.set("SEFACA_TIMEOUT", "7");
  host_.set("SEFACA_BYPASS", "whatever");
  auto policy = kept_policy(plan, host_.surroundings);
  ASSERT_TRUE(policy.ok()) << text_of(policy.errors());
  EXPECT_EQ((*policy)->network, Network::localhost);
  EXPECT_EQ((*policy)->limits.memory_bytes, 2 * kGibi);
  EXPECT_EQ((*policy)->limits.timeout_ms, 7'000U);
  EXPECT_EQ(access_of(*policy, "/data"), Access::read);
  EXPECT_EQ(access_of(*policy, "/home/u/p"), Access::write);

  host_.surroundings.environment.erase("SEFACA_NETWORK");
  host_.set("SEFACA_LEVEL", "strict");
  policy = kept_policy(plan, host_.surroundings);
  ASSERT_TRUE(policy.ok()) << text_of(policy.errors());
  EXPECT_EQ((*policy)->network, Network::deny);
  EXPECT_EQ((*policy)->level, Level::strict);
  EXPECT_EQ(access_of(*policy, "/home/u/p"), Access::read);

  host_.set("SEFACA_LEVEL", "strickt");
  EXPECT_NE(errors_of(kept_policy(plan, host_.surroundings)).find("$SEFACA_LEVEL"),
            std::string::npos);
}

TEST_F(PlanFile, LiesInSefacasOwnDirectory) {
  EXPECT_EQ(plan_directory("/b", host_.surroundings).substr(0, 37),
            "/home/u/.local/state/sefaca/plans/" +
                plan_directory("/b", host_.surroundings).substr(34, 3));
  host_.set("XDG_STATE_HOME", "/state");
  EXPECT_TRUE(plan_directory("/b", host_.surroundings).starts_with("/state/sefaca/plans/"));
  EXPECT_NE(plan_directory("/b", host_.surroundings), plan_directory("/c", host_.surroundings));
  host_.files.directory("/home/u/.sefaca");
  EXPECT_TRUE(plan_directory("/b", host_.surroundings).starts_with("/home/u/.sefaca/plans/"));
  const auto policy = build(host_, {door("preset", {"testing"})});
  EXPECT_EQ(access_of(*policy, plan_directory("/b", host_.surroundings)), Access::hide);
  host_.surroundings.home.clear();
  EXPECT_EQ(plan_directory("/b", host_.surroundings), "");
}

}  // namespace
}  // namespace sefaca
