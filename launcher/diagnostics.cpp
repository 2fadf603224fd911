// Errors as text: what is wrong in bold red, the remedy after an arrow.
#include "launcher/diagnostics.h"

#include <unistd.h>

#include "core/base/text.h"

namespace sefaca {
namespace {

constexpr const char* kBold = "\x1b[1m";
constexpr const char* kRed = "\x1b[1;31m";
constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kPlain = "\x1b[0m";
constexpr const char* kIndent = "    ";

std::string coloured(const std::string& text, const char* code, bool colour) {
  return colour ? concat(code, text, kPlain) : text;
}

void put(FILE* stream, const std::string& text) {
  // A message that can't be written has nobody to read it.
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stream));
}

}  // namespace

bool use_colour(FILE* stream, const Surroundings& surroundings) {
  return surroundings.variable("NO_COLOR").empty() && surroundings.variable("TERM") != "dumb" &&
         !surroundings.variable("TERM").empty() && ::isatty(::fileno(stream)) == 1;
}

std::string error_text(const Error& error, bool colour) {
  std::string out = coloured("sefaca:", kRed, colour);
  out += ' ';
  if (!error.where.empty()) out += concat(printable(error.where), ": ");
  out += coloured(error.what, kBold, colour);
  if (error.errno_value != 0 &&
      error.what.find(errno_text(error.errno_value)) == std::string::npos) {
    out += concat(": ", errno_text(error.errno_value));
  }
  out += '\n';
  if (!error.excerpt.empty()) {
    const auto lines = split(error.excerpt, '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool caret = i + 1 == lines.size() && lines.size() > 1;
      out += concat(kIndent, caret ? coloured(lines[i], kGreen, colour) : lines[i], "\n");
    }
  }
  if (!error.remedy.empty()) out += concat("  -> ", error.remedy, "\n");
  return out;
}

void print_errors(FILE* stream, const Errors& errors, bool colour) {
  std::string out;
  for (const auto& error : errors) out += error_text(error, colour);
  put(stream, out);
}

void print_note(FILE* stream, const std::string& note, bool colour) {
  put(stream, concat(coloured("sefaca:", kBold, colour), " note: ", note, "\n"));
}

}  // namespace sefaca
