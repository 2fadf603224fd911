#include "launcher/step.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/paths.h"

namespace sefaca {
namespace {

constexpr std::string_view kRoleNames[] = {"compile", "link", "custom", "test"};
constexpr const char* kDoor = "the CMake door";

// An option of ours, where its value goes, and CMake's placeholder that fills it.
struct StepOption {
  std::string_view name;
  std::string BuildStep::*to;
  std::string_view placeholder;
};
constexpr StepOption kOptions[] = {
    {"--plan=", &BuildStep::plans, ""},
    {"--target=", &BuildStep::target, "TARGET_NAME"},
    {"--language=", &BuildStep::language, "LANGUAGE"},
    {"--object=", &BuildStep::object, "OBJECT"},
    {"--output=", &BuildStep::output, "OUTPUT"},
    {"--file=", &BuildStep::output, "TARGET"},
    {"--dir=", &BuildStep::directory, "CMAKE_CURRENT_BINARY_DIR"},
    {"--test=", &BuildStep::target, ""},
    {"--bypass=", &BuildStep::bypass, ""},
};

Error usage(std::string what) {
  return Error{.what = std::move(what),
               .remedy = "sefaca-launch is called by builds: see docs/cmake.md"};
}

// The names of the built-in targets' commands, by their stamps ("CMakeFiles/install.util").
constexpr std::string_view kBuiltIn[] = {
    "install", "install/local", "install/strip", "list_install_components",
    "test",    "edit_cache",    "rebuild_cache", "package_source",
    "package"};

// ctest(1): modes that run what is no test of this build.
constexpr std::string_view kNoTestRun[] = {"-S",
                                           "-SP",
                                           "--script",
                                           "--script-new-process",
                                           "--build-and-test",
                                           "--launch",
                                           "--build-generator"};

// The value of an option that a compiler or linker takes as the next word or in the same one.
struct OutputOption {
  std::string_view name;
  bool directory;  // the value is one itself
  enum class Value { next, joined, either } value;
};
using Value = OutputOption::Value;
constexpr OutputOption kOutputOptions[] = {
    {"-o", false, Value::next},
    {"-MF", false, Value::next},
    {"-J", true, Value::either},
    {"-module", true, Value::next},
    {"-fmodule-output=", false, Value::joined},
    {"-dumpdir", true, Value::next},
    {"-Wl,--dependency-file=", false, Value::joined},
    {"-Wl,--dependency-file,", false, Value::joined},
    {"-Wl,-Map=", false, Value::joined},
    {"-Wl,-Map,", false, Value::joined},
    {"-Wl,--out-implib=", false, Value::joined},
    {"-Wl,--out-implib,", false, Value::joined},
};

class Directories {
 public:
  explicit Directories(std::string cwd) : cwd_(std::move(cwd)) {}
  void add(std::string_view directory) {
    std::string path = absolute_path(directory, cwd_);
    if (std::find(list_.begin(), list_.end(), path) == list_.end())
      list_.push_back(std::move(path));
  }
  void add_parent(std::string_view file) {
    if (!file.empty()) add(parent_path(absolute_path(file, cwd_)));
  }
  std::vector<std::string> take() { return std::move(list_); }

