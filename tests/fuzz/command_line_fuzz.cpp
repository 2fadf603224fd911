// libFuzzer target over words: the command line as far as a policy, and a recipe's line. The
// input's words end at zeros.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/policy/builder.h"
#include "core/policy/recipe_line.h"
#include "launcher/command_line.h"
#include "tests/unit/fake_file_system.h"

namespace {

using namespace sefaca;

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> words_of(std::string_view bytes) {
  std::vector<std::string> out;
  while (!bytes.empty()) {
    const std::string_view word = bytes.substr(0, bytes.find('\0'));
    out.emplace_back(word);
    bytes.remove_prefix(std::min(bytes.size(), word.size() + 1));
  }
  return out;
}

// Every refusal is a sentence, and what is granted is a place.
void command_line(const std::vector<std::string>& words, const Surroundings& surroundings) {
  const auto request = parse_run_words(words, surroundings);
  if (!request) {
    for (const Error& error : request.errors()) require(!error.what.empty());
    require(!request.errors().empty());
    return;
  }
  PolicyBuilder builder(surroundings);
  for (const Assignment& assignment : request->assignments) builder.set(assignment);
  const auto policy = builder.build(request->command.value_or(Command{.argv = {"true"}}));
  if (!policy) {
    for (const Error& error : policy.errors()) require(!error.what.empty());
    return;
  }
  for (const PathRule& rule : (*policy)->paths) require(rule.path.starts_with('/'));
}

// What is executed without a shell are the words that a shell would make of the line.
void recipe_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    (void)read_recipe_line(word);
    line += shell_quote(word) + ' ';
  }
  const RecipeLine read = read_recipe_line(line);
  require(read.argv.empty() || read.argv == words);
  require(read.argv.empty() || !read.programs.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const testing::FakeFileSystem files = [] {
    testing::FakeFileSystem out;
    out.directory("/home/u/project").directory("/usr/bin").directory("/tmp").directory("/etc");
    out.program("/usr/bin/make").file("/home/u/.ssh/id_rsa").file("/home/u/project/a");
    return out;
  }();
  static const Surroundings surroundings = [] {
    Surroundings out;
    out.cwd = "/home/u/project";
    out.home = out.account_home = "/home/u";
    out.user = "u";
    out.uid = out.gid = 1000;
    out.environment = {{"PATH", "/usr/bin"}, {"HOME", "/home/u"}};
    out.machine_memory_bytes = std::uint64_t{1} << 34;
    out.files = &files;
    return out;
  }();
  const auto words = words_of({reinterpret_cast<const char*>(data), size});
  command_line(words, surroundings);
  recipe_line(words);
  return 0;
}
