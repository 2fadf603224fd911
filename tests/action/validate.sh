#!/bin/sh
# action.yml, the workflows and the examples by GitHub's own language service; shellcheck on the
# scripts, those in workflows too.
# shellcheck disable=SC2154  # variables of lib.sh
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib.sh"

mkdir "$work/runner"
cp -- "$tests"/runner/*.js "$tests/runner/package.json" "$work/runner/"
ln -s "$SEFACA_BUILD_DIR/action-modules/node_modules" "$work/runner/node_modules"
attempt node "$work/runner/validate.js" "$root"
cat "$work/out"
exits "$(grep -c '^ok: ' "$work/out") checks of action and workflows" 0

attempt shellcheck -x -P SCRIPTDIR "$root"/github-action/*.sh "$root/github-action/sefaca-step" \
  "$root/.ci/run" "$root/.ci/release"
cat "$work/out"
exits 'shellcheck on the scripts of the action' 0
finish
