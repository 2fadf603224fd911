#include "core/supervise/process_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

#include "core/base/process_stat.h"
#include "core/base/slurp.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"

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

bool is_descendant(pid_t pid, pid_t root) {
  constexpr std::size_t kMost = 1U << 16U;  // a loop of numbers that change hands ends here
  std::vector<pid_t> line;
  for (pid_t at = pid; at != root;) {
    const auto stat = process_stat(at);
    if (!stat || stat->parent <= 0 || line.size() > kMost) return false;
    line.push_back(at);
    at = stat->parent;
  }
  // Unchanged from end to end: then all of these were there at once, and the numbers meant them.
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto stat = process_stat(line[i]);
    if (!stat || stat->parent != (i + 1 < line.size() ? line[i + 1] : root)) return false;
  }
  return !line.empty();
}

std::uint64_t ticks_since_boot() {
  static const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * per_second +
         static_cast<std::uint64_t>(now.tv_nsec) * per_second / 1'000'000'000;
}

// What a look at the number says between opening and sending is true of the process that gets the
// signal: when that is alive at the sending, the number was its own all the time. Where pidfds are
// refused it goes to the number.
template <typename Look>
bool signal_if(pid_t pid, int signal, const Look& is_meant) {
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process && errno == ESRCH) return false;
  if (!is_meant()) return false;
  if (!process) return ::kill(pid, signal) == 0;
  return ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0;
}

bool signal_if_older(pid_t pid, std::uint64_t latest_start_ticks, int signal) {
  return signal_if(pid, signal, [&] {
    const auto stat = process_stat(pid);
    return stat && stat->started <= latest_start_ticks;
  });
}

bool signal_descendant(pid_t pid, pid_t root, int signal) {
  return signal_if(pid, signal, [&] { return is_descendant(pid, root); });
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
    // Read through its directory, which is this process's for good: its number may change hands.
    const UniqueFd directory(
        ::open(process_directory(pid).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory || !is_descendant(pid, root)) continue;
    const std::string text = slurp_at(directory.get(), "smaps_rollup");
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
      if (stopped.count(pid) > 0) continue;
      moved = true;  // also one that changed its parent while it was looked at: again
      if (signal_descendant(pid, root, SIGSTOP)) stopped.insert(pid);
    }
    if (!moved) break;
  }
  for (pid_t pid : stopped) {
    signal_descendant(pid, root, signal);
    signal_descendant(pid, root, SIGCONT);
  }
}

}  // namespace sefaca
