// Path expansion.
#include "core/policy/expand.h"

#include "core/base/path.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

Result<std::string> variable_value(const std::string& name, std::string_view text,
                                   const Surroundings& surroundings) {
  if (name == "TMPDIR") return surroundings.temporary_directory();
  if (name == "HOME" && !surroundings.home.empty()) return surroundings.home;
  if (const std::string value = surroundings.variable(name); !value.empty()) return value;
  return Error{.what = concat("'", printable(text), "' names the variable ", printable(name),
                              ", which is not set"),
               .remedy = "set it, or write the path itself"};
}

Error bad_dollar(std::string_view text) {
  return {.what = concat("'", printable(text), "' has a '$' that names no variable"),
          .remedy = "write $NAME or ${NAME}"};
}

}  // namespace

Result<std::string> expand_variables(std::string_view text, const Surroundings& surroundings) {
  std::string out;
  std::string_view rest = text;
  for (;;) {
    const std::size_t dollar = rest.find('$');
    out += rest.substr(0, dollar);
    if (dollar == std::string_view::npos) return out;
    rest.remove_prefix(dollar + 1);

    std::string_view name;
    if (rest.starts_with('{')) {
      const std::size_t end = rest.find('}');
      if (end == std::string_view::npos) return bad_dollar(text);
      name = rest.substr(1, end - 1);
      rest.remove_prefix(end + 1);
    } else {
      std::size_t length = 0;
      while (length < rest.size() && is_name_char(rest[length])) ++length;
      name = rest.substr(0, length);
      rest.remove_prefix(length);
    }
    if (name.empty()) return bad_dollar(text);
    SEFACA_TRY(value, variable_value(std::string(name), text, surroundings));
    out += value;
  }
}

Result<std::string> expand_path(std::string_view text, const std::string& base,
                                const Surroundings& surroundings) {
  if (text.empty())
    return Error{.what = "a path is empty", .remedy = "write '.' for the working directory"};
  std::string out;
  if (text == "~" || text.starts_with("~/")) {
    if (surroundings.home.empty())
      return Error{.what = concat("'", printable(text), "' needs a home, and there is none"),
                   .remedy = "set HOME, or write the path itself"};
    SEFACA_TRY(rest, expand_variables(text.substr(1), surroundings));
    out = surroundings.home + rest;
  } else {
    SEFACA_TRY(expanded, expand_variables(text, surroundings));
    out = std::move(expanded);
  }
  if (!out.starts_with('/')) out = concat(base.empty() ? surroundings.cwd : base, "/", out);
  const bool climbs = out.ends_with("/..") || out.find("/../") != std::string::npos;
  return climbs ? out : absolute_path(out, "/");
}

}  // namespace sefaca
