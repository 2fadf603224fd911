#include "core/backend/tool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "core/base/blocked_signals.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace sefaca {
namespace {

constexpr int kNotStarted = 127;

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

std::vector<char*> pointers(std::span<const std::string> words) {
  std::vector<char*> out;
  for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

// In the child: signals as a program expects them.
void plain_signals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

struct Pipe {
  UniqueFd read, write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return Error{.what = concat("pipe: ", errno_text(errno)), .errno_value = errno};
  Pipe out{UniqueFd(ends[0]), UniqueFd(ends[1])};
  // Descriptors 0 to 2 are replaced in the child.
  for (UniqueFd* end : {&out.read, &out.write}) {
    if (end->get() > 2) continue;
    const int higher = ::fcntl(end->get(), F_DUPFD_CLOEXEC, 3);
    if (higher < 0) return Error{.what = concat("pipe: ", errno_text(errno)), .errno_value = errno};
    end->reset(higher);
  }
  return out;
}

struct Redirections {
  int in = -1, out = -1, err = -1;  // -1: as it is
};

// fork and exec; a failed exec comes back over a close-on-exec pipe.
Result<pid_t> start(std::span<const std::string> argv, std::span<const std::string> environment,
                    const char* directory, const Redirections& to) {
  SEFACA_TRY(failure, make_pipe());
  std::vector<char*> words = pointers(argv);
  std::vector<char*> variables = pointers(environment);
  pid_t child = -1;
  {
    const BlockedSignals blocked;
    child = ::fork();
    if (child == 0) {
      const int wanted[] = {to.in, to.out, to.err};
      for (int fd = 0; fd <= 2; ++fd) {
        if (wanted[fd] >= 0) ::dup2(wanted[fd], fd);
      }
      if (directory == nullptr || ::chdir(directory) == 0) {
        plain_signals();
        ::environ = variables.data();
        ::execvp(words[0], words.data());
      }
      const int why = errno;
      [[maybe_unused]] const auto said = ::write(failure.write.get(), &why, sizeof why);
      ::_exit(kNotStarted);
    }
  }
  if (child < 0) return Error{.what = concat("fork: ", errno_text(errno)), .errno_value = errno};
  failure.write.reset();
  int why = 0;
  ssize_t got = 0;
  do {
    got = ::read(failure.read.get(), &why, sizeof why);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof why) return child;
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return Error{.what = concat("can't run ", printable(argv[0]), ": ", errno_text(why)),
               .errno_value = why};
}

// Reads what there is; false at the end.
bool drain(int fd, std::string& into) {
  constexpr std::size_t kMost = 64 * 1024;
  char buffer[4096];
  const ssize_t got = ::read(fd, buffer, sizeof buffer);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  if (into.size() < kMost) into.append(buffer, static_cast<std::size_t>(got));
  return got > 0;
}

}  // namespace

Result<ToolAnswer> run_tool(std::span<const std::string> argv,
                            std::span<const std::string> environment, int most_ms) {
  SEFACA_TRY(out, make_pipe());
  SEFACA_TRY(err, make_pipe());
  UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (nothing.get() >= 0 && nothing.get() <= 2)
    nothing.reset(::fcntl(nothing.get(), F_DUPFD_CLOEXEC, 3));
  SEFACA_TRY(child, start(argv, environment, "/",
                          {.in = nothing.get(), .out = out.write.get(), .err = err.write.get()}));
  out.write.reset();
  err.write.reset();
  ToolAnswer answer;
  const std::int64_t until = now_ms() + most_ms;
  pollfd ends[] = {{out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}};
  std::string* texts[] = {&answer.out, &answer.err};
  bool given_up = false;
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    const std::int64_t left = until - now_ms();
    if (left <= 0) {
      given_up = true;
      ::kill(child, SIGKILL);
      break;
    }
    if (::poll(ends, 2, static_cast<int>(left)) <= 0) continue;
    for (int i = 0; i < 2; ++i) {
      if (ends[i].fd >= 0 && ends[i].revents != 0 && !drain(ends[i].fd, *texts[i])) ends[i].fd = -1;
    }
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  answer.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  if (given_up) answer.exit_code = 124;
  return answer;
}

Result<pid_t> start_tool(std::span<const std::string> argv,
                         std::span<const std::string> environment, const std::string& directory) {
  return start(argv, environment, directory.c_str(), {});
}

}  // namespace sefaca
