#include "launcher/manifest.h"

#include <algorithm>

#include "core/base/text.h"
#include "launcher/step.h"

namespace sefaca {
namespace {

std::string decoded(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const std::string_view code = word.substr(i, 3);
    if (code == "%09" || code == "%0A" || code == "%25") {
      out += code == "%09" ? '\t' : code == "%0A" ? '\n' : '%';
      i += 2;
    } else {
      out += word[i];
    }
  }
  return out;
}

struct TextLine {
  std::string_view name;
  std::string Manifest::*to;
};
constexpr TextLine kTexts[] = {{"source", &Manifest::source},
                               {"build", &Manifest::build},
                               {"on_unavailable", &Manifest::on_unavailable}};

struct ListLine {
  std::string_view name;
  std::vector<std::string> Manifest::*to;
};
constexpr ListLine kLists[] = {{"program", &Manifest::programs},
                               {"generated", &Manifest::generated},
                               {"target_directory", &Manifest::target_directories},
                               {"target_file", &Manifest::target_files},
                               {"readable", &Manifest::readable},
                               {"writable", &Manifest::writable},
                               {"source_writable", &Manifest::source_writable}};

struct PlaceLine {
  std::string_view name;
  std::vector<Manifest::Place> Manifest::*to;
};
constexpr PlaceLine kPlaces[] = {{"directory", &Manifest::directories},
                                 {"target", &Manifest::targets},
                                 {"test", &Manifest::tests}};

template <class Table>
auto find_line(const Table& table, const std::string& name) {
  const auto found = std::find_if(std::begin(table), std::end(table),
                                  [&](const auto& row) { return row.name == name; });
  return found == std::end(table) ? nullptr : &*found;
}

// False: there is no such line.
bool take_line(Manifest& out, const std::vector<std::string>& words, Errors& errors) {
  const std::string& name = words[0];
  if (const auto* text = find_line(kTexts, name); text != nullptr && words.size() == 2) {
    out.*(text->to) = words[1];
  } else if (const auto* list = find_line(kLists, name); list != nullptr && words.size() == 2) {
    (out.*(list->to)).push_back(words[1]);
  } else if (const auto* place = find_line(kPlaces, name); place != nullptr && words.size() == 3) {
    (out.*(place->to)).push_back({words[1], words[2]});
  } else if (name == "preset" && words.size() == 3) {
    for (const StepRole role : kStepRoles) {
      if (words[1] == name_of(role)) out.presets[static_cast<std::size_t>(role)] = words[2];
    }
  } else if (name == "policy" && words.size() > 4) {
    auto call = parse_policy_call(std::span(words).subspan(4), words[2], words[3]);
    if (!call) {
      errors.insert(errors.end(), call.errors().begin(), call.errors().end());
      return true;
    }
    call->directory = words[1];
    out.calls.push_back(std::move(*call));
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text) {
  Manifest out;
  Errors errors;
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) continue;
    std::vector<std::string> words = split(line, '\t');
    for (std::string& word : words) word = decoded(word);
    if (!take_line(out, words, errors))
      errors.push_back(
          {.what = concat("the manifest has a line that is not known: ", printable(words[0])),
           .remedy = "Sefaca.cmake and sefaca-launch must be of one version"});
  }
  if (errors.empty() && (!out.source.starts_with('/') || !out.build.starts_with('/')))
    errors.push_back({.what = "the manifest names no source and build directory"});
  if (!errors.empty()) return errors;
  return out;
}

}  // namespace sefaca
