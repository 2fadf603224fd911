#include "core/policy/make_rules.h"

#include <algorithm>

#include "core/base/text.h"

namespace sefaca {
namespace {

struct Row {
  std::string_view preset;
  std::string_view patterns;  // ' ' between
};

constexpr Row kTargets[] = {
    {"testing",
     "test tests check checks verify unittest unittests installcheck test-* tests-* check-* "
     "*-test *-tests *-check"},
    {"pass", "install uninstall dist installdirs install-* uninstall-* dist-*"},
};

// Compilers, linkers, archivers, code generators, and the scripts that call them.
constexpr Row kPrograms[] = {
    {"compiler",
     "cc gcc g++ c++ c89 c99 clang clang++ tcc gfortran f77 f95 flang gdc ldc2 dmd gnat* "
     "nvcc rustc ghc ocamlc ocamlopt fpc javac"},
    {"compiler",
     "g++-* gcc-* clang-* clang++-* *-gcc *-g++ *-gcc-* *-g++-* *-cc *-c++ "
     "*-clang *-clang++ *-gfortran"},
    {"compiler", "cpp *-cpp as *-as nasm yasm ld ld.* *-ld gold lld mold collect2"},
    {"compiler",
     "ar ranlib nm strip objcopy objdump *-ar *-ranlib *-nm *-strip *-objcopy *-objdump"},
    {"compiler",
     "bison yacc byacc flex lex re2c ragel gperf swig protoc moc uic rcc msgfmt windres"},
    {"compiler", "ccache libtool depcomp ylwrap"},
};

// May stand beside a compiler: they read and write files of the build and run nothing else.
constexpr std::string_view kFileTools[] = {
    "mv",     "rm",       "cp",   "ln",      "mkdir",  "rmdir", "touch", "chmod", "echo",
    "printf", "cat",      "test", "[",       "true",   "false", ":",     "cd",    "cmp",
    "sort",   "basename", "expr", "dirname", "export", "unset", "set",   "exit",  "shift",
    "umask",  "grep",     "tr",   "cut",     "head",   "tail",  "sed",   "pwd"};

constexpr std::string_view kMakes[] = {"make", "gmake", "gnumake"};

template <std::size_t N>
void add_rows(std::vector<MakeRule>& out, MakeRule::Kind kind, const Row (&rows)[N]) {
  for (const Row& row : rows) {
    for (const std::string& pattern : split(row.patterns, ' '))
      out.push_back({.kind = kind,
                     .pattern = pattern,
                     .preset = std::string(row.preset),
                     .origin = "built-in"});
  }
}

bool matches(const MakeRule& rule, std::string_view name) {
  if (rule.pattern == name) return true;
  if (rule.pattern.find_first_of("*?") == std::string::npos) return false;
  const bool is_file =
      rule.kind == MakeRule::Kind::target && name.find_first_of("/.") != std::string_view::npos;
  return !is_file && wildcard_match(rule.pattern, name);
}

class Chooser {
 public:
  explicit Chooser(std::span<const MakeRule> rules) : rules_(rules) {}

  [[nodiscard]] const MakeRule* find(MakeRule::Kind kind, std::string_view name) const {
    if (name.empty()) return nullptr;
    for (const auto& table : {rules_, std::span<const MakeRule>(built_in())}) {
      for (const MakeRule& rule : table) {
        if (rule.kind == kind && matches(rule, name)) return &rule;
      }
    }
    return nullptr;
  }

  // The rule of the programs and the one that it goes by, when all that run are known to it.
  struct Decided {
    const MakeRule* rule = nullptr;
    std::string_view program;
  };
  [[nodiscard]] Decided find_program(const RecipeLine& line) const {
    if (!line.complete) return {};
    Decided decided;
    for (const std::string& program : line.programs) {
      const MakeRule* rule = find(MakeRule::Kind::program, program);
      if (rule == nullptr) {
        if (std::find(std::begin(kFileTools), std::end(kFileTools), program) ==
            std::end(kFileTools))
          return {};
      } else if (decided.rule == nullptr) {
        decided = {rule, program};
      } else if (decided.rule->preset != rule->preset) {
        return {};
      }
    }
    return decided;
  }

 private:
  static const std::vector<MakeRule>& built_in() {
    static const std::vector<MakeRule> rules = built_in_make_rules();
    return rules;
  }
  std::span<const MakeRule> rules_;
};

}  // namespace

std::vector<MakeRule> built_in_make_rules() {
  std::vector<MakeRule> out;
  add_rows(out, MakeRule::Kind::target, kTargets);
  add_rows(out, MakeRule::Kind::program, kPrograms);
  return out;
}

Errors unknown_presets(std::span<const MakeRule> rules, std::span<const PresetDefinition> defined) {
  Errors errors;
  if (rules.empty()) return errors;
  const std::vector<PresetDefinition> ours = built_in_presets();
  std::vector<std::string_view> names;
  for (const auto& presets : {std::span<const PresetDefinition>(ours), defined}) {
    for (const PresetDefinition& preset : presets) names.push_back(preset.name);
  }
  for (const MakeRule& rule : rules) {
    std::vector<std::string_view> known = names;
    if (rule.kind == MakeRule::Kind::target) known.push_back(kPassThrough);
    if (std::find(known.begin(), known.end(), rule.preset) != known.end()) continue;
    errors.push_back({.what = concat("unknown preset '", printable(rule.preset), "'"),
                      .where = rule.origin,
                      .excerpt = rule.excerpt,
                      .remedy = spelling_hint(rule.preset, known)});
  }
  return errors;
}

MakeChoice choose_for_line(std::span<const MakeRule> rules, std::string_view target,
                           const RecipeLine& line, std::span<const std::string> goals) {
  const Chooser chooser(rules);
  const bool recursive =
      std::any_of(line.programs.begin(), line.programs.end(), [](const std::string& program) {
        return std::find(std::begin(kMakes), std::end(kMakes), program) != std::end(kMakes);
      });
  const auto asked_for = [&](std::string_view preset) {
    return std::any_of(goals.begin(), goals.end(), [&](const std::string& goal) {
      const MakeRule* rule = chooser.find(MakeRule::Kind::target, goal);
      return rule != nullptr && rule->preset == preset;
    });
  };
  if (const MakeRule* rule = chooser.find(MakeRule::Kind::target, target)) {
    if (rule->preset != kPassThrough || asked_for(kPassThrough))
      return {.preset = rule->preset,
              .unlimited = recursive,
              .origin = rule->origin,
              .why = concat("target ", target)};
  }
  // Which of the lines are tests is not known where make doesn't hand on the target: any may be.
  const auto development = [&](const char* why) {
    return MakeChoice{
        .preset = "development", .offline = !asked_for("testing"), .unlimited = true, .why = why};
  };
  if (recursive) return development("a recursive make");
  if (const auto decided = chooser.find_program(line); decided.rule != nullptr)
    return {.preset = decided.rule->preset,
            .origin = decided.rule->origin,
            .why = concat("program ", decided.program)};
  return development("anything else");
}

}  // namespace sefaca
