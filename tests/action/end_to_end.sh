#!/bin/sh
# The action as a whole, in jobs of a small runner (runner/), installed from a release that a server
# of the test's own has. That is not GitHub's runner: what it leaves out, nobody tried here.
# shellcheck disable=SC2154  # variables of lib.sh
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib.sh"

put_runner
serve_releases
for person in $people; do
  as "$person" env SEFACA_TEST_SETTINGS="$settings" \
    SEFACA_TEST_REFUSED="${SEFACA_TEST_REFUSED:-}" node "$work/runner/$1.js" >"$work/cases" 2>&1
  code=$?
  cat "$work/cases"
  check "$person: $(grep -c '^ok: ' "$work/cases") checks of the action" [ "$code" -eq 0 ]
done
finish
