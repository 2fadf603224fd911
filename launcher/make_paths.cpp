#include "launcher/make_paths.h"

#include <algorithm>
#include <string_view>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/policy/paths.h"
#include "core/policy/repository.h"

namespace sefaca {
namespace {

// Options with a directory or file joined to them.
constexpr std::string_view kPathOptions[] = {
    "-I",       "-L",         "-B",        "-isystem",  "-iquote", "-idirafter",
    "-include", "--sysroot=", "-isysroot", "-fplugin=", "-specs=", "@"};
// Made by a compiler beside its output and read by the next make.
constexpr std::string_view kDependencyLists[] = {".d",   ".P",    ".Po",    ".Plo",
                                                 ".dep", ".deps", ".depend"};
// What every policy of a listed kind reads anyway.
constexpr std::string_view kAlwaysReadable[] = {"/usr", "/lib", "/lib64", "/bin",
                                                "/etc", "/opt", "/dev",   "/proc"};

void add(std::vector<std::string>& list, std::string path) {
  if (std::find(list.begin(), list.end(), path) == list.end()) list.push_back(std::move(path));
}

class Paths {
 public:
  Paths(const Surroundings& surroundings, const std::optional<MakeCaller>& caller)
      : surroundings_(surroundings), homes_(home_directories(surroundings)) {
    if (caller) top_ = caller->directory;
  }

  void directories(const MakeCaller& caller) {
    // A home, or what holds one, is no build's directory; the working directory is granted anyway.
    if (!is_home_or_above(top_, homes_)) add(out_.write, top_);
    for (const std::string& name : caller.directories) {
      const std::string path = real(absolute_path(name, top_));
      if (!path.empty() && surroundings_.files->is_directory(path) &&
          !is_home_or_above(path, homes_))
        add(out_.write, path);
    }
    add(out_.protect, absolute_path(".git", top_));
    configured_tree();
  }

  // `make -C tests` of a tree that a configure script set up builds what lies beside it too.
  void configured_tree() {
    constexpr int kMostLevels = 4;
    std::string path(parent_path(top_));
    for (int i = 0; i < kMostLevels && !is_home_or_above(path, homes_); ++i) {
      const auto found = surroundings_.files->info(concat(path, "/config.status"));
      if (found && found->type == FileInfo::Type::file && found->owner == surroundings_.uid) {
        add(out_.write, path);
        add(out_.protect, concat(path, "/.git"));
        return;
      }
      path = parent_path(path);
    }
  }

  void operands(const RecipeLine& line) {
    constexpr std::size_t kMost = 64;
    for (std::size_t i = 0; i < line.words.size() && out_.read.size() < kMost; ++i)
      operand(line.words[i]);
  }

  void makefiles(const ShellCall& call) {
    const std::string target = real(absolute_path(*call.target, surroundings_.cwd));
    for (const std::string& name : call.makefiles) {
      const auto ends = [&](std::string_view suffix) { return name.ends_with(suffix); };
      if (std::any_of(std::begin(kDependencyLists), std::end(kDependencyLists), ends)) continue;
      const std::string path = real(absolute_path(name, surroundings_.cwd));
      if (!path.empty() && path != target) add(out_.protect, path);
    }
  }

  DoorPaths take() { return std::move(out_); }

 private:
  [[nodiscard]] std::string real(const std::string& path) const {
    return surroundings_.files->real_path(path).value_or("");
  }

  void operand(std::string_view word) {
    // What a compiler hands to its linker: "-Wl,--version-script,DIR/x.map", with a '=' too.
    if (constexpr std::string_view kToLinker = "-Wl,"; word.starts_with(kToLinker)) {
      for (const std::string& part : split(word.substr(kToLinker.size()), ','))
        operand(part.starts_with('-') ? std::string_view(part).substr(part.find('=') + 1) : part);
      return;
    }
    for (const std::string_view option : kPathOptions) {
      if (!word.starts_with(option) || word.size() == option.size()) continue;
      word.remove_prefix(option.size());
      break;
    }
    if (word.find('/') == std::string_view::npos && word != "..") return;
    if (word.starts_with('-')) return;
    std::string path = real(absolute_path(word, surroundings_.cwd));
    if (path.empty()) return;
    // A header beside the source is found by the source's directory.
    if (!surroundings_.files->is_directory(path)) path = parent_path(path);
    const auto holds = [&](std::string_view directory) { return is_within(path, directory); };
    if ((!top_.empty() && holds(top_)) || holds(surroundings_.cwd) ||
        std::any_of(std::begin(kAlwaysReadable), std::end(kAlwaysReadable), holds) ||
        is_home_or_above(path, homes_))
      return;
    add(out_.read, source_root(path));
  }

  // Sources include what lies beside their own directory: the repository that they belong to, else
  // the directory above.
  [[nodiscard]] std::string source_root(const std::string& path) const {
    if (const auto repository = find_repository(path, *surroundings_.files);
        repository && !is_home_or_above(repository->top, homes_))
      return repository->top;
    std::string above(parent_path(path));
    const bool too_much = is_home_or_above(above, homes_) || parent_path(above) == "/";
    return too_much ? path : above;
  }

  const Surroundings& surroundings_;
  const std::vector<std::string> homes_;
  std::string top_;
  DoorPaths out_;
};

}  // namespace

DoorPaths make_paths(const ShellCall& call, const RecipeLine& line,
                     const std::optional<MakeCaller>& caller, const Surroundings& surroundings) {
  Paths paths(surroundings, caller);
  if (caller) paths.directories(*caller);
  if (call.target) paths.makefiles(call);
  paths.operands(line);
  return paths.take();
}

}  // namespace sefaca
