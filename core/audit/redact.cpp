// Redaction of commands, word by word, and of other text.
#include "core/audit/redact.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "core/audit/secret_patterns.h"
#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Options of one letter (or of a name that says nothing) that carry a password.
struct PasswordOption {
  std::string_view program;
  std::string_view option;
  enum class Value { next_or_attached, attached, after_colon } value;
};
using enum PasswordOption::Value;
constexpr std::array<PasswordOption, 20> kPasswordOptions = {{
    {"curl", "-u", after_colon},
    {"curl", "--user", after_colon},
    {"curl", "-U", after_colon},
    {"curl", "--proxy-user", after_colon},
    {"http", "-a", after_colon},
    {"http", "--auth", after_colon},
    {"https", "-a", after_colon},
    {"https", "--auth", after_colon},
    {"sshpass", "-p", next_or_attached},
    {"unzip", "-P", next_or_attached},
    {"zip", "-P", next_or_attached},
    {"ldapsearch", "-w", next_or_attached},
    {"docker", "-p", next_or_attached},
    {"podman", "-p", next_or_attached},
    {"mysql", "-p", attached},
    {"mysqldump", "-p", attached},
    {"mysqladmin", "-p", attached},
    {"mariadb", "-p", attached},
    {"7z", "-p", attached},
    {"7za", "-p", attached},
}};
constexpr std::array<std::string_view, 7> kShells = {"sh",  "bash", "dash",   "zsh",
                                                     "ksh", "ash",  "busybox"};
// Programs that only run another one, which stands behind them.
constexpr std::array<std::string_view, 9> kPrefixes = {"env",  "sudo", "nice",    "nohup", "exec",
                                                       "time", "doas", "command", "setsid"};

template <class Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_assignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  return equals != kNone && equals > 0 &&
         std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
           return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                  (c >= 'a' && c <= 'z');
         });
}

// "-c", "-ec", "-lc": the option behind which a shell takes its text.
bool is_command_option(std::string_view word) {
  return word.size() >= 2 && word[0] == '-' && word[1] != '-' && word.ends_with('c') &&
         std::all_of(word.begin() + 1, word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string after_colon_redacted(std::string_view word) {
  const std::size_t colon = word.find(':');
  if (colon == kNone || colon + 1 == word.size()) return std::string(word);
  return concat(word.substr(0, colon + 1), kRedacted);
}

// Takes the words of a command one after another; what a word means depends on those before it.
class CommandRedactor {
 public:
  explicit CommandRedactor(std::span<const std::string> secrets) : secrets_(secrets) {}

  std::string word(std::string_view raw) {
    const std::string word = without_values(raw, secrets_);
    const Pending pending = std::exchange(pending_, Pending::nothing);
    switch (pending) {
      case Pending::value:
        return std::string(kRedacted);
      case Pending::named_value:
        if (!word.starts_with("--")) return std::string(kRedacted);
        break;  // the option had no value after all
      case Pending::colon_value:
        return after_colon_redacted(word);
      case Pending::credential:
        if (!is_authorization_scheme(word)) return std::string(kRedacted);
        pending_ = Pending::credential;
        return word;
      case Pending::shell_text:
        return shell_text(word);
      case Pending::nothing:
        break;
    }
    if (program_.empty()) return first_words(word);
    if (contains(kShells, program_) && is_command_option(word)) {
      pending_ = Pending::shell_text;
      return word;
    }
    if (const PasswordOption* option = password_option(word)) return option_word(*option, word);
    if (word.starts_with('-') && word.find('=') == kNone && names_a_secret(word)) {
      pending_ = Pending::named_value;
      return word;
    }
    return by_patterns(word);
  }

  // The next word begins another command.
  void end_of_command() {
    program_.clear();
    pending_ = Pending::nothing;
  }

 private:
  enum class Pending { nothing, value, named_value, colon_value, credential, shell_text };

  std::string first_words(const std::string& word) {
    const std::string_view name = base_name(word);
    if (!is_assignment(word) && !contains(kPrefixes, name) && !word.starts_with('-'))
      program_ = name.empty() ? std::string_view(word) : name;
    return by_patterns(word);
  }

  std::string by_patterns(std::string_view word) {
    PatternResult result = without_patterns(word, true);
    if (result.header_continues) pending_ = Pending::credential;
    return result.text;
  }

  [[nodiscard]] const PasswordOption* password_option(std::string_view word) const {
    for (const PasswordOption& option : kPasswordOptions) {
      if (program_ != option.program || !word.starts_with(option.option)) continue;
      const bool is_long = option.option.starts_with("--");
      const bool exact = word.size() == option.option.size();
      if (is_long && !exact && word[option.option.size()] != '=') continue;
      if (exact && option.value == attached) continue;
      return &option;
    }
    return nullptr;
  }

  std::string option_word(const PasswordOption& option, std::string_view word) {
    if (word.size() == option.option.size()) {
      pending_ = option.value == after_colon ? Pending::colon_value : Pending::value;
      return std::string(word);
    }
    const std::string_view rest = word.substr(option.option.size());
    if (option.value == after_colon) return concat(option.option, after_colon_redacted(rest));
    return concat(option.option, kRedacted);
  }

  // The text that a shell is given: split as the shell would, each word seen without its quotes.
  // The text keeps its form; only what is redacted changes.
  [[nodiscard]] std::string shell_text(std::string_view text) const {
    constexpr std::string_view kSpaces = " \t";
    constexpr std::string_view kOperators = "\n;&|()<>`";
    CommandRedactor inner(secrets_);
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
      if (kSpaces.find(text[at]) != kNone) {
        out += text[at++];
      } else if (kOperators.find(text[at]) != kNone) {
        if (text[at] != '<' && text[at] != '>') inner.end_of_command();
        out += text[at++];
      } else {
        const std::size_t end = token_end(text, at);
        out += shell_word(inner, text.substr(at, end - at));
        at = end;
      }
    }
    return out;
  }

  static std::size_t token_end(std::string_view text, std::size_t at) {
    constexpr std::string_view kEnds = " \t\n;&|()<>`";
    char quote = '\0';
    for (; at < text.size(); ++at) {
      const char c = text[at];
      if (c == '\\' && quote != '\'') {
        ++at;
      } else if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (kEnds.find(c) != kNone) {
        return at;
      }
    }
    return text.size();
  }

  static std::string shell_word(CommandRedactor& inner, std::string_view token) {
    const bool quoted = token.size() >= 2 && (token[0] == '"' || token[0] == '\'') &&
                        token.find(token[0], 1) == token.size() - 1;
    if (!quoted) return inner.word(token);
    const std::string_view quote = token.substr(0, 1);
    return concat(quote, inner.word(token.substr(1, token.size() - 2)), quote);
  }

  std::span<const std::string> secrets_;
  std::string program_;  // of the command whose words come; empty before it is known
  Pending pending_ = Pending::nothing;
};

}  // namespace

std::vector<std::string> redact_words(std::span<const std::string> words,
                                      std::span<const std::string> secret_values) {
  CommandRedactor redactor(secret_values);
  std::vector<std::string> out;
  out.reserve(words.size());
  for (const std::string& word : words) out.push_back(redactor.word(word));
  return out;
}

std::string redact_text(std::string_view text, std::span<const std::string> secret_values) {
  return without_patterns(without_values(text, secret_values), false).text;
}

}  // namespace sefaca
