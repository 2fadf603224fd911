#include "core/supervise/process_tree.h"

#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

#include "core/base/slurp.h"
#include "core/base/text.h"

namespace sefaca {
namespace {

// The whole numbers in `text`, whatever stands between them.
std::vector<std::uint64_t> numbers(std::string_view text) {
  std::vector<std::uint64_t> out;
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    std::uint64_t value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error == std::errc()) out.push_back(value);
    at = error == std::errc() ? next : at + 1;
  }
  return out;
}

std::string process_directory(pid_t pid) {
  return concat("/proc/", std::to_string(pid));
}

constexpr std::uint64_t kAll = UINT64_MAX;

// proc(5): children are listed by the thread that made them. The number of its threads.
std::uint64_t children_of(pid_t pid, std::vector<pid_t>& out) {
  const std::string tasks = concat(process_directory(pid), "/task");
  DIR* directory = ::opendir(tasks.c_str());
  if (directory == nullptr) return 0;
  std::uint64_t threads = 0;
  while (const dirent* entry = ::readdir(directory)) {
    if (entry->d_name[0] == '.') continue;
    ++threads;
    for (std::uint64_t child : numbers(slurp(concat(tasks, "/", entry->d_name, "/children")))) {
      out.push_back(static_cast<pid_t>(child));
    }
  }
  ::closedir(directory);
  return threads;
}

std::vector<pid_t> descendants(pid_t root, pid_t except, std::uint64_t& threads,
                               std::uint64_t enough) {
  std::vector<pid_t> found;
  children_of(root, found);
  std::erase(found, except);
  for (std::size_t i = 0; i < found.size() && found.size() <= enough; ++i)
    threads += children_of(found[i], found);
  return found;
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t root, pid_t except) {
  std::uint64_t threads = 0;
  return descendants(root, except, threads, kAll);
}

std::string name_of_process(pid_t pid) {
  std::string name = slurp(concat(process_directory(pid), "/comm"));
  if (name.ends_with('\n')) name.pop_back();
  return name;
}

TreeFigures measure_tree(pid_t root, pid_t except, std::uint64_t enough) {
  static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  TreeFigures figures;
  const std::vector<pid_t> found = descendants(root, except, figures.threads, enough);
  figures.processes = found.size();
  figures.threads = std::max(figures.threads, figures.processes);
  if (figures.processes > enough) return figures;
  for (const pid_t pid : found) {
    // proc(5), statm: size, resident, shared … in pages.
    const auto fields = numbers(slurp(concat(process_directory(pid), "/statm")));
    if (fields.size() > 2 && fields[1] > fields[2]) {
      figures.memory_bytes += (fields[1] - fields[2]) * page;
    }
  }
  return figures;
}

std::uint64_t proportional_memory(pid_t root, pid_t except) {
  std::uint64_t sum = 0;
  for (pid_t pid : descendants_of(root, except)) {
    const std::string text = slurp(concat(process_directory(pid), "/smaps_rollup"));
    const auto at = text.find("\nPss:");
    if (at == std::string::npos) continue;
    const auto fields = numbers(std::string_view(text).substr(at, 64));
    if (!fields.empty()) sum += fields.front() * 1024;
  }
  return sum;
}

void signal_descendants(pid_t root, pid_t except, int signal) {
  std::set<pid_t> stopped;
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    bool moved = false;
    for (pid_t pid : descendants_of(root, except)) {
      if (stopped.insert(pid).second) {
        ::kill(pid, SIGSTOP);
        moved = true;
      }
    }
    if (!moved) break;
  }
  for (pid_t pid : stopped) {
    ::kill(pid, signal);
    ::kill(pid, SIGCONT);
  }
}

}  // namespace sefaca
