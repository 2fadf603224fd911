// The words after `config`: each action is one function that prints and gives the exit code.
#include "launcher/config_command.h"

#include <algorithm>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/configuration.h"
#include "core/config/edit.h"
#include "core/config/sha256.h"
#include "core/config/trust.h"
#include "core/config/write_file.h"
#include "core/policy/levels.h"
#include "launcher/command_line.h"
#include "launcher/config_show.h"
#include "launcher/diagnostics.h"

namespace sefaca {
namespace {

constexpr int kGood = 0;
constexpr int kNegative = 1;
constexpr int kWrongUsage = 2;

struct Context {
  std::span<const std::string> words;  // after the action
  const Surroundings& surroundings;
  FILE* out;
  FILE* err;

  void print(const std::string& text) const {
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), out));
  }
  int fail(const Errors& errors, int code) const {
    print_errors(err, errors, use_colour(err, surroundings));
    return code;
  }
  int wrong_usage(std::string what, std::string remedy) const {
    return fail({Error{.what = std::move(what), .remedy = std::move(remedy)}}, kWrongUsage);
  }
  int print_or_fail(const Result<std::string>& text) const {
    if (!text) return fail(text.errors(), kNegative);
    print(*text);
    return kGood;
  }
};

// --user and --project taken out of the words; anything else that begins with '-' is an error.
struct Target {
  std::vector<std::string> operands;
  bool project = false;
  bool user = false;
};
Result<Target> read_target(std::span<const std::string> words) {
  Target target;
  bool options = true;
  for (const auto& word : words) {
    if (options && word == "--") {
      options = false;
    } else if (options && word == "--project") {
      target.project = true;
    } else if (options && word == "--user") {
      target.user = true;
    } else if (options && word.size() > 2 && word.starts_with("--")) {
      constexpr std::string_view kOptions[] = {"--project", "--user"};
      return Error{.what = concat("unknown option '", printable(word), "'"),
                   .remedy = spelling_hint(word, kOptions)};
    } else {
      target.operands.push_back(word);
    }
  }
  if (target.project && target.user) {
    return Error{.what = "--project and --user can't be given together"};
  }
  return target;
}

// The file that `set` and `init` write.
Result<std::string> target_path(const Target& target, const Surroundings& surroundings) {
  if (target.project) {
    const auto found = find_project_file(surroundings);
    return found.empty() ? absolute_path(kProjectConfig, surroundings.cwd) : found;
  }
  if (const auto named = surroundings.variable("SEFACA_CONFIG"); !named.empty()) {
    return absolute_path(named, surroundings.cwd);
  }
  auto paths = user_config_paths(surroundings);
  if (paths.empty()) {
    return Error{.what = "there is no home directory to keep a configuration in",
                 .remedy = "set HOME, or SEFACA_CONFIG=FILE"};
  }
  // The strongest of those that are there, so that what is set is in force.
  for (auto path = paths.rbegin(); path != paths.rend(); ++path) {
    if (surroundings.files->link_info(*path)) return *path;
  }
  return paths.front();
}

FileSource source_of(const std::string& path, Layer layer) {
  return {path, std::string(parent_path(path)), layer};
}

// Trusts the new text of a file whose old text was trusted: it was the user who changed it.
void keep_trust(const Context& context, const std::string& path, const std::string& old_text,
                const std::string& new_text) {
  auto store = TrustStore::load(context.surroundings);
  const auto real = context.surroundings.files->real_path(path).value_or(path);
  const bool colour = use_colour(context.err, context.surroundings);
  if (store && store->trusts(real, old_text)) {
    store->add(real, new_text);
    if (auto written = write_file(TrustStore::path_for(context.surroundings), store->to_text());
        !written) {
      print_errors(context.err, written.errors(), colour);
    }
  } else {
    print_note(context.err,
               concat("until you trust it, this file may only narrow: sefaca config trust ",
                      shell_quote(path)),
               colour);
  }
}

