#include "core/policy/recipe_line.h"

#include <algorithm>
#include <optional>

#include "core/base/path.h"

namespace sefaca {
namespace {

// Words after which a command's word follows still.
constexpr std::string_view kLeading[] = {"if",   "then", "else", "elif",    "while", "until",
                                         "do",   "{",    "}",    "fi",      "done",  "!",
                                         "time", "exec", "env",  "command", "nice",  "nohup"};
// What a shell does by itself: a plain line that begins with one of these is the shell's all the
// same. Those of GNU make's job.c (sh_cmds) and those that a shell and /bin do differently.
constexpr std::string_view kBuiltins[] = {
    ".",        ":",       "[",        "alias",   "bg",     "break",   "builtin", "case",
    "cd",       "command", "continue", "declare", "echo",   "enable",  "esac",    "eval",
    "exec",     "exit",    "export",   "false",   "fc",     "fg",      "for",     "function",
    "getopts",  "hash",    "help",     "history", "in",     "jobs",    "kill",    "let",
    "local",    "login",   "logout",   "popd",    "printf", "pushd",   "pwd",     "read",
    "readonly", "return",  "select",   "set",     "shift",  "shopt",   "source",  "suspend",
    "test",     "times",   "trap",     "true",    "type",   "typeset", "ulimit",  "umask",
    "unalias",  "unset",   "wait",     "[["};
// Programs that run what they are given as text or as operands, so that their name says nothing.
constexpr std::string_view kRunners[] = {"eval", "xargs", "find", "sudo", "source", "."};
constexpr std::string_view kShells[] = {"sh", "bash", "dash", "ksh", "zsh", "sefaca-sh"};

template <class Table>
bool in(const Table& table, std::string_view word) {
  return std::find(std::begin(table), std::end(table), word) != std::end(table);
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool is_assignment(std::string_view word) {
  const auto equals = word.find('=');
  if (equals == 0 || equals == std::string_view::npos) return false;
  const std::string_view name = word.substr(0, equals);
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
           return letter(c) || (c >= '0' && c <= '9');
         });
}

struct Word {
  std::string text;
  bool plain = true;    // the text is what the command is given
  bool quoted = false;  // some of it was quoted, so it is no reserved word
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  RecipeLine read() {
    while (at_ < text_.size()) step();
    end_command();
    if (operators_ || out_.programs.size() != 1 || !command_is_plain_) out_.argv.clear();
    return std::move(out_);
  }

 private:
  [[nodiscard]] char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void step() {
    const char c = here();
    if (is_blank(c)) {
      ++at_;
    } else if (c == '\\' && text_.substr(at_).starts_with("\\\n")) {
      at_ += 2;  // a line that goes on
    } else if (c == '\n' || c == ';' || c == '&' || c == '|') {
      separator();
    } else if (c == '(' || c == ')') {
      parenthesis();
    } else if (c == '<' || c == '>') {
      redirection();
    } else if (c == '#') {
      operators_ = true;
      while (at_ < text_.size() && here() != '\n') ++at_;
    } else {
      word();
    }
  }

  void separator() {
    operators_ = true;
    if (here() == ';' && text_.substr(at_).starts_with(";;")) out_.complete = false;
    ++at_;
    end_command();
  }

  void parenthesis() {
    operators_ = true;
    if (here() == '(' && !words_.empty()) out_.complete = false;  // a function, an array
    ++at_;
    end_command();
  }

  void redirection() {
    operators_ = true;
    if (text_.substr(at_).starts_with("<<")) out_.complete = false;
    while (here() == '<' || here() == '>' || here() == '&' || here() == '|') ++at_;
    if (here() == '(') out_.complete = false;  // bash's process substitution
    while (is_blank(here())) ++at_;
    if (at_ < text_.size() && here() != '\n' && here() != ';') read_word();
  }

  void word() {
    Word read = read_word();
    // "2>file": the number belongs to the redirection.
    if ((here() == '<' || here() == '>') && !read.text.empty() &&
        read.text.find_first_not_of("0123456789") == std::string::npos)
      return;
    if (read.plain) out_.words.push_back(read.text);
    words_.push_back(std::move(read));
  }

  Word read_word() {
    Word out;
    while (at_ < text_.size()) {
      const char c = here();
      if (is_blank(c) || std::string_view("\n;&|()<>").find(c) != std::string_view::npos) break;
      ++at_;
      switch (c) {
        case '\'':
          single_quoted(out);
          break;
        case '"':
          double_quoted(out);
          break;
        case '\\':
          escaped(out);
          break;
        case '$':
          dollar(out);
          break;
        case '`':
          backquoted(out);
          break;
        case '*':
        case '?':
        case '[':
        case '~':
        case '{':
          out.plain = false;  // expanded by some shell
          [[fallthrough]];
        default:
          out.text += c;
      }
    }
    if (!out.quoted && (out.text == "[" || out.text == "[[")) out.plain = true;  // the command
    return out;
  }

  void unfinished(Word& out) {
    out.plain = false;
    out_.complete = false;
    at_ = text_.size();
  }

