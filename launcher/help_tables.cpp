// The tables behind every help text.
#include "launcher/help_tables.h"

namespace sefaca {
namespace {

constexpr CommandHelp kCommands[] = {
    {"run", "run [OPTION...] [--] COMMAND [ARG...]",
     "run a command sandboxed and supervised, and put it on record"},
    {"exec", "exec [OPTION...] [--] COMMAND [ARG...]",
     "sandbox this very process and become the command: no supervisor"},
    {"shell", "shell [OPTION...]", "an interactive sandboxed $SHELL, its prompt marked"},
    {"config", "config ACTION [...]", "show, write, check and trust configuration"},
    {"check", "check [--json] [OPTION...]",
     "what this host can enforce of a level or preset, each mechanism proved by trying it"},
    {"log", "log ACTION [...]", "read the audit log, and make a policy from what was denied"},
    {"help", "help [TOPIC]", "explain a topic"},
};

constexpr CommandHelp kConfigActions[] = {
    {"show", "config show [--json] [OPTION...]",
     "print the effective values, where each comes from and what lost against it"},
    {"get", "config get KEY", "print one effective value; exit 1 when it is unset"},
    {"set", "config set KEY VALUE [--user|--project]",
     "change one value of a file; comments and order stay"},
    {"init", "config init [--user|--project]", "write a commented file that sets nothing"},
    {"check", "config check [FILE]", "validate one file, or all that are in force here"},
    {"presets", "config presets [--names]", "list the presets with their values"},
    {"path", "config path", "list the files that are looked for"},
    {"trust", "config trust [FILE]", "let this project's file widen, as long as it stays as it is"},
    {"untrust", "config untrust [FILE]", "take that back"},
    {"trusted", "config trusted", "list the trusted files"},
};

constexpr CommandHelp kLogActions[] = {
    {"show", "log show [last] [OPTION...]", "print the records, oldest first"},
    {"tail", "log tail [-f] [-n N] [OPTION...]",
     "print the last records; -f: and those that come, until interrupted"},
    {"stats", "log stats [OPTION...]", "runs, time, memory peaks, most frequent denials"},
    {"suggest", "log suggest [last] [--command] [OPTION...]",
     "the least configuration that allows what was denied; without options: in the last run with "
     "violations"},
    {"summary", "log summary [--format=FORMAT] [OPTION...]",
     "what the runs of a CI job come to, for its summary"},
    {"ship", "log ship [--wait[=DURATION]]",
     "send what waits for the endpoint; --wait: try until it is sent or the time (60s) is over"},
};

constexpr Fact kLogOptions[] = {
    {"--since=DURATION|TIMESTAMP", "not older: 90s, 1h, 7d, 2025-07-27, 2025-07-27T19:30:00Z"},
    {"--violations", "with violations only"},
    {"--failed", "that ended with another code than 0, or of a signal"},
    {"--preset=NAME", "of that preset"},
    {"--id=ID", "the record of that id, or of ids that begin so"},
    {"last", "show, suggest: only the youngest that fits"},
    {"--log=FILE", "of that log, in the default one's place"},
    {"--json", "as they stand in the log, one a line; suggest, stats: one object"},
    {"--command", "suggest: as options of a command line, not as a file"},
    {"--format=FORMAT", "summary: markdown (the default), annotations, errors or outputs"},
    {"-n N, --lines=N", "tail: how many (10)"},
    {"-f, --follow", "tail: go on"},
    {"--wait[=DURATION]", "ship: try until all is sent, or the time (60s) is over"},
};

constexpr Fact kExitCodes[] = {
    {"N", "the command's own exit code"},
    {"128+N", "the command died of signal N"},
    {"124", "the command ran into its time limit"},
    {"125", "sefaca's own failure in run, exec and shell: nothing was run"},
    {"126", "the command was found and can't be executed"},
    {"127", "the command was not found"},
    {"137", "the command was ended for its memory, or by signal 9"},
    {"1, 2", "of the other commands: a negative answer; wrong usage"},
};

constexpr Fact kFiles[] = {
    {"/etc/sefaca/config.toml",
     "the system's configuration; its [enforce] bounds every other layer"},
    {"~/.sefaca/config.toml", "the user's configuration"},
    {"$XDG_CONFIG_HOME/sefaca/config.toml", "the same, read after it"},
    {".sefaca.toml",
     "the project's: the nearest one upwards, no further than the repository's root "
     "or the file system"},
    {"~/.sefaca/trusted", "the project files that the user trusts, with their hashes"},
    {"~/.sefaca/log/audit.jsonl",
     "the audit log, when ~/.sefaca exists; else below "
     "$XDG_STATE_HOME/sefaca"},
};

constexpr Fact kOtherVariables[] = {
    {"SEFACA_CONFIG", "read this file in place of the user's own config.toml"},
    {"SEFACA_LOG_TOKEN", "the bearer token for the endpoint of the log; never passed on"},
    {"SEFACA_QUIET", "true: as --quiet"},
    {"SEFACA_VERBOSE", "true: as --verbose"},
    {"NO_COLOR", "when set: no colours in messages"},
};

constexpr Fact kFileSections[] = {
    {"[default]", "values for every run"},
    {"[presets.NAME]",
     "a preset of one's own, or changes to a built-in one; inherits = \"OTHER\" "
     "derives it"},
    {"[log]",
     "where records go: file, endpoint, token_file, ca_file, spool_size, syslog, syslog_socket"},
    {"[container]", "for backend podman and docker: engine, image, pull, workspace"},
    {"[enforce]",
     "in the system's file alone: no other layer, the command line included, may be "
     "wider"},
};

constexpr Fact kLevels[] = {
    {"strict",
     "no network; everything but secrets can be read, the temporary directory alone "
     "written; no environment; 64 processes, 512m, 60 seconds; fails where something "
     "can't be enforced"},
    {"default",
     "its own loopback; everything but secrets can be read, the working directory and a "
     "private temporary directory written; no credentials in the environment; 4096 "
     "processes, half of the machine's memory"},
    {"permissive",
     "everything but sefaca's own log and configuration; what is read of secrets and "
     "written elsewhere is recorded"},
};

constexpr Fact kPresets[] = {
    {"compiler", "no network; listed paths only, the working directory writable; 2g, 300 seconds"},
    {"network-client",
     "the network; listed paths only, nothing writable but the temporary "
     "directory; 512m, 30 seconds"},
    {"development", "loopback; the working directory and ~/.cache writable; 1g, 120 seconds"},
    {"testing", "loopback; the working directory writable; 1g, 600 seconds"},
};

constexpr std::string_view kLayers[] = {
    "Values are taken from these layers, the strongest last: built-in values, the system's file, "
    "the user's files, the project's file, SEFACA_ variables, the command line.",
    "A level or preset counts as if its values were written in the layer that names it, just below "
    "that layer's own values. So --level=strict beats a file's network, and --preset=compiler "
    "--memory=3g has 3g.",
    "A list in a file takes the place of the list below it; NAME_add adds to it. On the command "
    "line and in variables lists add up, and add to what the files say.",
};

constexpr std::string_view kCommand[] = {
    "Several words, or anything after --, are a command and its arguments, passed on byte for "
    "byte. One word that is no existing file and holds white space or a character of the shell is "
    "a line for /bin/sh -c.",
    "Options end at the first operand. A value follows a '=': --memory=4g. No option can be "
    "shortened.",
};

constexpr std::string_view kProject[] = {
    "A project's file comes with code that may not be trusted. Until the user trusts that very "
    "file "
    "(its path and its content) with 'sefaca config trust', it may only narrow: a value that would "
    "permit more is an error, and nothing is run.",
    "A trusted file counts as untrusted while its owner is another user or anybody can write to "
    "it. "
    "log, report, keep_fd, backend and what a container is made of can't be set by a project at "
    "all.",
};

constexpr std::string_view kPaths[] = {
    "~ is the home, $NAME a variable. In the files of system and user '.' and what begins with "
    "'./' is the working directory; in a project's file it is the file's own directory, but in a "
    "preset the working directory there too. Other relative paths stand on the file's directory.",
};

}  // namespace

std::span<const CommandHelp> command_table() {
  return kCommands;
}
std::span<const CommandHelp> config_action_table() {
  return kConfigActions;
}
std::span<const CommandHelp> log_action_table() {
  return kLogActions;
}
std::span<const Fact> log_option_table() {
  return kLogOptions;
}
std::span<const Fact> exit_code_table() {
  return kExitCodes;
}
std::span<const Fact> file_table() {
  return kFiles;
}
std::span<const Fact> other_variable_table() {
  return kOtherVariables;
}
std::span<const Fact> file_section_table() {
  return kFileSections;
}
std::span<const Fact> level_table() {
  return kLevels;
}
std::span<const Fact> preset_table() {
  return kPresets;
}
std::span<const std::string_view> layer_paragraphs() {
  return kLayers;
}
std::span<const std::string_view> command_paragraphs() {
  return kCommand;
}
std::span<const std::string_view> project_paragraphs() {
  return kProject;
}
std::span<const std::string_view> path_paragraphs() {
  return kPaths;
}

}  // namespace sefaca
