// What the command inherits, and what looks like a credential.
#include "core/policy/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/policy/credentials.h"
#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using ::testing::ElementsAre;
using testing::Host;
using ::testing::IsEmpty;

TEST(Credentials, Names) {
  for (const char* name : {"AWS_SECRET_ACCESS_KEY",
                           "AWS_ACCESS_KEY_ID",
                           "AWS_SESSION_TOKEN",
                           "GITHUB_TOKEN",
                           "GH_TOKEN",
                           "NPM_TOKEN",
                           "npm_config_//registry.npmjs.org/:_authToken",
                           "TOKEN",
                           "CI_JOB_TOKEN",
                           "ACTIONS_RUNTIME_TOKEN",
                           "ACTIONS_ID_TOKEN_REQUEST_URL",
                           "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                           "DB_PASSWORD",
                           "PGPASSWORD",
                           "MYSQL_PWD",
                           "SSHPASS",
                           "CLIENT_SECRET",
                           "OPENAI_API_KEY",
                           "anthropic_api_key",
                           "SECRET_KEY_BASE",
                           "RAILS_MASTER_KEY",
                           "GOOGLE_APPLICATION_CREDENTIALS",
                           "SEFACA_LOG_TOKEN",
                           "AZURE_STORAGE_CONNECTION_STRING",
                           "SLACK_WEBHOOK_URL",
                           "GPG_PASSPHRASE"})
    EXPECT_TRUE(name_is_credential(name)) << name;
  for (const char* name : {"AWS_REGION",
                           "AWS_PROFILE",
                           "CACHE_KEY",
                           "SSH_CONNECTION",
                           "SSH_AUTH_SOCK",
                           "TOKENIZERS_PARALLELISM",
                           "KEYBOARD",
                           "PATH",
                           "GIT_ASKPASS",
                           "BYPASS",
                           "COMPASS",
                           "GPG_KEY",
                           "AWS_WEB_IDENTITY_TOKEN_FILE",
                           "PASSWORD_STORE_DIR",
                           "SECRETARY",
                           "KEY",
                           "MAX_TOKENS_PER_LINE",
                           "XAUTHORITY",
                           "MAKEFLAGS",
                           "LS_COLORS",
                           "CARGO_HOME",
                           "PATH_KEY"})
    EXPECT_FALSE(name_is_credential(name)) << name;
}

TEST(Credentials, Values) {
  for (const char* value : {"postgres://u:p@host/db", "https://x-access-token:abc@github.com",
                            "a b://c:d@e", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc",
                            "AUTHORIZATION: basic abc", "one://host two://u:p@host"})
    EXPECT_TRUE(value_is_credential(value)) << value;
  for (const char* value : {"https://host:8080/a@b", "postgres://u@host/db", "https://u:@host",
                            "git@host:path", "", "://", "file:///a:b/c@d", "https://host/?x=a:b@c"})
    EXPECT_FALSE(value_is_credential(value)) << value;
}

std::vector<std::string> names(const std::vector<std::string>& entries) {
  std::vector<std::string> out;
  for (const std::string& entry : entries) out.push_back(entry.substr(0, entry.find('=')));
  return out;
}

class MakeEnvironment : public ::testing::Test {
 protected:
  MakeEnvironment() {
    host_.set("TEST_VAR", "value");
    host_.set("GITHUB_TOKEN", "t");
    host_.set("DATABASE_URL", "postgres://u:p@h/d");
    host_.set("SEFACA_LOG_TOKEN", "abc123");
  }
  CommandEnvironment make(EnvironmentRule rule, std::vector<std::string> given = {}) {
    return make_environment(rule, given, host_.surroundings);
  }
  Host host_;
};

TEST_F(MakeEnvironment, ByRule) {
  const auto inherited = make(EnvironmentRule::no_credentials);
  EXPECT_THAT(names(inherited.entries), ElementsAre("HOME", "LANG", "PATH", "TERM", "TEST_VAR"));
  EXPECT_THAT(inherited.withheld, ElementsAre("DATABASE_URL", "GITHUB_TOKEN", "SEFACA_LOG_TOKEN"));

  const auto strict = make(EnvironmentRule::none);
  EXPECT_THAT(names(strict.entries), ElementsAre("LANG", "PATH", "TERM"));
  EXPECT_THAT(strict.withheld, ElementsAre("DATABASE_URL", "GITHUB_TOKEN", "SEFACA_LOG_TOKEN"));

  const auto all = make(EnvironmentRule::all);
  EXPECT_THAT(names(all.entries), ElementsAre("DATABASE_URL", "GITHUB_TOKEN", "HOME", "LANG",
                                              "PATH", "TERM", "TEST_VAR"));
  EXPECT_THAT(all.withheld, ElementsAre("SEFACA_LOG_TOKEN"));
}

TEST_F(MakeEnvironment, WhatIsGivenIsNotWithheld) {
  const auto made = make(EnvironmentRule::none, {"GITHUB_TOKEN", "A=1", "A=2", "PATH=/x",
                                                 "EMPTY=", "NOT_SET", "B=x=y", "SEFACA_LOG_TOKEN"});
  EXPECT_THAT(made.entries, ElementsAre("A=2", "B=x=y", "EMPTY=", "GITHUB_TOKEN=t", "LANG=C",
                                        "PATH=/x", "TERM=dumb"));
  EXPECT_THAT(made.withheld, ElementsAre("DATABASE_URL", "SEFACA_LOG_TOKEN"));
  EXPECT_THAT(made.given_values, ElementsAre("1", "2", "/x", "x=y"));
}

TEST_F(MakeEnvironment, ThroughTheBuilder) {
  const auto policy = testing::build(
      host_, {testing::flag("level", {"strict"}), testing::flag("clean_env", {"false"})});
  EXPECT_EQ((*policy)->environment_rule, EnvironmentRule::no_credentials);
  const auto clean = testing::build(
      host_, {testing::flag("level", {"permissive"}), testing::flag("clean_env", {"true"})});
  EXPECT_EQ((*clean)->environment_rule, EnvironmentRule::none);
  const auto all = testing::build(host_, {testing::flag("level", {"permissive"})});
  EXPECT_EQ((*all)->environment_rule, EnvironmentRule::all);
  EXPECT_THAT((*all)->given_values, IsEmpty());
}

}  // namespace
}  // namespace sefaca