// Takes --json and every option of `run`.
int show(const Context& context) {
  std::vector<std::string> options;
  bool json = false;
  for (const auto& word : context.words) {
    if (word == "--json") {
      json = true;
    } else {
      options.push_back(word);
    }
  }
  auto request = parse_run_words(options, context.surroundings);
  if (!request) return context.fail(request.errors(), kWrongUsage);
  if (request->command) {
    return context.wrong_usage("config show takes options and no operand",
                               "sefaca config show [--preset=NAME] [--level=LEVEL] [--json]");
  }
  return context.print_or_fail(show_configuration(*request, json, context.surroundings));
}

int get(const Context& context) {
  if (context.words.size() != 1) {
    return context.wrong_usage("config get wants one key", "sefaca config get KEY");
  }
  auto setting = parse_setting_name(context.words.front());
  if (!setting) return context.fail(setting.errors(), kWrongUsage);
  auto value = effective_value(std::string(setting->key->name), context.surroundings);
  if (!value) return context.fail(value.errors(), kNegative);
  if (value->empty()) return kNegative;
  context.print(concat(*value, "\n"));
  return kGood;
}

int set(const Context& context) {
  auto target = read_target(context.words);
  if (!target) return context.fail(target.errors(), kWrongUsage);
  if (target->operands.size() != 2) {
    return context.wrong_usage("config set wants a key and a value",
                               "sefaca config set KEY VALUE [--project|--user]");
  }
  auto setting = parse_setting_name(target->operands[0]);
  if (!setting) return context.fail(setting.errors(), kWrongUsage);
  auto values = split_value(*setting->key, target->operands[1]);
  if (!values) return context.fail(values.errors(), kWrongUsage);
  for (const auto& value : *values) {
    if (auto checked = check_value(*setting->key, value); !checked) {
      return context.fail(checked.errors(), kWrongUsage);
    }
  }
  auto path = target_path(*target, context.surroundings);
  if (!path) return context.fail(path.errors(), kNegative);

  std::string text;
  if (context.surroundings.files->exists(*path)) {
    auto read = context.surroundings.files->read(*path, kLargestFile);
    if (!read) return context.fail(read.errors(), kNegative);
    text = std::move(*read);
  }
  const Layer layer = target->project ? Layer::project_file : Layer::user_file;
  auto edited =
      with_setting(text, source_of(*path, layer), *setting, toml_value(*setting->key, *values));
  if (!edited) return context.fail(edited.errors(), kNegative);
  if (auto written = write_file(*path, *edited); !written) {
    return context.fail(written.errors(), kNegative);
  }
  if (target->project) keep_trust(context, *path, text, *edited);
  return kGood;
}

int init(const Context& context) {
  auto target = read_target(context.words);
  if (!target) return context.fail(target.errors(), kWrongUsage);
  if (!target->operands.empty()) {
    return context.wrong_usage("config init wants no operand",
                               "sefaca config init [--project|--user]");
  }
  auto path = target_path(*target, context.surroundings);
  if (!path) return context.fail(path.errors(), kNegative);
  if (target->project) path = absolute_path(kProjectConfig, context.surroundings.cwd);
  if (context.surroundings.files->link_info(*path)) {
    return context.fail({Error{.what = "the file is there already",
                               .where = *path,
                               .remedy = "sefaca config set KEY VALUE changes it"}},
                        kNegative);
  }
  const Layer layer = target->project ? Layer::project_file : Layer::user_file;
  if (auto written = write_file(*path, initial_text(layer)); !written) {
    return context.fail(written.errors(), kNegative);
  }
  context.print(concat(printable(*path), "\n"));
  return kGood;
}

