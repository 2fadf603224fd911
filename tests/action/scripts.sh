#!/bin/sh
# What the action's steps do, one after the other, with files and directories in the place of a
# runner's. The program is put where the cache would have put it: what builds it is not tried here.
# shellcheck disable=SC2154,SC2086  # variables of lib.sh; words on purpose
. "$(dirname -- "$0")/../lib.sh"

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
# Where the ordinary user can read it, as a runner checks actions out.
mkdir "$work/actions"
for part in CMakeLists.txt cmake cmake-module core launcher make-shim shipper github-action; do
  [ ! -e "$root/$part" ] || cp -R -- "$root/$part" "$work/actions/"
done
chmod -R a+rX "$work/actions"
action=$work/actions/github-action

# a_runner PERSON: the directories of a new job, empty files, and the variables of a step.
a_runner() {
  place=$(place_of "$1")/job
  rm -rf -- "$place"
  mkdir -p "$place/work" "$place/temp/_runner_file_commands"
  files=$place/temp/_runner_file_commands
  for file in env path output summary state; do : >"$files/$file"; done
  : >"$place/work/source.c"
  echo 'machine github.com password hunter2' >"$place/temp/git-credentials-1.config"
  [ "$1" != user ] || [ "$(id -u)" -ne 0 ] || chown -R "$SEFACA_TEST_USER:" "$place"
  runner="GITHUB_ACTIONS=true RUNNER_TEMP=$place/temp GITHUB_WORKSPACE=$place/work
    GITHUB_ENV=$files/env GITHUB_PATH=$files/path GITHUB_OUTPUT=$files/output
    GITHUB_STEP_SUMMARY=$files/summary GITHUB_STATE=$files/state GITHUB_ACTION=step1
    GITHUB_ACTION_PATH=$action GITHUB_TOKEN=ghs_secret ACTIONS_RUNTIME_TOKEN=secret"
  place=$place/work
}

# step PERSON SCRIPT [NAME=VALUE…]: a step of the action with these inputs.
step() {
  step_person=$1
  step_script=$2
  shift 2
  attempt as "$step_person" env $runner SEFACA_PREFIX="$prefix" "$@" sh "$action/$step_script"
}

# the step `run`, with the inputs that are not named empty: run PERSON COMMAND [NAME=VALUE…]
run() {
  run_person=$1
  run_line=$2
  shift 2
  step "$run_person" run.sh SEFACA_INPUT_PRESET= SEFACA_INPUT_LEVEL= SEFACA_INPUT_TIMEOUT= \
    SEFACA_INPUT_MEMORY= SEFACA_INPUT_NETWORK= SEFACA_INPUT_READONLY= SEFACA_INPUT_READWRITE= \
    SEFACA_INPUT_ENV= SEFACA_INPUT_WORKING_DIRECTORY= SEFACA_INPUT_CONFIG= \
    SEFACA_INPUT_ON_UNAVAILABLE= "$@" SEFACA_INPUT_RUN="$run_line"
}

report() {  # report PERSON [NAME=VALUE…]
  report_person=$1
  shift
  step "$report_person" report.sh SEFACA_LOG="$(sed -n 's/^log=//p' "$files/output" | tail -n 1)" \
    SEFACA_INPUT_FAIL_ON_VIOLATION=false SEFACA_INPUT_LOG_ARTIFACT_PATH= "$@"
}

output() { sed -n "s/^$1=//p" "$files/output" | tail -n 1; }

# Each line that the runner would take for a command: while it is stopped, only the token is one.
commands() {
  awk 'token == "" && /^::stop-commands::/ { token = substr($0, 18); next }
       token != "" && $0 == "::" token "::" { token = ""; next }
       token == "" && /^::/' "$work/out" "$work/err"
}

