// The man pages and docs/configuration.md.
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "core/policy/allow.h"
#include "core/policy/caches.h"
#include "core/policy/keys.h"
#include "launcher/command_line.h"
#include "launcher/generators.h"
#include "launcher/help_tables.h"

namespace sefaca {
namespace {

// Text as roff takes it literally.
std::string roff(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '~') {
      out += "\\(ti";
    } else {
      out += c;
    }
  }
  if (out.starts_with('.')) out.insert(0, "\\&");
  return out;
}

std::string page(std::string_view name, std::string_view section, std::string_view line) {
  return concat(".\\\" Made by 'sefaca help --generate=", name, ".", section, "'; do not edit.\n",
                ".TH ",
                lower(name) == "sefaca.toml" ? "SEFACA.TOML"
                : name == "sefaca"           ? "SEFACA"
                                             : "SEFACA\\-RUN",
                " ", section, " \"\" sefaca\n.SH NAME\n", roff(name), " \\- ", roff(line), "\n");
}

std::string section(std::string_view title) {
  return concat(".SH ", title, "\n");
}

std::string item(std::string_view name, std::string_view text) {
  return concat(".TP\n.B ", roff(name), "\n", roff(text), ".\n");
}

std::string items(std::span<const Fact> facts) {
  std::string out;
  for (const auto& fact : facts) out += item(fact.name, fact.meaning);
  return out;
}

std::string paragraphs(std::span<const std::string_view> texts) {
  std::string out;
  for (const auto text : texts) out += concat(".PP\n", roff(text), "\n");
  return out;
}

std::string usage_of(const Key& key) {
  if (key.type == KeyType::network) return concat("--network[=", key.unit, "]");
  return key.unit.empty() ? option_name(key) : concat(option_name(key), "=", key.unit);
}

std::string help_with_fallback(const Key& key) {
  if (key.fallback.empty()) return std::string(key.help);
  return concat(key.help, ". At level default: ", key.fallback);
}

std::string see_also(std::string_view pages) {
  return concat(section("SEE ALSO"), pages, "\n");
}

std::string type_of(const Key& key) {
  switch (key.type) {
    case KeyType::paths:
    case KeyType::names:
    case KeyType::variables:
    case KeyType::descriptors:
      return "list";
    case KeyType::flag:
      return "true or false";
    case KeyType::duration:
      return "duration";
    case KeyType::bytes:
      return "size";
    case KeyType::count:
      return "number or none";
    default: {
      if (choices(key).empty()) return "text";
      const std::vector<std::string> words(choices(key).begin(), choices(key).end());
      return join(words, ", ");
    }
  }
}

std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out.empty() ? "" : out;
}

std::string code(std::string_view text) {
  return text.empty() ? "" : concat("`", cell(text), "`");
}

std::string markdown_facts(std::string_view first, std::span<const Fact> facts) {
  std::string out = concat("| ", first, " | |\n|---|---|\n");
  for (const auto& fact : facts) {
    out += concat("| ", code(fact.name), " | ", cell(fact.meaning), " |\n");
  }
  return out + "\n";
}

std::string markdown_paragraphs(std::span<const std::string_view> texts) {
  std::string out;
  for (const auto text : texts) out += concat(text, "\n\n");
  return out;
}

std::string cache_list() {
  const std::vector<std::string> names(cache_names().begin(), cache_names().end());
  return join(names, ", ");
}

constexpr std::string_view kExample =
    "[default]\n"
    "level = \"default\"\n"
    "timeout = \"120\"\n"
    "memory = \"1g\"\n"
    "network = \"localhost\"\n"
    "\n"
    "[presets.mine]\n"
    "inherits = \"compiler\"\n"
    "memory = \"4g\"\n"
    "readwrite_add = [\"~/.cache/mine\"]\n";

}  // namespace

std::string man_sefaca() {
  std::string out = page("sefaca", "1", "Secure Execution Framework for Any Command");
  out += concat(section("SYNOPSIS"), ".nf\n");
  for (const auto& command : command_table()) out += roff(concat("sefaca ", command.usage)) + "\n";
  out += concat("sefaca \\-\\-help | \\-\\-version\n.fi\n", section("DESCRIPTION"),
                roff("Runs a command with the least rights it needs, as an ordinary user: what is "
                     "denied is named, with the option that would allow it, and every run is put "
                     "on record with what was enforced."),
                "\n", section("COMMANDS"));
  for (const auto& command : command_table()) {
    out += item(concat("sefaca ", command.usage), command.summary);
  }
  out += section("CONFIG ACTIONS");
  for (const auto& action : config_action_table()) {
    out += item(concat("sefaca ", action.usage), action.summary);
  }
  out += section("LOG ACTIONS");
  for (const auto& action : log_action_table()) {
    out += item(concat("sefaca ", action.usage), action.summary);
  }
  out += concat(section("LOG OPTIONS"), items(log_option_table()));
  out += concat(section("LEVELS"), items(level_table()), section("PRESETS"), items(preset_table()),
                section("LAYERS"), paragraphs(layer_paragraphs()), section("EXIT STATUS"),
                items(exit_code_table()), section("FILES"), items(file_table()),
                section("ENVIRONMENT"));
  for (const Key& key : all_keys()) out += item(variable_name(key), key.help);
  out += items(other_variable_table());
  return out + see_also(".BR sefaca\\-run (1),\n.BR sefaca.toml (5)");
}

