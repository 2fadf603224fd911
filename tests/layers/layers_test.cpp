// Holds the direction of dependencies (ARCHITECTURE.md) by reading the includes of every source
// file, the rule that only the launcher prints, and that ARCHITECTURE.md names every file.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct SourceFile {
  std::string path;    // relative to the root of the project
  std::string folder;  // "core/base", "launcher" …
  std::string text;
};

// What each folder may include, besides itself.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"core/base", {}},
    {"core/policy", {"core/base"}},
    {"core/config", {"core/base", "core/policy"}},
    {"core/enforce", {"core/base", "core/policy"}},
    {"core/audit", {"core/base", "core/policy"}},
    {"core/backend", {"core/base", "core/policy"}},
    {"core/notify", {"core/base", "core/policy", "core/config", "core/enforce", "core/audit"}},
    {"core/supervise",
     {"core/base", "core/policy", "core/config", "core/enforce", "core/audit", "core/backend",
      "core/notify"}},
    {"launcher",
     {"core/base", "core/policy", "core/config", "core/enforce", "core/audit", "core/backend",
      "core/notify", "core/supervise"}},
    {"shipper", {"core/base", "core/policy", "core/audit"}},
};

std::string folder_of(const std::string& path) {
  if (path.starts_with("launcher/")) return "launcher";
  if (path.starts_with("shipper/")) return "shipper";
  if (!path.starts_with("core/")) return "";
  const auto slash = path.find('/', std::string_view("core/").size());
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::vector<SourceFile> all_sources() {
  const fs::path root = SEFACA_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const char* top : {"core", "launcher", "shipper"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp" && extension != ".inc") continue;
      std::ifstream stream(entry.path());
      std::ostringstream text;
      text << stream.rdbuf();
      const auto path = fs::relative(entry.path(), root).generic_string();
      files.push_back({path, folder_of(path), text.str()});
    }
  }
  return files;
}

// The names between quotes of every #include line.
std::vector<std::string> own_includes(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    std::erase_if(line, [](unsigned char c) { return c == ' ' || c == '\t'; });
    constexpr std::string_view kStart = "#include\"";
    if (!line.starts_with(kStart)) continue;
    const auto end = line.find('"', kStart.size());
    if (end != std::string::npos) names.push_back(line.substr(kStart.size(), end - kStart.size()));
  }
  return names;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Whether `word` stands in `text` as a whole word, outside of // comments.
bool uses_word(const std::string& text, std::string_view word) {
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    line.resize(std::min(line.size(), line.find("//")));
    for (auto at = line.find(word); at != std::string::npos; at = line.find(word, at + 1)) {
      const bool starts = at == 0 || !is_word(line[at - 1]);
      const auto after = at + word.size();
      if (starts && (after == line.size() || !is_word(line[after]))) return true;
    }
  }
  return false;
}

TEST(Layers, EverySourceFileLiesInAKnownFolder) {
  for (const auto& file : all_sources()) {
    EXPECT_TRUE(kMayInclude.contains(file.folder)) << file.path;
  }
}

TEST(Layers, IncludesPointDownwardsOnly) {
  const auto files = all_sources();
  ASSERT_GT(files.size(), 10U);
  std::size_t checked = 0;
  for (const auto& file : files) {
    const auto rule = kMayInclude.find(file.folder);
    if (rule == kMayInclude.end()) continue;
    for (const auto& name : own_includes(file.text)) {
      const auto target = folder_of(name);
      if (target.empty()) continue;  // a file that the build makes
      ++checked;
      EXPECT_TRUE(target == file.folder || rule->second.contains(target))
          << file.path << " includes " << name << ": " << file.folder << " may not use " << target;
    }
  }
  EXPECT_GT(checked, 10U);
}

TEST(Layers, IncludesAreWrittenFromTheRoot) {
  for (const auto& file : all_sources()) {
    for (const auto& name : own_includes(file.text)) {
      EXPECT_NE(name.find('/'), std::string::npos) << file.path << " includes " << name;
    }
  }
}

