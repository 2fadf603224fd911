#include "launcher/policy_call.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "core/base/text.h"
#include "core/policy/keys.h"

namespace sefaca {
namespace {

constexpr std::string_view kKinds[] = {"TARGET", "TEST", "DIRECTORY", "STEP"};

struct Keyword {
  std::string_view name;
  std::string_view key;  // of the table of keys; empty: OFF
};
// What one step may need otherwise than the rest of its kind.
constexpr Keyword kKeywords[] = {
    {"PRESET", "preset"},
    {"NETWORK", "network"},
    {"READWRITE", "readwrite"},
    {"READONLY", "readonly"},
    {"HIDE", "hide"},
    {"READ", "read"},
    {"MEMORY", "memory"},
    {"TIMEOUT", "timeout"},
    {"PIDS", "pids"},
    {"ENV", "env"},
    {"CACHES", "caches"},
    {"ALLOW", "allow"},
    {"KEEP_BACKGROUND", "keep_background"},
    {"OFF", ""},
};

const Keyword* find_keyword(std::string_view word) {
  const auto found = std::find_if(std::begin(kKeywords), std::end(kKeywords),
                                  [&](const Keyword& one) { return one.name == word; });
  return found == std::end(kKeywords) ? nullptr : &*found;
}

std::vector<std::string_view> keyword_names() {
  std::vector<std::string_view> out;
  for (const Keyword& one : kKeywords) out.push_back(one.name);
  return out;
}

// Looks like a keyword that was misspelt: capitals only, near one.
bool is_slip(std::string_view word) {
  const bool capitals = std::all_of(word.begin(), word.end(), [](char c) {
    return std::isupper(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
  return capitals && word.size() > 1 && find_keyword(word) == nullptr &&
         !nearest(word, keyword_names()).empty();
}

class CallParser {
 public:
  CallParser(std::span<const std::string> words, const std::string& base, const std::string& origin)
      : words_(words), base_(base) {
    call_.origin = origin;
  }

  Result<PolicyCall> parse() {
    subject();
    while (at_ < words_.size()) keyword();
    if (errors_.empty() && call_.values.empty() && !call_.off)
      error("nothing is said about it", concat("one of: ", join_names()));
    if (call_.off && !call_.values.empty())
      error("OFF stands alone: a step that runs with all rights has no others", "");
    if (!errors_.empty()) return errors_;
    return std::move(call_);
  }

 private:
  void error(std::string what, std::string remedy) {
    errors_.push_back(
        {.what = std::move(what), .where = call_.origin, .remedy = std::move(remedy)});
  }

  static std::string join_names() {
    std::string out;
    for (const auto name : keyword_names()) out += concat(out.empty() ? "" : ", ", name);
    return out;
  }

  void subject() {
    if (words_.empty()) return error("it says nothing", "sefaca_policy(TARGET NAME NETWORK allow)");
    call_.kind = words_[at_++];
    if (std::find(std::begin(kKinds), std::end(kKinds), call_.kind) == std::end(kKinds))
      error(concat("unknown kind '", printable(call_.kind), "'"),
            spelling_hint(call_.kind, kKinds));
    while (at_ < words_.size() && find_keyword(words_[at_]) == nullptr &&
           (call_.names.empty() || !slip(words_[at_])))
      call_.names.push_back(words_[at_++]);
    if (call_.names.empty()) error(concat(call_.kind, " needs a name"), "");
  }

  bool slip(const std::string& word) {
    if (!is_slip(word)) return false;
    error(concat("unknown keyword '", printable(word), "'"), spelling_hint(word, keyword_names()));
    return true;
  }

  void keyword() {
    const Keyword* found = find_keyword(words_[at_]);
    if (found == nullptr) {  // a slip, which is on record already, or a value too many
      if (!is_slip(words_[at_]))
        error(concat("unexpected '", printable(words_[at_]), "'"),
              spelling_hint(words_[at_], keyword_names()));
      ++at_;
      while (at_ < words_.size() && find_keyword(words_[at_]) == nullptr) ++at_;
      return;
    }
    ++at_;
    std::vector<std::string> values;
    while (at_ < words_.size() && find_keyword(words_[at_]) == nullptr && !slip(words_[at_]))
      values.push_back(words_[at_++]);
    take(*found, std::move(values));
  }

  void take(const Keyword& keyword, std::vector<std::string> values) {
    if (keyword.key.empty()) {
      if (!values.empty()) error(concat(keyword.name, " takes no value"), "");
      call_.off = true;
      return;
    }
    const Key& key = *find_key(keyword.key);
    if (key.type == KeyType::flag && values.empty()) values = {"true"};
    if (values.empty() || (!is_list(key) && values.size() > 1))
      return error(concat(keyword.name, values.empty() ? " needs a value" : " takes one value"),
                   key.unit.empty() ? "" : concat("of the form ", key.unit));
    for (const std::string& value : values) {
      const Status fine = check_value(key, value);
      if (fine) continue;
      for (const Error& one : fine.errors()) error(one.what, one.remedy);
    }
    call_.values.push_back({.key = std::string(keyword.key),
                            .values = std::move(values),
                            .add = is_list(key),
                            .layer = Layer::door,
                            .origin = call_.origin,
                            .base = base_});
  }

  std::span<const std::string> words_;
  const std::string& base_;
  std::size_t at_ = 0;
  PolicyCall call_;
  Errors errors_;
};

}  // namespace

Result<PolicyCall> parse_policy_call(std::span<const std::string> words, const std::string& base,
                                     const std::string& origin) {
  return CallParser(words, base, origin).parse();
}

}  // namespace sefaca