 private:
  std::string cwd_;
  std::vector<std::string> list_;
};

void add_named(const std::vector<std::string>& argv, Directories& out) {
  const auto add = [&](const OutputOption& option, std::string_view value) {
    if (option.directory) {
      out.add(value);
    } else {
      out.add_parent(value);
    }
  };
  for (std::size_t i = 1; i < argv.size(); ++i) {
    for (const OutputOption& option : kOutputOptions) {
      if (argv[i] == option.name && option.value != Value::joined && i + 1 < argv.size()) {
        add(option, argv[i + 1]);
      } else if (argv[i].starts_with(option.name) && argv[i] != option.name &&
                 option.value != Value::next) {
        add(option, std::string_view(argv[i]).substr(option.name.size()));
      }
    }
  }
}

// Module interfaces are written beside the target's objects, not beside this one.
std::string target_directory(const std::string& object, const std::string& target) {
  const std::string part = concat("CMakeFiles/", target, ".dir/");
  const std::size_t at = object.find(part);
  return target.empty() || at == std::string::npos ? "" : object.substr(0, at + part.size());
}

bool writes_modules(const std::vector<std::string>& argv) {
  return std::any_of(argv.begin(), argv.end(), [](const std::string& word) {
    return (word.starts_with("@") && word.ends_with(".modmap")) ||
           word.starts_with("-fmodule-mapper=") || word.starts_with("-fmodules");
  });
}

bool names_module_directory(const std::vector<std::string>& argv) {
  return std::any_of(argv.begin(), argv.end(), [](const std::string& word) {
    return word.starts_with("-J") || word == "-module";
  });
}

// The outputs of a custom step; commas separate them since CMake 3.30 or so.
std::vector<std::string> outputs_of(const BuildStep& step) {
  return step.output.empty() ? std::vector<std::string>{} : split(step.output, ',');
}

// A custom target's stamp is "CMakeFiles/NAME", "CMakeFiles/NAME-Debug" with several
// configurations.
std::string_view target_of_stamp(std::string_view output) {
  const std::size_t at = output.rfind("CMakeFiles/");
  if (at == std::string_view::npos) return {};
  output.remove_prefix(at + std::string_view("CMakeFiles/").size());
  if (output.ends_with(".util")) output.remove_suffix(std::string_view(".util").size());
  return output;
}

bool names_step(const BuildStep& step, std::string_view name) {
  const auto outputs = outputs_of(step);
  return std::any_of(outputs.begin(), outputs.end(), [&](const std::string& output) {
    const std::string_view target = target_of_stamp(output);
    return output == name || absolute_path(output, step.directory) == name ||
           output.ends_with(concat("/", name)) || target == name ||
           target.starts_with(concat(name, "-"));
  });
}

void add_rule(PolicyFields& fields, PathRule rule) {
  // Our own weaker word for the very same place gives way; a person's or a table's stays.
  std::erase_if(fields.paths, [&](const PathRule& other) {
    return other.path == rule.path && other.origin == kDoor && rule.access > other.access;
  });
  fields.paths.push_back(std::move(rule));
}

const std::string& only(const Plan& plan, std::string_view note) {
  static const std::string kNone;
  const auto found = plan.notes.find(note);
  return found == plan.notes.end() || found->second.empty() ? kNone : found->second.front();
}

}  // namespace

const char* name_of(StepRole role) {
  return kRoleNames[static_cast<std::size_t>(role)].data();
}

Result<BuildStep> parse_step(std::span<const std::string> words) {
  BuildStep step;
  bool has_role = false;
  std::size_t at = 0;
  for (; at < words.size() && words[at] != "--"; ++at) {
    const std::string_view word = words[at];
    if (word.starts_with("--role=")) {
      const auto found = std::find(std::begin(kRoleNames), std::end(kRoleNames), word.substr(7));
      if (found == std::end(kRoleNames))
        return usage(concat("no role '", printable(word.substr(7)), "'"));
      step.role = static_cast<StepRole>(found - std::begin(kRoleNames));
      has_role = true;
      continue;
    }
    const auto option = std::find_if(std::begin(kOptions), std::end(kOptions),
                                     [&](const auto& one) { return word.starts_with(one.name); });
    if (option == std::end(kOptions)) return usage(concat("unexpected '", printable(word), "'"));
    const std::string_view value = word.substr(option->name.size());
    if (value != option->placeholder) step.*(option->to) = value;
  }
  if (at + 1 >= words.size()) return usage("no command was given");
  step.argv.assign(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
  if (!has_role || !step.plans.starts_with('/')) return usage("--role= and --plan= are needed");
  while (base_name(step.argv.front()) == "sefaca-launch") {
    const auto inner = std::find(step.argv.begin(), step.argv.end(), "--");
    if (inner == step.argv.end() || inner + 1 == step.argv.end())
      return usage("no command was given");
    step.argv.erase(step.argv.begin(), inner + 1);
  }
  return step;
}

bool is_built_in(const BuildStep& step, std::string_view tool) {
  if (step.role != StepRole::custom) return false;
  const auto& argv = step.argv;
  const auto has = [&](std::string_view word) {
    return std::find(argv.begin() + 1, argv.end(), word) != argv.end();
  };
  // What ctest runs is launched one by one; its scripts and builds are not.
  if (tool == "ctest") return std::none_of(std::begin(kNoTestRun), std::end(kNoTestRun), has);
  // A stamp or, with Ninja, no output at all; a project's own command has one.
  const auto outputs = outputs_of(step);
  const bool own = std::all_of(outputs.begin(), outputs.end(), [](std::string_view output) {
    const std::string_view target = target_of_stamp(output);
    return std::any_of(std::begin(kBuiltIn), std::end(kBuiltIn), [&](std::string_view known) {
      return target == known || target.starts_with(concat(known, "-")) ||
             target.starts_with(concat(known, ":"));
    });
  });
  if (!own) return false;
  if (tool == "cmake")
    return has("--regenerate-during-build") ||
           (argv.size() > 2 && argv.back() == "cmake_install.cmake" &&
            argv[argv.size() - 2] == "-P");
  return tool == "cpack" || tool == "ccmake" || tool == "cmake-gui";
}

std::vector<std::string> output_directories(const BuildStep& step, const std::string& cwd) {
  Directories out(cwd);
  switch (step.role) {
    case StepRole::compile:
      out.add_parent(step.object);
      add_named(step.argv, out);
      if (writes_modules(step.argv)) {
        if (auto directory = target_directory(step.object, step.target); !directory.empty())
          out.add(directory);
      }
      // Where no option says otherwise, modules are made in the working directory.
      if (step.language == "Fortran" && !names_module_directory(step.argv)) out.add(cwd);
      break;
    case StepRole::link:
      out.add_parent(step.output);
      add_named(step.argv, out);
      break;
    case StepRole::test:
      out.add(cwd);
      break;
    case StepRole::custom:
      break;
  }
  return out.take();
}

std::string plan_name(const BuildStep& step, const Plan& base) {
  std::string found;
  std::size_t longest = 0;
  const auto overrides = base.notes.find("override");
  if (overrides != base.notes.end()) {
    for (const std::string& line : overrides->second) {
      const auto fields = split(line, '\t');
      if (fields.size() != 3) continue;
      const std::string& kind = fields[0];
      const std::string& name = fields[1];
      if (kind == "DIRECTORY") {
        if (longest == std::string::npos || name.size() <= longest ||
            !is_within(step.directory, name))
          continue;
        longest = name.size();
        found = fields[2];
        continue;
      }
      const bool is_test = step.role == StepRole::test;
      const bool about = (kind == "TEST" && is_test && step.target == name) ||
                         (kind == "TARGET" && !is_test && step.target == name) ||
                         ((kind == "STEP" || kind == "TARGET") && step.role == StepRole::custom &&
                          names_step(step, name));
      if (!about) continue;
      longest = std::string::npos;
      found = fields[2];
    }
  }
  return found.empty() ? name_of(step.role) : concat(name_of(step.role), "-", found);
}

namespace {

std::span<const std::string> all(const Plan& plan, std::string_view note) {
  const auto found = plan.notes.find(note);
  return found == plan.notes.end() ? std::span<const std::string>() : found->second;
}

// What this configure run made stays as it is where the step may write around it.
void protect_generated(PolicyFields& fields, const Plan& plan) {
  const std::vector<PathRule> rules = fields.paths;
  const auto is_writable = [&](const std::string& path) {
    return access_at(rules, path, Access::hide) == Access::write;
  };
  const auto protect = [&](std::string path) {
    fields.paths.push_back({.path = std::move(path),
                            .access = Access::read,
                            .kind = PathRule::Kind::protected_,
                            .reason = "made by CMake",
                            .origin = kDoor});
  };
  for (const std::string& path : all(plan, "generated")) {
    if (is_writable(path)) protect(path);
  }
  for (const std::string& directory : all(plan, "target_directories")) {
    if (!is_writable(directory)) continue;
    for (const std::string& name : all(plan, "target_files")) protect(concat(directory, "/", name));
  }
}

}  // namespace

void add_step_rights(PolicyFields& fields, const BuildStep& step, const Plan& plan,
                     const Surroundings& surroundings) {
  const auto homes = home_directories(surroundings);
  const std::string& source = only(plan, "source");
  const std::string& build = only(plan, "build");
  // A build inside the step (`cmake --build` in a custom command) is launched by the same plans. In
  // the build tree they can be read, and are protected as what this configure run generated.
  if (access_at(fields.paths, step.plans, Access::hide) == Access::hide)
    add_rule(fields, {.path = step.plans,
                      .access = Access::read,
                      .kind = PathRule::Kind::grant,
                      .reason = "the plans of this build",
                      .origin = kDoor});
  for (const std::string& directory : output_directories(step, surroundings.cwd)) {
    const auto real = surroundings.files->real_path(directory);
    if (!real || is_home_or_above(*real, homes)) continue;
    const bool in_source = is_within(*real, source) && !is_within(*real, build);
    if (step.role == StepRole::test && in_source) continue;
    add_rule(fields, {.path = *real,
                      .access = Access::write,
                      .kind = PathRule::Kind::grant,
                      .reason = step.role == StepRole::test ? "the working directory"
                                                            : "the directory of an output",
                      .origin = kDoor});
  }
  protect_generated(fields, plan);
}

std::string policy_subject(const BuildStep& step) {
  if (step.role == StepRole::test) return concat("TEST ", shell_quote(step.target));
  const auto outputs = outputs_of(step);
  if (step.role == StepRole::custom && !outputs.empty())
    return concat("STEP ", shell_quote(base_name(outputs.front())));
  if (!step.target.empty()) return concat("TARGET ", shell_quote(step.target));
  return "DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}";
}

}  // namespace sefaca
