#!/bin/sh
# The action's step `run`: from the inputs to the words of `sefaca run`.
set -eu

# shellcheck disable=SC2317  # the trap calls it
at_the_end() {
  code=$?
  echo "exit-code=$code" >>"$GITHUB_OUTPUT"
  # A command may end with 125 too; then there is a record of it.
  if [ "$code" -eq 125 ] && [ ! -s "$log" ]; then
    echo '::error title=sefaca::the command was not run (125); the log of this step says why'
  fi
  exit "$code"
}
trap at_the_end EXIT
sefaca=$SEFACA_PREFIX/bin/sefaca
log=$(mktemp -d "$RUNNER_TEMP/sefaca/step.XXXXXX")/audit.jsonl
echo "log=$log" >>"$GITHUB_OUTPUT"
if [ -n "$SEFACA_INPUT_WORKING_DIRECTORY" ]; then
  cd -- "$SEFACA_INPUT_WORKING_DIRECTORY" || {
    echo '::error title=sefaca::working-directory: there is no such directory'
    exit 125
  }
fi

# The words of the command line, the last ones first.
if command -v bash >/dev/null; then
  set -- bash --noprofile --norc -e -o pipefail -c "$SEFACA_INPUT_RUN"
else
  set -- sh -e -c "$SEFACA_INPUT_RUN"
fi
set -- --log="$log" -- "$@"
# An empty input leaves to files and variables what they say.
for pair in level:"$SEFACA_INPUT_LEVEL" preset:"$SEFACA_INPUT_PRESET" \
  timeout:"$SEFACA_INPUT_TIMEOUT" memory:"$SEFACA_INPUT_MEMORY" network:"$SEFACA_INPUT_NETWORK" \
  config:"$SEFACA_INPUT_CONFIG" on-unavailable:"$SEFACA_INPUT_ON_UNAVAILABLE"; do
  [ -z "${pair#*:}" ] || set -- "--${pair%%:*}=${pair#*:}" "$@"
done
newline='
'
for list in readonly:"$SEFACA_INPUT_READONLY" readwrite:"$SEFACA_INPUT_READWRITE" \
  env:"$SEFACA_INPUT_ENV"; do
  rest=${list#*:}$newline
  while [ -n "$rest" ]; do
    line=${rest%%"$newline"*}
    rest=${rest#*"$newline"}
    [ -z "$line" ] || set -- "--${list%%:*}=$line" "$@"
  done
done

# What was in the inputs is in the words now.
for name in RUN PRESET LEVEL TIMEOUT MEMORY NETWORK READONLY READWRITE ENV WORKING_DIRECTORY CONFIG \
  ON_UNAVAILABLE; do
  unset "SEFACA_INPUT_$name"
done
unset SEFACA_PREFIX
# shellcheck source=sefaca-step
. "$GITHUB_ACTION_PATH/sefaca-step"