// The text without what stands between double quotes: a table may name a program `printf`.
std::string without_strings(const std::string& text) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"' && (i == 0 || text[i - 1] != '\'')) {
      quoted = !quoted;
    } else if (text[i] == '\n') {
      quoted = false;
      out += '\n';
    } else if (!quoted) {
      out += text[i];
    }
  }
  return out;
}

TEST(Layers, OnlyTheLauncherPrints) {
  for (const auto& file : all_sources()) {
    // The launcher prints, and so does a program of its own such as the generator of the filters.
    if (file.folder == "launcher" || uses_word(file.text, "main")) continue;
    for (const char* word : {"cout", "cerr", "clog", "printf", "fprintf", "vfprintf", "dprintf",
                             "puts", "fputs", "putchar", "perror", "iostream"}) {
      EXPECT_FALSE(uses_word(without_strings(file.text), word)) << file.path << " uses " << word;
    }
  }
}

// launcher/streams.cpp keeps them from being started.
TEST(Layers, NothingUsesTheStandardStreams) {
  for (const auto& file : all_sources()) {
    for (const char* word : {"cin", "cout", "cerr", "clog", "wcin", "wcout", "wcerr", "iostream"}) {
      EXPECT_FALSE(uses_word(without_strings(file.text), word)) << file.path << " uses " << word;
    }
  }
}

// Every gap is a row of the table of degradations: named where it is given, made in no other way.
TEST(Layers, GapsComeFromTheTableOfDegradations) {
  std::set<std::string> named;
  std::set<std::string> rows;
  const std::string mark = "Lack::";
  for (const auto& file : all_sources()) {
    const bool table = file.path == "core/enforce/degradations.cpp";
    for (auto at = file.text.find(mark); at != std::string::npos;
         at = file.text.find(mark, at + 1)) {
      std::string name;
      for (auto i = at + mark.size();
           std::isalnum(static_cast<unsigned char>(file.text[i])) || file.text[i] == '_'; ++i)
        name += file.text[i];
      (table ? rows : named).insert(name);
    }
    // The log's reader makes them of what was written. Other backends than this kernel lack other
    // things, each named where it is translated.
    const bool elsewhere = file.folder == "core/backend" || file.path == "launcher/enclosed.cpp";
    if (table || elsewhere || file.path == "core/audit/parse_record.cpp") continue;
    for (const char* way : {"Gap{", "Gap gap{", "Gap gap;", "gaps.push_back({",
                            "enforced.push_back({", "Gap::Effect::weaker, \""})
      EXPECT_EQ(file.text.find(way), std::string::npos) << file.path << " makes a gap of its own";
  }
  EXPECT_GT(rows.size(), 40U);
  for (const std::string& row : rows)
    EXPECT_TRUE(named.contains(row)) << row << " is given nowhere";
}

// ARCHITECTURE.md has a sentence for each folder and file: a .cpp beside its .h shares one.
TEST(Layers, TheArchitectureNamesEveryFile) {
  std::ifstream stream(fs::path(SEFACA_SOURCE_DIR) / "ARCHITECTURE.md");
  std::ostringstream page;
  page << stream.rdbuf();
  const std::string text = page.str();
  for (const auto& file : all_sources()) {
    const fs::path path = file.path;
    const auto named = [&](const std::string& name) {
      return text.find("`" + name + "`") != std::string::npos ||
             text.find("/" + name + "`") != std::string::npos;
    };
    EXPECT_TRUE(named(path.stem().string()) || named(path.filename().string()))
        << file.path << " has no sentence in ARCHITECTURE.md";
  }
}

TEST(Layers, TheCheckItselfFindsWhatItLooksFor) {
  EXPECT_EQ(own_includes("# include \"core/base/text.h\"\n#include <map>\n"),
            std::vector<std::string>{"core/base/text.h"});
  EXPECT_EQ(folder_of("core/policy/units.h"), "core/policy");
  EXPECT_EQ(folder_of("launcher/main.cpp"), "launcher");
  EXPECT_TRUE(uses_word("  std::fprintf(stderr, x);\n", "fprintf"));
  EXPECT_FALSE(uses_word("  snprintf(buffer);\n  // printf\n", "printf"));
}

}  // namespace
