// `sefaca log suggest`: from what was denied to the least configuration that allows it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit/record.h"
#include "core/policy/policy.h"
#include "core/policy/surroundings.h"

namespace sefaca {

// The option that a suggestion's sentence names: "Use --readwrite='/a b' if …" gives "readwrite"
// and "/a b"; without a '=' the value is empty. nullopt: the sentence names none.
struct NamedOption {
  std::string option;  // without the dashes
  std::string value;   // as a shell reads it
};
std::optional<NamedOption> named_option(std::string_view sentence);

// What runs need beyond what they had. Runs with the same preset and level share one group: a
// preset chosen for a run stands above a file's [default], so its values go to that preset's table.
class Proposal {
 public:
  // `surroundings` (which must outlive this) says which paths are homes and hold secrets.
  explicit Proposal(const Surroundings& surroundings) : surroundings_(surroundings) {}

  void add(const Record& record);

  // Settles what was added: a path that another one holds, or many of one directory, become one.
  // Call it once, after the last add().
  void finish();

  [[nodiscard]] bool empty() const;  // nothing would be changed
  [[nodiscard]] std::size_t runs() const { return runs_; }
  [[nodiscard]] std::string toml() const;     // a configuration file; parses as one
  [[nodiscard]] std::string command() const;  // a command line for each group
  [[nodiscard]] std::string json() const;     // one object, with a newline

 private:
  struct Value {
    std::string text;
    std::string reason;  // what was denied
  };
  struct Group {
    std::string preset, level;
    bool level_is_given = false;           // by an option or a variable, above every file
    std::map<std::string, Value> scalars;  // key -> value
    std::map<std::string, std::map<std::string, std::string>> lists;  // key -> value -> reason
    std::set<std::string> left_out;                                   // sentences
    std::set<std::string> above_files;               // options and variables that beat a file
    std::set<std::string> withheld;                  // names of variables
    std::vector<std::vector<std::string>> commands;  // each once
    std::size_t runs = 0;
    [[nodiscard]] bool changes() const { return !scalars.empty() || !lists.empty(); }
  };

  // What no proposal names, for runs in one working directory.
  struct Closed {
    std::vector<PathRule> own, secrets, protected_paths;
  };
  const Closed& closed_for(const std::string& cwd);

  Group& group_of(const Record& record);
  void add_violation(Group& group, const Record& record, const Violation& violation);
  void add_logged(Group& group, const Record& record, const Violation& violation);
  void add_value(Group& group, const Record& record, const Violation& violation,
                 const NamedOption& named);
  // Why `path` is not proposed; empty: it is.
  [[nodiscard]] std::string objection(const std::string& path, const std::string& cwd,
                                      Access access);
  void merge_siblings(std::map<std::string, std::string>& paths, Access access);
  [[nodiscard]] std::string shown(const std::string& path) const;  // with ~ for the home

  const Surroundings& surroundings_;
  std::map<std::pair<std::string, std::string>, Group> groups_;
  std::map<std::string, Closed> closed_;  // by working directory
  std::size_t runs_ = 0;
  std::size_t violations_ = 0;
};

}  // namespace sefaca
