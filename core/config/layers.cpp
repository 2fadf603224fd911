// Finds, reads and judges the files, and stacks the layers. Where no file is there this is a few
// stat calls.
#include <algorithm>
#include <map>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/config/configuration.h"
#include "core/config/environment.h"
#include "core/config/narrowing.h"
#include "core/config/toml_file.h"
#include "core/config/trust.h"
#include "core/policy/levels.h"

namespace sefaca {
namespace {

void append(Errors& errors, const Errors& more) {
  errors.insert(errors.end(), more.begin(), more.end());
}

struct FileText {
  FileSource source;
  std::string text;
};

// The file's text; an error names it. Anything but a regular file is refused before it is opened: a
// FIFO would block.
Result<FileText> read_file(const Surroundings& surroundings, const std::string& path, Layer layer) {
  const auto info = surroundings.files->info(path);
  if (!info) {
    return Error{.what = "can't be read: it is not there, or points nowhere", .where = path};
  }
  if (info->type != FileInfo::Type::file) {
    return Error{.what = "is not a regular file", .where = path};
  }
  if (info->size > kLargestFile) {
    return Error{.what = concat("the file has ", std::to_string(info->size),
                                " bytes; a configuration has at most 1 MiB"),
                 .where = path};
  }
  // What comes with code may be a link to a secret, which an error would show.
  if (layer == Layer::project_file) {
    const auto real = surroundings.files->real_path(path);
    if (!real || base_name(*real) != base_name(path))
      return Error{.what = "is a link to a file of another name, which is not read",
                   .where = path,
                   .remedy = "put the file itself there"};
  }
  auto text = surroundings.files->read(path, kLargestFile);
  if (!text) {
    Errors errors = text.errors();
    for (auto& error : errors) {
      if (error.where.empty()) error.where = path;
    }
    return errors;
  }
  return FileText{{path, std::string(parent_path(path)), layer}, std::move(*text)};
}

void merge(LoadedLayers& layers, ParsedFile file) {
  auto move_to = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  move_to(layers.presets, file.presets);
  move_to(layers.assignments, file.assignments);
  move_to(layers.bounds, file.bounds);
  layers.make_rules.insert(layers.make_rules.begin(),
                           std::make_move_iterator(file.make_rules.begin()),
                           std::make_move_iterator(file.make_rules.end()));
}

// Reads and merges one file. `required`: it must be there.
void add_file(LoadedLayers& layers, Errors& errors, const Surroundings& surroundings,
              const std::string& path, Layer layer, bool required) {
  if (!required && !surroundings.files->link_type(path)) return;
  auto file = read_file(surroundings, path, layer);
  if (!file) return append(errors, file.errors());
  auto parsed = parse_file(file->text, file->source);
  if (!parsed) return append(errors, parsed.errors());
  merge(layers, std::move(*parsed));
  layers.files.push_back(path);
}

// The assignment or preset of the project's file that a widening goes back to.
struct Culprit {
  std::string origin;
  std::string excerpt;
};
Culprit culprit_of(const Widening& widening, const ParsedFile& project) {
  auto by_key = [&](const std::string& key) -> const Assignment* {
    const auto found = std::find_if(project.assignments.begin(), project.assignments.end(),
                                    [&](const Assignment& each) { return each.key == key; });
    return found == project.assignments.end() ? nullptr : &*found;
  };
  std::vector<const Assignment*> all;
  for (const auto& each : project.assignments) all.push_back(&each);
  for (const auto& preset : project.presets) {
    for (const auto& each : preset.values) all.push_back(&each);
  }
  // "level permissive (FILE:2:1)" goes back to FILE:2:1; the longest, for 2:1 is in 2:10 too.
  const Assignment* named = nullptr;
  for (const auto* each : all) {
    if (widening.origin.find(each->origin) == std::string::npos) continue;
    if (named == nullptr || each->origin.size() > named->origin.size()) named = each;
  }
  if (named != nullptr) return {named->origin, named->excerpt};
  for (const auto* each : all) {
    if (each->key == widening.key) return {each->origin, each->excerpt};
  }
  for (const char* key : {"preset", "level", "caches", "hide", "readonly"}) {
    if (const auto* each = by_key(key)) return {each->origin, each->excerpt};
  }
  if (!all.empty()) return {all.front()->origin, all.front()->excerpt};
  if (!project.presets.empty()) return {project.presets.front().origin, ""};
  return {};
}

std::string describe(const Widening& widening) {
  if (widening.key == "env") {
    return concat("this would pass ", printable(widening.after), " to the command");
  }
  if (widening.before.empty() || widening.after.empty()) {
    return concat("this would widen ", widening.key);
  }
  return concat("this would widen ", widening.key, " from ", printable(widening.before), " to ",
                printable(widening.after));
}

void fill(PolicyBuilder& builder, const LoadedLayers& layers, std::span<const Assignment> variables,
          std::span<const Assignment> command_line) {
  apply_layers(builder, layers);
  for (const auto& each : variables) builder.set(each);
  for (const auto& each : command_line) builder.set(each);
}

bool is_preset(const std::string& name, const LoadedLayers& layers) {
  const auto named = [&name](const PresetDefinition& preset) { return preset.name == name; };
  const auto built_in = built_in_presets();
  return std::any_of(built_in.begin(), built_in.end(), named) ||
         std::any_of(layers.presets.begin(), layers.presets.end(), named);
}

// Holds a project's file against what the user may do without it.
class ProjectJudge {
 public:
  ProjectJudge(const LoadedLayers& below, const ParsedFile& project, const FileText& file,
               const Surroundings& surroundings, std::string note)
      : project_(project), file_(file), surroundings_(surroundings), note_(std::move(note)) {
    with_ = below;
    merge(with_, project);
    // A preset that is the project's own, named from above, stands for what it derives from.
    without_ = below;
    for (const auto& preset : project.presets) {
      if (is_preset(preset.name, below)) continue;
      without_.presets.push_back({preset.name, preset.inherits, {}, preset.origin});
    }
  }