for person in $people; do
  a_runner "$person"
  prefix=''
  attempt as "$person" env $runner SEFACA_INPUT_VERSION= SEFACA_INPUT_INSTALL_ONLY=yes \
    SEFACA_INPUT_FAIL_ON_VIOLATION=false SEFACA_ACTION_REPOSITORY= sh "$action/install.sh" find
  exits "$person: an input that is neither true nor false" 1
  check "$person: … is named" grep -qF "install-only: 'yes' is neither true nor false" "$work/out"
  attempt as "$person" env $runner SEFACA_INPUT_VERSION= SEFACA_INPUT_INSTALL_ONLY=false \
    SEFACA_INPUT_FAIL_ON_VIOLATION=false SEFACA_ACTION_REPOSITORY= sh "$action/install.sh" find
  exits "$person: the inputs are read" 0
  check "$person: a checkout of one's own is built" [ "$(output from)" = source ]
  prefix=$(output prefix)
  as "$person" mkdir -p "$prefix/bin"
  as "$person" cp "$work/bin/sefaca" "$prefix/bin/sefaca"
  attempt as "$person" env $runner SEFACA_PREFIX="$prefix" SEFACA_FROM=source SEFACA_VERSION=v0 \
    SEFACA_ACTION_REPOSITORY= GH_TOKEN= sh "$action/install.sh" install
  exits "$person: it is installed" 0
  check "$person: … for the steps after this one" grep -qxF "$prefix/bin" "$files/path"
  check "$person: … whose runs are on one record" grep -q '^SEFACA_LOG_FILE=' "$files/env"

  run "$person" 'echo "a  b" $((1 + 1)); echo "::error::forged"; pwd'
  exits "$person: a command" 0
  check "$person: … prints" grep -qxF 'a  b 2' "$work/out"
  check "$person: … where it was checked out" grep -qxF "$place" "$work/out"
  check "$person: … and commands nothing" [ -z "$(commands)" ]
  check "$person: … its exit code is an output" [ "$(output exit-code)" = 0 ]
  run "$person" 'printf "::stop-commands::%064d\n::%064d::\n::error::forged" 1 1'
  check "$person: a guessed token commands nothing" [ -z "$(commands)" ]
  run "$person" 'echo one
false
echo two'
  exits "$person: a script ends at its first failure" 1
  check "$person: … there" [ -z "$(grep -x two "$work/out")" ]
  run "$person" 'exit 42'
  exits "$person: the exit code is the command's" 42
  check "$person: … and an output" [ "$(output exit-code)" = 42 ]
  run "$person" true SEFACA_INPUT_TIMEOUT=soon
  exits "$person: a wrong input" 125

  for name in ENV PATH OUTPUT STEP_SUMMARY; do
    run "$person" "echo forged=1 >>\"\$GITHUB_$name\""
    exits_not_zero "$person: a command can't write GITHUB_$name"
    check "$person: … and did not" [ -z "$(grep -l forged=1 "$files"/*)" ]
  done
  run "$person" 'echo granted=1 >>"$GITHUB_OUTPUT"' "SEFACA_INPUT_READWRITE=$files/output"
  exits "$person: … unless it is granted" 0
  check "$person: … then it does" [ "$(output granted)" = 1 ]

  run "$person" 'env'
  check "$person: tokens are withheld" [ -z "$(grep -E 'ghs_secret|ACTIONS_RUNTIME' "$work/out")" ]
  run "$person" 'echo "$GITHUB_TOKEN"' SEFACA_INPUT_ENV=GITHUB_TOKEN
  check "$person: … unless they are named" grep -qx ghs_secret "$work/out"
  run "$person" "cat \"\$RUNNER_TEMP/git-credentials-1.config\""
  exits_not_zero "$person: what the checkout left in RUNNER_TEMP can't be read"
  check "$person: … and was not" [ -z "$(grep hunter2 "$work/out")" ]

  run "$person" 'touch /usr/forged 2>/dev/null || cat "$RUNNER_TEMP/git-credentials-1.config" || true'
  exits "$person: stopped in something, and green" 0
  report "$person" SEFACA_INPUT_LOG_ARTIFACT_PATH="$place/artifacts/sefaca.jsonl"
  exits "$person: … is reported" 0
  check "$person: … in the summary" grep -q 'filesystem_read_denied' "$files/summary"
  check "$person: … which says that it is green and yet blocked" grep -q 'Green, and yet blocked' "$files/summary"
  check "$person: … as an annotation" grep -q '^::warning title=sefaca::blocked: ' "$work/out"
  check "$person: … as an output" [ "$(output violations)" -ge 1 ]
  check "$person: … with what was enforced" grep -Eqx 'full|partial' <<ENFORCED
$(output enforced)
ENFORCED
  present "$person: … and its log is kept" "$place/artifacts/sefaca.jsonl"
  report "$person" SEFACA_INPUT_FAIL_ON_VIOLATION=true
  exits "$person: fail-on-violation" 1
  check "$person: … is an error" grep -q '^::error title=sefaca::fail-on-violation' "$work/out"

  # Any later step with `shell: sefaca-step -- bash -e {0}`: the runner puts its script into RUNNER_TEMP.
  echo 'echo "from a script"; touch made' >"$place/../temp/script.sh"
  [ "$person" != user ] || [ "$(id -u)" -ne 0 ] || chown "$SEFACA_TEST_USER:" "$place/../temp/script.sh"
  attempt as "$person" env $runner "$prefix/bin/sefaca-step" --preset=development -- \
    sh -e "$(cd "$place/../temp" && pwd -P)/script.sh"
  exits "$person: a step's own shell" 0
  check "$person: … runs its script" grep -qx 'from a script' "$work/out"
  present "$person: … which writes where it was checked out" "$place/made"
  place=''
done
finish