// One named file by itself: its text, and each of its presets as a policy.
Status check_file(const std::string& path, const Surroundings& surroundings) {
  const auto info = surroundings.files->info(path);
  if (!info || info->type != FileInfo::Type::file) {
    return Error{.what = info ? "is not a regular file" : "is not there", .where = path};
  }
  auto text = surroundings.files->read(path, kLargestFile);
  if (!text) {
    Errors errors = text.errors();
    for (auto& error : errors) error.where = path;
    return errors;
  }
  Layer layer = Layer::user_file;
  if (base_name(path) == kProjectConfig) layer = Layer::project_file;
  if (path == kSystemConfig) layer = Layer::system_file;
  SEFACA_TRY(file, parse_file(*text, source_of(path, layer)));

  auto build_with = [&](const std::string& preset) -> Status {
    PolicyBuilder builder(surroundings);
    for (const auto& each : file.presets) builder.define(each);
    for (const auto& each : file.assignments) builder.set(each);
    for (const auto& each : file.bounds) builder.enforce(each);
    if (!preset.empty()) {
      builder.set(
          {.key = "preset", .values = {preset}, .layer = Layer::command_line, .origin = path});
    }
    auto policy = builder.build(Command{.argv = {"true"}});
    if (!policy) return policy.errors();
    return Done{};
  };
  Errors errors;
  auto note = [&errors](const Status& status) {
    if (status) return;
    for (const auto& error : status.errors()) {
      const bool known = std::any_of(errors.begin(), errors.end(), [&](const Error& each) {
        return each.where == error.where && each.what == error.what;
      });
      if (!known) errors.push_back(error);
    }
  };
  if (Errors unknown = unknown_presets(file.make_rules, file.presets); !unknown.empty())
    note(unknown);
  note(build_with(""));
  for (const auto& preset : file.presets) note(build_with(preset.name));
  if (!errors.empty()) return errors;
  return Done{};
}

int check(const Context& context) {
  if (context.words.size() > 1) {
    return context.wrong_usage("config check wants one file at most", "sefaca config check [FILE]");
  }
  if (!context.words.empty()) {
    const auto path = absolute_path(context.words.front(), context.surroundings.cwd);
    if (auto checked = check_file(path, context.surroundings); !checked) {
      return context.fail(checked.errors(), kNegative);
    }
    context.print(concat(printable(path), ": ok\n"));
    return kGood;
  }
  auto layers = load_layers(context.surroundings, std::nullopt);
  if (!layers) return context.fail(layers.errors(), kNegative);
  PolicyBuilder builder(context.surroundings);
  apply_layers(builder, *layers);
  if (auto policy = builder.build(Command{.argv = {"true"}}); !policy) {
    return context.fail(policy.errors(), kNegative);
  }
  for (const auto& file : layers->files) context.print(concat(printable(file), ": ok\n"));
  if (layers->files.empty())
    context.print("no configuration file: the built-in values are in force\n");
  return kGood;
}

int presets(const Context& context) {
  const bool names_only = context.words.size() == 1 && context.words.front() == "--names";
  if (!names_only && !context.words.empty()) {
    return context.wrong_usage("config presets wants no operand",
                               "sefaca config presets [--names]");
  }
  return context.print_or_fail(show_presets(names_only, context.surroundings));
}

int path(const Context& context) {
  if (!context.words.empty()) {
    return context.wrong_usage("config path wants no operand", "sefaca config path");
  }
  const auto& surroundings = context.surroundings;
  auto line = [&](const char* layer, const std::string& file) {
    const char* state = surroundings.files->exists(file) ? "present" : "absent";
    context.print(concat(layer, "\t", printable(file), "\t", state, "\n"));
  };
  line("system", kSystemConfig);
  for (const auto& file : user_config_paths(surroundings)) line("user", file);
  const auto project = find_project_file(surroundings);
  line("project", project.empty() ? absolute_path(kProjectConfig, surroundings.cwd) : project);
  return kGood;
}

// The file that trust and untrust are about: the operand, or the nearest project file.
Result<std::string> trust_operand(const Context& context) {
  if (context.words.size() > 1) {
    return Error{.what = "one file at most", .remedy = "sefaca config trust [FILE]"};
  }
  if (!context.words.empty()) {
    return absolute_path(context.words.front(), context.surroundings.cwd);
  }
  const auto found = find_project_file(context.surroundings);
  if (found.empty()) {
    return Error{.what = concat("there is no ", kProjectConfig, " here or above"),
                 .remedy = "sefaca config init --project writes one"};
  }
  return found;
}

