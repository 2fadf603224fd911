// What is taken out of a command and of text, as tables.
#include "core/audit/redact.h"

#include <gtest/gtest.h>

namespace sefaca {
namespace {

using Words = std::vector<std::string>;

struct CommandCase {
  Words words;
  Words expected;
};

class RedactedCommand : public ::testing::TestWithParam<CommandCase> {};

TEST_P(RedactedCommand, LosesItsSecrets) {
  const Words once = redact_words(GetParam().words, {});
  EXPECT_EQ(once, GetParam().expected);
  EXPECT_EQ(redact_words(once, {}), once) << "a second time";
}

const CommandCase kCommands[] = {
    // Nothing to hide.
    {{"gcc", "-O2", "main.c", "-o", "a=b"}, {"gcc", "-O2", "main.c", "-o", "a=b"}},
    {{"docker", "run", "-v", "/run/secret:/x", "img:tag"},
     {"docker", "run", "-v", "/run/secret:/x", "img:tag"}},
    {{"grep", "-rn", "password", "src/"}, {"grep", "-rn", "password", "src/"}},
    {{"run", "--token-file=/x", "--max-tokens=5", "--password-stdin"},
     {"run", "--token-file=/x", "--max-tokens=5", "--password-stdin"}},
    {{"a", ""}, {"a", ""}},
    // URLs.
    {{"git", "clone", "https://me:pw@host/x.git"},
     {"git", "clone", "https://me:[redacted]@host/x.git"}},
    {{"git", "clone", "https://:pw@host/x"}, {"git", "clone", "https://:[redacted]@host/x"}},
    {{"git", "clone", "https://0123456789abcdef0123@github.com/x"},
     {"git", "clone", "https://[redacted]@github.com/x"}},
    {{"git", "clone", "ssh://git@host:22/x"}, {"git", "clone", "ssh://git@host:22/x"}},
    {{"psql", "postgres://u:p/w#r?d@db:5432/x?sslmode=no"},
     {"psql", "postgres://u:[redacted]@db:5432/x?sslmode=no"}},
    {{"curl", "http://h:80/a@b", "http://[::1]:80/a@b"},
     {"curl", "http://h:80/a@b", "http://[::1]:80/a@b"}},
    {{"pip", "--index-url=https://u:p@a/,https://v:q@b/"},
     {"pip", "--index-url=https://u:[redacted]@a/,https://v:[redacted]@b/"}},
    {{"curl", "https://h/?a=1&access_token=xyz&b=2#f"},
     {"curl", "https://h/?a=1&access_token=[redacted]&b=2#f"}},
    {{"curl", "https://s3/x?X-Amz-Signature=abc&X-Amz-Date=1"},
     {"curl", "https://s3/x?X-Amz-Signature=[redacted]&X-Amz-Date=1"}},
    // Headers, in one word and in several.
    {{"curl", "-H", "Authorization: Bearer abc", "u"},
     {"curl", "-H", "Authorization: [redacted]", "u"}},
    {{"curl", "-HAuthorization:Basic abc"}, {"curl", "-HAuthorization:[redacted]"}},
    {{"curl", "-H", "authorization: token abc def"}, {"curl", "-H", "authorization: [redacted]"}},
    {{"curl", "-H", "Authorization:", "abc", "u"},
     {"curl", "-H", "Authorization:", "[redacted]", "u"}},
    {{"curl", "-H", "Authorization: Bearer", "abc", "u"},
     {"curl", "-H", "Authorization: Bearer", "[redacted]", "u"}},
    {{"curl", "Authorization:", "Bearer", "abc", "u"},
     {"curl", "Authorization:", "Bearer", "[redacted]", "u"}},
    {{"curl", "-H", "Proxy-Authorization: Basic eA=="},
     {"curl", "-H", "Proxy-Authorization: [redacted]"}},
    {{"curl", "-H", "PRIVATE-TOKEN: abc"}, {"curl", "-H", "PRIVATE-TOKEN: [redacted]"}},
    {{"curl", "-H", "X-Api-Key: abc"}, {"curl", "-H", "X-Api-Key: [redacted]"}},
    {{"curl", "-H", "Cookie: a=b; c=d"}, {"curl", "-H", "Cookie: [redacted]"}},
    // Options and variables.
    {{"x", "--password=a b", "y"}, {"x", "--password=[redacted]", "y"}},
    {{"x", "--db-password", "a", "y"}, {"x", "--db-password", "[redacted]", "y"}},
    {{"x", "--password", "--verbose"}, {"x", "--password", "--verbose"}},
    {{"x", "-passin", "pass:abc"}, {"x", "-passin", "pass:[redacted]"}},
    {{"x", "--api-key=k", "--client.secret=s", "--token=t", "--auth=u"},
     {"x", "--api-key=[redacted]", "--client.secret=[redacted]", "--token=[redacted]",
      "--auth=[redacted]"}},
    {{"env", "GITHUB_TOKEN=abc", "AWS_SECRET_ACCESS_KEY=d=e", "HOME=/h", "make"},
     {"env", "GITHUB_TOKEN=[redacted]", "AWS_SECRET_ACCESS_KEY=[redacted]", "HOME=/h", "make"}},
    {{"cmake", "-DDB_PASSWORD=abc", "-DX=1"}, {"cmake", "-DDB_PASSWORD=[redacted]", "-DX=1"}},
    {{"x", "--password="}, {"x", "--password="}},
    {{"curl", "-d", R"({"user":"u","password":"p\"q","n":1})"},
     {"curl", "-d", R"({"user":"u","password":"[redacted]","n":1})"}},
    // What a program's own options mean.
    {{"curl", "-u", "me:pw", "u"}, {"curl", "-u", "me:[redacted]", "u"}},
    {{"/usr/bin/curl", "-ume:pw"}, {"/usr/bin/curl", "-ume:[redacted]"}},
    {{"curl", "--user", "me", "--proxy-user=a:b"},
     {"curl", "--user", "me", "--proxy-user=a:[redacted]"}},
    {{"docker", "run", "--user", "1000:1000"}, {"docker", "run", "--user", "1000:1000"}},
    {{"sshpass", "-p", "pw", "ssh", "h"}, {"sshpass", "-p", "[redacted]", "ssh", "h"}},
    {{"mysql", "-ppw", "-p", "db"}, {"mysql", "-p[redacted]", "-p", "db"}},
    {{"sudo", "-n", "curl", "-u", "me:pw"}, {"sudo", "-n", "curl", "-u", "me:[redacted]"}},
    // Tokens by themselves.
    {{"x", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"}, {"x", "[redacted]"}},
    {{"x", "say Bearer abcdef123456 now"}, {"x", "say Bearer [redacted] now"}},
    {{"x", "bearer of news"}, {"x", "bearer of news"}},
    // Shell lines.
    {{"/bin/sh", "-c", "curl -u me:pw https://a:b@h | tee x; echo me:pw"},
     {"/bin/sh", "-c", "curl -u me:[redacted] https://a:[redacted]@h | tee x; echo me:pw"}},
    {{"/bin/sh", "-c", "TOKEN=abc make build"}, {"/bin/sh", "-c", "TOKEN=[redacted] make build"}},
    {{"/bin/sh", "-c", "PASSWORD='a b' make  -j2"},
     {"/bin/sh", "-c", "PASSWORD='[redacted]' make  -j2"}},
    {{"/bin/sh", "-c", "curl -H 'Authorization: Bearer x y' -H \"Cookie: a\" u"},
     {"/bin/sh", "-c", "curl -H 'Authorization: [redacted]' -H \"Cookie: [redacted]\" u"}},
    {{"/bin/sh", "-c", "curl -H\"Authorization: Bearer x\" u"},
     {"/bin/sh", "-c", "curl -H\"Authorization: [redacted]\" u"}},
    {{"/bin/sh", "-c", "x --password 'a b' y && z"},
     {"/bin/sh", "-c", "x --password '[redacted]' y && z"}},
    {{"bash", "-ec", "sh -c 'curl -u a:b h'"}, {"bash", "-ec", "sh -c 'curl -u a:[redacted] h'"}},
    {{"/bin/sh", "-c", "echo \"it's $(date)\" 'un\"closed"},
     {"/bin/sh", "-c", "echo \"it's $(date)\" 'un\"closed"}},
};
INSTANTIATE_TEST_SUITE_P(Table, RedactedCommand, ::testing::ValuesIn(kCommands));

TEST(Redact, GivenValuesAreFoundAnywhere) {
  const Words secrets = {"s3cret", "s3cret-long", ""};
  EXPECT_EQ(redact_words(Words{"a", "xs3crety", "s3cret-long", "sh", "-c", "echo s3cret"}, secrets),
            (Words{"a", "x[redacted]y", "[redacted]", "sh", "-c", "echo [redacted]"}));
  EXPECT_EQ(redact_text("/srv/s3cret/x", secrets), "/srv/[redacted]/x");
}

TEST(Redact, ShortValuesOnlyAsAWord) {
  const Words secrets = {"1", "ab"};
  EXPECT_EQ(redact_words(Words{"abacus", "1", "-j1", "ab"}, secrets),
            (Words{"abacus", "[redacted]", "-j1", "[redacted]"}));
  EXPECT_EQ(redact_words(Words{"sh", "-c", "echo ab abacus"}, secrets),
            (Words{"sh", "-c", "echo [redacted] abacus"}));
}

TEST(Redact, TextOfOtherKinds) {
  EXPECT_EQ(redact_text("GET https://u:p@h/ with token=abc, then", {}),
            "GET https://u:[redacted]@h/ with token=[redacted], then");
  EXPECT_EQ(redact_text("/home/u/password.txt", {}), "/home/u/password.txt");
  EXPECT_EQ(redact_text("Use --network flag if network access needed", {}),
            "Use --network flag if network access needed");
}

}  // namespace
}  // namespace sefaca