  void single_quoted(Word& out) {
    out.quoted = true;
    const auto end = text_.find('\'', at_);
    if (end == std::string_view::npos) return unfinished(out);
    out.text += text_.substr(at_, end - at_);
    at_ = end + 1;
  }

  void double_quoted(Word& out) {
    out.quoted = true;
    for (;;) {
      if (at_ >= text_.size()) return unfinished(out);
      const char c = text_[at_++];
      if (c == '"') return;
      if (c == '$') {
        dollar(out);
      } else if (c == '`') {
        backquoted(out);
      } else if (c == '\\' && at_ < text_.size()) {
        const char next = text_[at_++];
        if (std::string_view("\"\\$`\n").find(next) == std::string_view::npos) out.text += c;
        if (next != '\n') out.text += next;
      } else {
        out.text += c;
      }
    }
  }

  void escaped(Word& out) {
    if (at_ >= text_.size()) return unfinished(out);
    out.quoted = true;
    const char c = text_[at_++];
    if (c != '\n') out.text += c;
  }

  void dollar(Word& out) {
    out.plain = false;
    if (here() == '(') {
      ++at_;
      if (here() == '(') out_.complete = false;  // arithmetic, or a subshell in a substitution
      inner(out, until_closing('(', ')'));
    } else if (here() == '{') {
      ++at_;
      const auto inside = until_closing('{', '}');
      if (inside.find_first_of("`$") != std::string_view::npos) out_.complete = false;
    } else if (here() == '\'' || here() == '"') {
      out_.complete = false;  // bash's $'…'
    }
    out.text += '$';
  }

  void backquoted(Word& out) {
    out.plain = false;
    std::string inside;
    for (;;) {
      if (at_ >= text_.size()) return unfinished(out);
      const char c = text_[at_++];
      if (c == '`') break;
      if (c == '\\' && at_ < text_.size() &&
          std::string_view("\\`$").find(here()) != std::string_view::npos) {
        inside += text_[at_++];
      } else {
        inside += c;
      }
    }
    inner(out, inside);
    out.text += '`';
  }

  // What stands up to the bracket that closes the one just read; quotes inside are skipped.
  std::string_view until_closing(char open, char close) {
    const std::size_t begin = at_;
    int depth = 1;
    char quote = '\0';
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\' && quote != '\'') {
        ++at_;
      } else if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == open) {
        ++depth;
      } else if (c == close && --depth == 0) {
        return text_.substr(begin, at_++ - begin);
      }
    }
    at_ = text_.size();
    out_.complete = false;
    return {};
  }

  // Commands inside a substitution run too. Nested deeper than any real line: not understood.
  void inner(Word& out, std::string_view text) {
    constexpr int kDeepest = 8;
    out.plain = false;
    operators_ = true;
    if (depth_ >= kDeepest) {
      out_.complete = false;
      return;
    }
    Reader reader(text);
    reader.depth_ = depth_ + 1;
    RecipeLine read = reader.read();
    out_.programs.insert(out_.programs.end(), read.programs.begin(), read.programs.end());
    out_.words.insert(out_.words.end(), read.words.begin(), read.words.end());
    out_.complete = out_.complete && read.complete;
  }

  void end_command() {
    std::vector<Word> words = std::move(words_);
    words_.clear();
    std::size_t first = 0;
    bool bare = true;
    while (first < words.size()) {
      const Word& word = words[first];
      const bool leads = !word.quoted && in(kLeading, word.text);
      if (!leads && !is_assignment(word.text)) break;
      bare = false;
      ++first;
    }
    if (first == words.size()) return;
    const Word& program = words[first];
    if (!program.plain) {
      out_.complete = false;
      return;
    }
    if (!program.quoted && (program.text == "for" || program.text == "case")) {
      // "for x in a b": words, no command. A case's patterns are none either.
      if (program.text == "case") out_.complete = false;
      return;
    }
    std::string name(base_name(program.text));
    if (in(kShells, name)) name = script_of(words, first);
    if (name.empty() || in(kRunners, name)) out_.complete = false;
    command_is_plain_ =
        bare && std::all_of(words.begin(), words.end(), [](const Word& w) { return w.plain; }) &&
        !program.text.empty() && !in(kBuiltins, program.text) && !is_assignment(program.text);
    if (command_is_plain_ && out_.argv.empty()) {
      for (const Word& word : words) out_.argv.push_back(word.text);
    }
    out_.programs.push_back(std::move(name));
  }

  // "/bin/bash ../libtool --mode=…" runs libtool; `sh -c TEXT` and a script from anywhere else may
  // run whatever it likes, which the script's name stands for.
  static std::string script_of(const std::vector<Word>& words, std::size_t shell) {
    for (std::size_t i = shell + 1; i < words.size(); ++i) {
      if (words[i].text.starts_with('-')) {
        if (words[i].text.find('c') != std::string::npos) return {};
        continue;
      }
      return words[i].plain ? std::string(base_name(words[i].text)) : std::string();
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool operators_ = false;         // more than one plain command
  bool command_is_plain_ = false;  // the one that was read last
  std::vector<Word> words_;
  RecipeLine out_;
};

}  // namespace

RecipeLine read_recipe_line(std::string_view line) {
  return Reader(line).read();
}

}  // namespace sefaca
