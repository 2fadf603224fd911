#include "launcher/shell.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "core/base/path.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/supervise/terminal.h"
#include "launcher/plan_text.h"
#include "launcher/run.h"
#include "launcher/session.h"

namespace sefaca {
namespace {

bool write_file(const std::string& path, std::string_view text) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// The prompt says where one is. bash and zsh read a start-up file of ours, in the private
// directory, which reads the user's own first; without such a directory, and for other shells,
// variables do.
void mark_prompt(Session& session, const Surroundings& surroundings) {
  LaunchPlan& plan = session.plan;
  const std::string mark = concat("(sefaca:", name_of(session.policy->level), ") ");
  const std::string& directory = session.private_directory.path();
  const std::string& inside = plan.private_directory;
  const std::string_view shell = base_name(plan.argv.front());
  if (shell == "bash") {
    const std::string file = concat(directory, "/.sefaca-bashrc");
    if (!directory.empty() &&
        write_file(file, concat("[ -r ~/.bashrc ] && . ~/.bashrc\nPS1='", mark, "'\"$PS1\"\n"))) {
      plan.argv = {plan.argv.front(), "--rcfile", concat(inside, "/.sefaca-bashrc"), "-i"};
      return;
    }
    plan.set_variable("PROMPT_COMMAND",
                      concat("case $PS1 in \"", mark, "\"*) ;; *) PS1=\"", mark, "$PS1\";; esac"));
  } else if (shell == "zsh" && !directory.empty()) {
    const std::string theirs = surroundings.variable("ZDOTDIR");
    const std::string own = theirs.empty() ? "$HOME" : shell_quote(theirs);
    const auto reads = [&](const char* name) {
      return concat("[ -r ", own, "/", name, " ] && . ", own, "/", name, "\n");
    };
    if (write_file(concat(directory, "/.zshenv"), reads(".zshenv")) &&
        write_file(concat(directory, "/.zshrc"),
                   concat(reads(".zshrc"), "PROMPT='", mark, "'\"$PROMPT\"\n")))
      plan.set_variable("ZDOTDIR", inside);
  } else {
    plan.set_variable("PS1", concat(mark, surroundings.uid == 0 ? "# " : "$ "));
  }
}

// An interactive shell takes the terminal for its jobs; afterwards it is the caller's again.
void take_back_terminal() {
  UniqueFd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (!terminal) return;
  set_foreground_group(terminal.get(), ::getpgrp());
}

}  // namespace

int shell_command(std::span<const std::string> words, const Surroundings& surroundings) {
  auto request = parse_run_words(words, surroundings);
  if (!request) return refuse(request.errors(), surroundings);
  if (answered(*request, "shell")) return 0;
  if (request->command) {
    return refuse({Error{.what = concat("shell takes no command: '",
                                        printable(request->command->argv.front()), "'"),
                         .remedy = "sefaca run -- COMMAND"}},
                  surroundings);
  }
  const std::string shell = surroundings.variable("SHELL");
  request->command = Command{.argv = {shell.empty() ? "/bin/sh" : shell, "-i"}};
  request->door = "shell";
  auto prepared = prepare_session(std::move(*request), surroundings, Supervision::supervised);
  if (!prepared) return refuse(prepared.errors(), surroundings);
  if (prepared->request.dry_run) {
    print_plan(stdout, *prepared);
    return 0;
  }
  // A container's shell is told by its environment.
  if (!prepared->enclosure) {
    prepared->amend_plan = [&](Session& session) { mark_prompt(session, surroundings); };
    prepared->amend_plan(*prepared);
  }
  const int code = run_session(*prepared, surroundings);
  take_back_terminal();
  return code;
}

}  // namespace sefaca