std::string man_sefaca_run() {
  std::string out = page("sefaca-run", "1", "run a command sandboxed and supervised");
  out += concat(section("SYNOPSIS"), ".nf\n", roff(concat("sefaca ", command_table()[0].usage)),
                "\n", roff(concat("sefaca ", command_table()[1].usage)), "\n.fi\n",
                section("DESCRIPTION"), paragraphs(command_paragraphs()), section("OPTIONS"));
  for (const Key& key : all_keys()) {
    if (key.on_command_line) out += item(usage_of(key), help_with_fallback(key));
  }
  out += item("--net, --no-network, --no-net", "short for --network=allow and --network=deny");
  for (const PlainOption& option : plain_options()) {
    if (option.help.empty()) continue;
    out += item(option.unit.empty() ? concat("--", option.name)
                                    : concat("--", option.name, "=", option.unit),
                option.help);
  }
  out += section("WHAT --allow MAY NAME");
  for (const auto& each : allowables()) out += item(each.name, each.help);
  out += concat(section("EXIT STATUS"), items(exit_code_table()), section("EXAMPLES"), ".nf\n");
  for (const char* example :
       {"sefaca run 'python script.py'",
        "sefaca run --timeout=60 --memory=4g 'cargo build --release'",
        "sefaca run --network 'curl https://api.example.com'",
        "sefaca run --level=strict ./untrusted-binary",
        "sefaca run --preset=compiler -- gcc main.c",
        "exec sefaca run --preset=development -- \"$@\"    # a wrapper script"}) {
    out += roff(example) + "\n";
  }
  return out + ".fi\n" + see_also(".BR sefaca (1),\n.BR sefaca.toml (5)");
}

std::string man_sefaca_toml() {
  std::string out = page("sefaca.toml", "5", "configuration of sefaca");
  out += concat(section("SYNOPSIS"), ".nf\n");
  for (const auto& file : file_table().first(4)) out += roff(file.name) + "\n";
  out += concat(".fi\n", section("DESCRIPTION"), paragraphs(layer_paragraphs()),
                paragraphs(path_paragraphs()), ".PP\n",
                roff("Numbers can be written as numbers or as strings: timeout = 120, "
                     "timeout = \"2m\". An unknown key, a wrong type and a bad unit are "
                     "errors, all of a file are shown at once, and nothing is run."),
                "\n", section("TABLES"), items(file_section_table()), section("PROJECT FILES"),
                paragraphs(project_paragraphs()), section("KEYS"));
  for (const Key& key : all_keys()) {
    const std::string where = key.in_project_file ? "" : ". Not in a project's file";
    out += item(concat(file_name(key), " (", type_of(key), ")"),
                concat(help_with_fallback(key), where));
  }
  out += concat(section("WHAT CACHES MAY NAME"), roff(cache_list()), "\n");
  out += concat(section("EXAMPLE"), ".nf\n");
  for (const auto& line : split(trim(kExample), '\n')) out += roff(line) + "\n";
  return out + ".fi\n" + see_also(".BR sefaca (1),\n.BR sefaca\\-run (1)");
}

std::string configuration_markdown() {
  std::string out =
      "<!-- Made by 'sefaca help --generate=configuration.md'; do not edit. -->\n"
      "# Configuration\n\n";
  out += markdown_paragraphs(layer_paragraphs());
  out +=
      "`sefaca config show` prints what is in force, where each value comes from and what lost "
      "against it.\n\n";
  out += concat("## Files\n\n", markdown_facts("File", file_table()), "## Tables of a file\n\n",
                markdown_facts("Table", file_section_table()), "```toml\n", kExample, "```\n\n",
                markdown_paragraphs(path_paragraphs()), "## A project's file\n\n",
                markdown_paragraphs(project_paragraphs()));
  out +=
      "## Keys\n\n"
      "| Key | Option | Variable | Type | At level default | Project | |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const Key& key : all_keys()) {
    out += concat("| ", code(file_name(key)), " | ", code(option_name(key)), " | ",
                  code(variable_name(key)), " | ", cell(type_of(key)), " | ", cell(key.fallback),
                  " | ", key.in_project_file ? "narrower" : "no", " | ", cell(key.help), " |\n");
  }
  out +=
      "\n\"Project\": whether an untrusted project's file may set the key, and then only to "
      "something narrower.\n\n";
  out += concat("## Levels\n\n", markdown_facts("Level", level_table()), "## Presets\n\n",
                markdown_facts("Preset", preset_table()));
  out += "## What `allow` may name\n\n| Name | |\n|---|---|\n";
  for (const auto& each : allowables()) {
    out += concat("| ", code(each.name), " | ", cell(each.help), " |\n");
  }
  out += concat("\n## What `caches` may name\n\n", cache_list(), ".\n");
  out += concat("\n## Other variables\n\n", markdown_facts("Variable", other_variable_table()),
                "## Exit codes\n\n", markdown_facts("Code", exit_code_table()));
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace sefaca