int trust(const Context& context) {
  auto path = trust_operand(context);
  if (!path) return context.fail(path.errors(), context.words.size() > 1 ? kWrongUsage : kNegative);
  const auto& surroundings = context.surroundings;
  const auto real = surroundings.files->real_path(*path);
  const auto info = real ? surroundings.files->info(*real) : std::nullopt;
  if (!info || info->type != FileInfo::Type::file) {
    return context.fail(
        {Error{.what = info ? "is not a regular file" : "is not there", .where = *path}},
        kNegative);
  }
  if (auto reason = untrustworthy(*real, surroundings)) return context.fail({*reason}, kNegative);
  auto text = surroundings.files->read(*real, kLargestFile);
  if (!text) return context.fail(text.errors(), kNegative);
  // What can't be read can't be trusted either; each error is shown once, here.
  if (auto parsed = parse_file(*text, source_of(*path, Layer::project_file)); !parsed) {
    return context.fail(parsed.errors(), kNegative);
  }
  auto store = TrustStore::load(surroundings);
  if (!store) return context.fail(store.errors(), kNegative);
  store->add(*real, *text);
  const auto store_path = TrustStore::path_for(surroundings);
  if (store_path.empty()) {
    return context.fail(
        {Error{.what = "there is no home directory to keep the list in", .remedy = "set HOME"}},
        kNegative);
  }
  if (auto written = write_file(store_path, store->to_text()); !written) {
    return context.fail(written.errors(), kNegative);
  }
  context.print(concat("trusted: ", printable(*real), " (sha256 ", sha256_hex(*text), ")\n"));
  return kGood;
}

int untrust(const Context& context) {
  auto path = trust_operand(context);
  if (!path) return context.fail(path.errors(), context.words.size() > 1 ? kWrongUsage : kNegative);
  const auto& surroundings = context.surroundings;
  auto store = TrustStore::load(surroundings);
  if (!store) return context.fail(store.errors(), kNegative);
  // A file that is gone can be taken off the list by the path that the list shows.
  const bool removed =
      store->remove(surroundings.files->real_path(*path).value_or(*path)) || store->remove(*path);
  if (!removed) {
    return context.fail({Error{.what = "is not on the list of trusted files",
                               .where = *path,
                               .remedy = "sefaca config trusted prints the list"}},
                        kNegative);
  }
  if (auto written = write_file(TrustStore::path_for(surroundings), store->to_text()); !written) {
    return context.fail(written.errors(), kNegative);
  }
  context.print(concat("no longer trusted: ", printable(*path), "\n"));
  return kGood;
}

int trusted(const Context& context) {
  if (!context.words.empty()) {
    return context.wrong_usage("config trusted wants no operand", "sefaca config trusted");
  }
  auto store = TrustStore::load(context.surroundings);
  if (!store) return context.fail(store.errors(), kNegative);
  for (const auto& entry : store->entries()) {
    const auto text = context.surroundings.files->read(entry.path, kLargestFile);
    const char* state = !text                             ? "gone"
                        : sha256_hex(*text) == entry.hash ? "trusted"
                                                          : "changed since: not trusted";
    context.print(concat(printable(entry.path), "\t", state, "\n"));
  }
  return kGood;
}

struct Action {
  std::string_view name;
  int (*act)(const Context&);
};
constexpr Action kActions[] = {
    {"show", show},       {"get", get},         {"set", set},   {"init", init},
    {"check", check},     {"presets", presets}, {"path", path}, {"trust", trust},
    {"untrust", untrust}, {"trusted", trusted},
};

}  // namespace

int config_command(std::span<const std::string> words, const Surroundings& surroundings, FILE* out,
                   FILE* err) {
  std::vector<std::string_view> names;
  for (const Action& action : kActions) names.push_back(action.name);
  const std::string name = words.empty() ? "" : words.front();
  const Context context{words.empty() ? words : words.subspan(1), surroundings, out, err};
  for (const Action& action : kActions) {
    if (action.name == name) return action.act(context);
  }
  if (name.empty()) {
    return context.wrong_usage("config wants an action", spelling_hint("", names));
  }
  return context.wrong_usage(concat("unknown action '", printable(name), "' of config"),
                             spelling_hint(name, names));
}

}  // namespace sefaca
