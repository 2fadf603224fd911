// The reading of options, held against Boost.Program_options: which words are options, which of
// them take a value, and that nothing is guessed.
#include <gtest/gtest.h>

#include <boost/program_options.hpp>

#include "core/base/text.h"
#include "core/policy/keys.h"
#include "launcher/command_line.h"
#include "tests/unit/config/fake_tree.h"

namespace sefaca {
namespace {

namespace po = boost::program_options;

enum class Reading { option, value_missing, value_not_wanted, no_option };

po::options_description described() {
  po::options_description options;
  for (const Key& key : all_keys()) {
    const std::string name = option_name(key);
    if (!name.empty()) options.add_options()(name.c_str() + 2, po::value<std::string>(), "");
  }
  for (const PlainOption& option : plain_options()) {
    const std::string name(option.name);
    if (option.unit.empty()) {
      options.add_options()(name.c_str(), "");
    } else {
      options.add_options()(name.c_str(), po::value<std::string>(), "");
    }
  }
  return options;
}

Reading by_boost(const std::string& word) {
  static const po::options_description kOptions = described();
  try {
    constexpr auto kStyle = po::command_line_style::allow_long |
                            po::command_line_style::long_allow_adjacent;  // no guessing
    const auto parsed =
        po::command_line_parser({word}).options(kOptions).style(kStyle).run().options;
    const bool is_option = parsed.size() == 1 && parsed.front().position_key < 0;
    return is_option ? Reading::option : Reading::no_option;
  } catch (const po::unknown_option&) {
    return Reading::no_option;
  } catch (const po::invalid_command_line_syntax& error) {
    return error.kind() == po::invalid_syntax::missing_parameter ? Reading::value_missing
                                                                 : Reading::value_not_wanted;
  }
}

Reading by_us(const std::string& word) {
  static const test::FakeTree kTree = test::usual_tree();
  const auto request =
      parse_run_words(std::vector<std::string>{word, "true"}, test::surroundings_on(kTree));
  if (request) return Reading::option;
  const std::string& what = request.error().what;
  if (what.starts_with("unknown option")) return Reading::no_option;
  if (what.ends_with("needs a value")) return Reading::value_missing;
  if (what.ends_with("takes no value")) return Reading::value_not_wanted;
  return Reading::option;  // its value is wrong, which is another table's matter
}

TEST(OptionWords, AreReadAsBoostReadsThem) {
  std::vector<std::string> names;
  for (const Key& key : all_keys()) {
    if (key.type == KeyType::flag || key.name == "network")
      continue;                               // bare is a short form of ours
    names.push_back(concat("--", key.name));  // with '_', which is no option where it differs
    names.push_back(option_name(key));
  }
  for (const PlainOption& option : plain_options()) names.push_back(concat("--", option.name));
  for (const char* name : {"--lev", "--levels", "--LEVEL", "---level", "-level", "-l"}) {
    names.emplace_back(name);
  }
  for (const std::string& name : names) {
    if (name.empty()) continue;  // not on the command line
    for (const std::string& word : {name, name + "=value", name + "=a=b", name + " value"}) {
      EXPECT_EQ(by_us(word), by_boost(word)) << word;
    }
  }
}

}  // namespace
}  // namespace sefaca
