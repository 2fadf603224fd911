#include "launcher/in_place.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/audit/log_file.h"
#include "core/base/text.h"
#include "core/enforce/program.h"
#include "core/enforce/steps.h"
#include "core/supervise/nested.h"
#include "launcher/diagnostics.h"
#include "launcher/run.h"

namespace sefaca {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

Status put_on_record(const Record& record, const std::string& log_file,
                     const Surroundings& surroundings) {
  const std::string line = to_json(record);
  if (const auto enclosing = EnclosingRun::find(surroundings)) return enclosing->send(line);
  const std::string path = log_path(log_file, surroundings);
  if (path.empty()) return Error{.what = "there is no home directory for the log"};
  SEFACA_TRY(log, LogFile::open(path));
  return log.append(line);
}

}  // namespace

std::vector<std::string> whole_environment(const Surroundings& surroundings) {
  std::vector<std::string> out = surroundings.malformed_environment;
  for (const auto& [name, value] : surroundings.environment)
    out.push_back(concat(name, "=", value));
  return out;
}

int execute_in_place(const RunRequest& request, Record record, const std::string& log_file,
                     const std::vector<std::string>& environment,
                     const Surroundings& surroundings) {
  const auto program = find_program(request.command->argv.front(), surroundings);
  if (!program) return refuse(program.errors(), surroundings);
  record.pid = ::getpid();
  if (auto written = put_on_record(record, log_file, surroundings); !written && !request.quiet) {
    Errors errors = written.errors();
    for (Error& error : errors) error.what = concat("this run is not on record: ", error.what);
    print_errors(stderr, errors, use_colour(stderr, surroundings));
  }
  std::vector<std::string> words = request.command->argv;
  std::vector<std::string> variables = environment;
  std::vector<char*> argv = pointers(words);
  std::vector<char*> envp = pointers(variables);
  std::fflush(nullptr);
  ::execve(program->c_str(), argv.data(), envp.data());
  int reason = errno;
  if (reason == ENOEXEC) {  // as execvp(3): a script without a first line is the shell's
    std::vector<std::string> script{"/bin/sh", *program};
    script.insert(script.end(), words.begin() + 1, words.end());
    argv = pointers(script);
    ::execve("/bin/sh", argv.data(), envp.data());
    reason = errno;
  }
  return refuse({setup_error(Step::execute, reason, program->c_str())}, surroundings);
}

}  // namespace sefaca
