#!/bin/sh
# Shows what the log holds where people look: job summary, annotations, outputs.
set -eu

sefaca=$SEFACA_PREFIX/bin/sefaca
# What a workflow sets for the runs is nothing to the reader of their log.
if [ ! -s "$SEFACA_LOG" ]; then
  echo 'sefaca: nothing was run in a sandbox, so there is nothing to report'
  { echo violations=0 && echo enforced=none; } >>"$GITHUB_OUTPUT"
  exit 0
fi
fatal=$SEFACA_INPUT_FAIL_ON_VIOLATION
[ "$fatal" = true ] && annotations=errors || annotations=annotations
outputs=$("$sefaca" log summary --log="$SEFACA_LOG" --format=outputs)
printf '%s\n' "$outputs" >>"$GITHUB_OUTPUT"
"$sefaca" log summary --log="$SEFACA_LOG" >>"$GITHUB_STEP_SUMMARY"
"$sefaca" log summary --log="$SEFACA_LOG" --format="$annotations"

if [ -n "$SEFACA_INPUT_LOG_ARTIFACT_PATH" ]; then
  directory=$(dirname -- "$SEFACA_INPUT_LOG_ARTIFACT_PATH")
  mkdir -p -- "$directory"
  # What was there is not followed: a step may have put a link there, or on the way there.
  inside=$(cd -P -- "${GITHUB_WORKSPACE:-.}" && pwd -P)
  case $directory/ in
    /*) [ "${directory#"${GITHUB_WORKSPACE:-/none}"/}" != "$directory" ] || inside='' ;;
  esac
  real=$(cd -P -- "$directory" && pwd -P)
  case $real/ in
    "$inside"/*) ;;
    *)
      echo '::error title=sefaca::log-artifact-path: it leads out of the checkout'
      exit 1
      ;;
  esac
  rm -f -- "$SEFACA_INPUT_LOG_ARTIFACT_PATH"
  cp -- "$SEFACA_LOG" "$SEFACA_INPUT_LOG_ARTIFACT_PATH"
fi

result=0
if [ -n "${SEFACA_LOG_ENDPOINT:-}" ]; then
  "$sefaca" log ship --wait || {
    echo '::warning title=sefaca::not all records could be sent to the endpoint'
  }
fi
blocked=$(printf '%s\n' "$outputs" | sed -n 's/^blocked=//p')
if [ "$fatal" = true ] && [ "$blocked" -gt 0 ]; then
  echo "::error title=sefaca::fail-on-violation: $blocked violations were blocked"
  result=1
fi
exit "$result"