  // What the run may do with and without the file: what is more with it, each as an error.
  void judge(std::span<const Assignment> variables, std::span<const Assignment> command_line) {
    const auto after = build(with_, variables, command_line);
    if (!after) return keep(after.errors());
    const auto before = build(without_, variables, command_line);
    if (!before) return keep(before.errors());
    for (const auto& widening : widenings(*before, *after)) {
      const auto culprit = culprit_of(widening, project_);
      keep(
          {Error{.what = describe(widening),
                 .where = culprit.origin.empty() ? file_.source.path : culprit.origin,
                 .excerpt = culprit.excerpt,
                 .remedy = concat("a project's file may only narrow until you trust it: ",
                                  "sefaca config trust ", shell_quote(file_.source.path), note_)}});
    }
  }

  Errors take_errors() {
    Errors list;
    for (auto& [place, error] : errors_) list.push_back(std::move(error));
    return list;
  }

 private:
  Result<Policy> build(const LoadedLayers& layers, std::span<const Assignment> variables,
                       std::span<const Assignment> command_line) const {
    PolicyBuilder builder(surroundings_);
    fill(builder, layers, variables, command_line);
    return builder.build(Command{.argv = {"true"}});
  }
  void keep(const Errors& errors) {  // one for each place and text
    for (const auto& error : errors) errors_.emplace(concat(error.where, "\n", error.what), error);
  }

  const ParsedFile& project_;
  const FileText& file_;
  const Surroundings& surroundings_;
  const std::string note_;
  LoadedLayers with_;
  LoadedLayers without_;
  std::map<std::string, Error> errors_;
};

// Every run that could be made of this file: its [default], each of its presets, and a run that
// reads only what is listed.
void judge_every_run(ProjectJudge& judge, const ParsedFile& project,
                     std::span<const Assignment> variables) {
  auto with_option = [&](const char* key, const std::string& value) {
    const Assignment option{
        .key = key, .values = {value}, .layer = Layer::command_line, .origin = concat("--", key)};
    judge.judge(variables, std::span(&option, 1));
  };
  judge.judge(variables, {});
  with_option("read", "listed");
  for (const auto& preset : project.presets) with_option("preset", preset.name);
}

// Whether the user trusts that very file; `note` says why not, where there is more to say.
bool is_trusted(const std::string& path, std::string_view text, const Surroundings& surroundings,
                std::string& note) {
  const auto store = TrustStore::load(surroundings);
  const auto real = surroundings.files->real_path(path).value_or(path);
  if (!store) {
    // A list that can't be believed trusts nothing; a file that only narrows needs no trust.
    note = concat(" (", store.error().where, ": ", store.error().what, ": ", store.error().remedy,
                  ")");
    return false;
  }
  if (!store->trusts(real, text)) return false;
  const auto reason = untrustworthy(real, surroundings);
  if (reason) note = concat(" (it is trusted, but ", reason->what, ": ", reason->remedy, ")");
  return !reason;
}

// What a project's file says about make's steps can't be weighed against what would be without it.
void refuse_make_rules(const ParsedFile& project, const std::string& path, Errors& errors) {
  for (const MakeRule& rule : project.make_rules)
    errors.push_back({.what = "a project's file may choose presets for make when you trust it",
                      .where = rule.origin,
                      .excerpt = rule.excerpt,
                      .remedy = concat("sefaca config trust ", shell_quote(path))});
}

void add_project_file(LoadedLayers& layers, Errors& errors, const Surroundings& surroundings,
                      std::span<const Assignment> variables,
                      std::optional<std::span<const Assignment>> command_line) {
  const std::string path = find_project_file(surroundings);
  if (path.empty()) return;
  auto file = read_file(surroundings, path, Layer::project_file);
  if (!file) return append(errors, file.errors());
  auto parsed = parse_file(file->text, file->source);
  if (!parsed) return append(errors, parsed.errors());

  std::string note;
  layers.project_trusted = is_trusted(path, file->text, surroundings, note);
  if (!layers.project_trusted) refuse_make_rules(*parsed, path, errors);
  // With errors below there is nothing to compare with; they are reported first.
  if (!layers.project_trusted && errors.empty()) {
    ProjectJudge judge(layers, *parsed, *file, surroundings, note);
    if (command_line) {
      judge.judge(variables, *command_line);
    } else {
      judge_every_run(judge, *parsed, variables);
    }
    append(errors, judge.take_errors());
  }
  merge(layers, std::move(*parsed));
  layers.files.push_back(path);
  layers.project_file = path;
}

// The system's and the user's files.
void add_own_files(LoadedLayers& layers, Errors& errors, const Surroundings& surroundings,
                   const std::optional<std::string>& config_file) {
  add_file(layers, errors, surroundings, kSystemConfig, Layer::system_file, false);

  std::optional<std::string> instead = config_file;
  if (const auto named = surroundings.variable("SEFACA_CONFIG"); !instead && !named.empty()) {
    instead = absolute_path(named, surroundings.cwd);
  }
  if (instead) {
    add_file(layers, errors, surroundings, *instead, Layer::user_file, true);
  } else {
    for (const auto& path : user_config_paths(surroundings)) {
      add_file(layers, errors, surroundings, path, Layer::user_file, false);
    }
  }
}

}  // namespace

std::vector<std::string> user_config_paths(const Surroundings& surroundings) {
  std::vector<std::string> paths;
  if (!surroundings.home.empty()) {
    paths.push_back(concat(surroundings.home, "/.sefaca/config.toml"));
  }
  std::string base = surroundings.variable("XDG_CONFIG_HOME");
  if (!base.starts_with('/')) {
    base = surroundings.home.empty() ? "" : concat(surroundings.home, "/.config");
  }
  if (!base.empty()) paths.push_back(concat(base, "/sefaca/config.toml"));
  return paths;
}

std::string find_project_file(const Surroundings& surroundings) {
  const FileSystem& files = *surroundings.files;
  const auto start = files.info(surroundings.cwd);
  if (!start) return {};
  std::string directory = surroundings.cwd;
  for (;;) {
    const std::string prefix = directory == "/" ? directory : concat(directory, "/");
    std::string candidate = concat(prefix, kProjectConfig);
    if (files.link_type(candidate)) return candidate;
    if (directory == "/" || files.link_type(concat(prefix, ".git"))) return {};
    directory = parent_path(directory);
    const auto parent = files.info(directory);
    if (!parent || parent->device != start->device) return {};
  }
}

void apply_layers(PolicyBuilder& builder, const LoadedLayers& layers) {
  for (const auto& preset : layers.presets) builder.define(preset);
  for (const auto& assignment : layers.assignments) builder.set(assignment);
  for (const auto& bound : layers.bounds) builder.enforce(bound);
}

Result<LoadedLayers> load_layers(const Surroundings& surroundings,
                                 const std::optional<std::string>& config_file,
                                 std::optional<std::span<const Assignment>> command_line) {
  LoadedLayers layers;
  Errors errors;
  add_own_files(layers, errors, surroundings, config_file);

  auto variables = read_variables(surroundings);
  if (!variables) append(errors, variables.errors());
  add_project_file(
      layers, errors, surroundings,
      variables ? std::span<const Assignment>(*variables) : std::span<const Assignment>(),
      command_line);

  append(errors, unknown_presets(layers.make_rules, layers.presets));
  if (!errors.empty()) return errors;
  layers.assignments.insert(layers.assignments.end(), std::make_move_iterator(variables->begin()),
                            std::make_move_iterator(variables->end()));
  return layers;
}

Result<MakeSettings> load_make_settings(const Surroundings& surroundings) {
  LoadedLayers layers;
  Errors errors;
  add_own_files(layers, errors, surroundings, std::nullopt);
  if (const std::string path = find_project_file(surroundings); !path.empty()) {
    auto file = read_file(surroundings, path, Layer::project_file);
    if (!file) return file.errors();
    auto parsed = parse_file(file->text, file->source);
    if (!parsed) return parsed.errors();
    std::string note;
    if (is_trusted(path, file->text, surroundings, note)) merge(layers, std::move(*parsed));
  }
  append(errors, unknown_presets(layers.make_rules, layers.presets));
  if (!errors.empty()) return errors;
  return MakeSettings{std::move(layers.make_rules), !layers.bounds.empty()};
}

}  // namespace sefaca
